// What an officer's browser does with a key, done by node: makes one, asks for its
// certificate, signs what is held.
//
// In: {profile, held: [...], key}, of which `key` {jwk, id} continues an earlier run.

import {readFileSync} from "node:fs";
import {webcrypto} from "node:crypto";

globalThis.crypto ??= webcrypto;

const {fingerprint, hex, makeKey, requestFor, sign} = await import("./pages/seal.js");
const given = JSON.parse(readFileSync(0, "utf8"));

// Of the tests' own, so that a later run can go on with it: that of a page is never out.
async function openKey() {
  if (given.key) {
    const privateKey = await crypto.subtle.importKey("jwk", given.key.jwk, "Ed25519", true, ["sign"]);
    const raw = new Uint8Array(Buffer.from(given.key.jwk.x, "base64url"));
    return {privateKey, raw, id: hex(new Uint8Array(await crypto.subtle.digest("SHA-256", raw)))};
  }
  const {privateKey, publicKey} = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return {privateKey, raw, id: hex(new Uint8Array(await crypto.subtle.digest("SHA-256", raw)))};
}

const key = await openKey();
const out = {key: {jwk: await crypto.subtle.exportKey("jwk", key.privateKey), id: key.id}};

if (given.profile) {
  out.request = await requestFor(given.profile, key);
  out.fingerprint = await fingerprint(out.request);
}
out.signed = [];
for (const held of given.held ?? [])
  out.signed.push(await sign(held, key).then((signature) => ({signature}), (error) => ({fault: error.message, code: error.code})));

const own = await makeKey();
out.leaves = await crypto.subtle.exportKey("pkcs8", own.privateKey).then(() => true, () => false);
console.log(JSON.stringify(out));
