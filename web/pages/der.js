// der - just as much ASN.1 as a certificate request needs, by the profile of the CA
// (lib/enrol/enrol.h): a subject, an Ed25519 key, and the node of the officer who asks.

const concat = (...parts) => {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

function lengthOf(size) {
  if (size < 128) return [size];
  const bytes = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

const node = (tag, ...parts) => {
  const inside = concat(...parts);
  return concat(new Uint8Array([tag, ...lengthOf(inside.length)]), inside);
};

const sequence = (...parts) => node(0x30, ...parts);
const set = (...parts) => node(0x31, ...parts);
const bits = (bytes) => node(0x03, new Uint8Array([0]), bytes);
const octets = (bytes) => node(0x04, bytes);
const text = (value) => node(0x0c, new TextEncoder().encode(value));
const integer = (value) => node(0x02, new Uint8Array([value])); // 0 to 127

// "1.3.101.112"
function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const bytes = [40 * first + second];
  for (const arc of rest) {
    const group = [arc % 128];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) group.unshift(0x80 + (high % 128));
    bytes.push(...group);
  }
  return node(0x06, new Uint8Array(bytes));
}

const ED25519 = sequence(oid("1.3.101.112"));
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const ALT_NAME = "2.5.29.17";
const SUBJECT = [["name", "2.5.4.3"], ["role", "2.5.4.11"], ["organisation", "2.5.4.10"], ["office", "2.5.4.12"], ["territory", "2.5.4.8"]];

const subject = (profile) => sequence(...SUBJECT.filter(([field]) => profile[field])
  .map(([field, type]) => set(sequence(oid(type), text(profile[field])))));

// What is signed of a request: who, which key, of which node.
export function requestInfo(profile, publicKey) {
  const names = sequence(node(0x82, new TextEncoder().encode(profile.node)));
  const extensions = sequence(sequence(oid(ALT_NAME), octets(names)));
  return sequence(integer(0), subject(profile), sequence(ED25519, bits(publicKey)),
    node(0xa0, sequence(oid(EXTENSION_REQUEST), set(extensions))));
}

export const request = (info, signature) => sequence(info, ED25519, bits(signature));

export function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export const pem = (label, bytes) =>
  `-----BEGIN ${label}-----\n${base64(bytes).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
