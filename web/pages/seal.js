// seal - what an officer signs, computed here from the text that was shown.
//
// The server says digest and root as well; nothing of that is believed: what is signed is
// what these bytes come to (lib/pki/seal.h), or nothing is signed.

import {base64, pem, request, requestInfo} from "./der.js";
import {mark} from "./mark.js";

const bytesOf = (text) => new TextEncoder().encode(text);

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// Of a message that is sealed alone: the tree has one leaf, whose data is the digest.
async function rootOf(digest) {
  const leaf = new Uint8Array(1 + digest.length);
  leaf.set(digest, 1);
  return sha256(leaf);
}

export class Doubt extends Error {
  code = "console.doubt";
  pointer = "";
}

// {digest, root} of the text; a Doubt where the server says something else of it.
export async function measure(held) {
  const digest = await sha256(bytesOf(held.text));
  const found = {digest: hex(digest), root: base64(await rootOf(digest))};
  if (held.count !== 1 || found.digest !== held.digest || found.root !== held.root)
    throw new Doubt(mark("The text is not what the server says is to be sealed. Nothing was signed."));
  if (!/^[!-~]{1,200}$/.test(held.origin ?? "")) throw new Doubt(mark("The log that it is to be sealed for has no name. Nothing was signed."));
  return found;
}

export const signedText = (origin, keyId, root) => `dabyl-seal/v1\n${origin}\n${keyId}\n1\n${root}\n`;

// The officer's signature over it, in base64; `key` as keys.js has it.
export async function sign(held, key) {
  const {root} = await measure(held);
  return base64(await signBytes(key, bytesOf(signedText(held.origin, key.id, root))));
}

async function signBytes(key, bytes) {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.privateKey, bytes));
}

// A pair whose private half nothing can read, not even this page.
export async function makeKey() {
  const {privateKey, publicKey} = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return {privateKey, raw, id: hex(await sha256(raw))};
}

// The request, in PEM, by which this key asks for a certificate; profile as `GET
// enrolment` has it.
export async function requestFor(profile, key) {
  const info = requestInfo(profile, key.raw);
  return pem("CERTIFICATE REQUEST", request(info, await signBytes(key, info)));
}

// Eight groups of five digits, as lib/enrol/enrol.h has them, computed from what is sent.
export async function fingerprint(requestPem) {
  const binary = atob(requestPem.replace(/-----[^-]+-----|\s/g, ""));
  const view = new DataView((await sha256(Uint8Array.from(binary, (c) => c.charCodeAt(0)))).buffer);
  return Array.from({length: 8}, (_, i) => String(view.getUint32(4 * i) % 100000).padStart(5, "0")).join(" ");
}
