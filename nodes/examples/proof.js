// proof - what a hub says is believed only with its proof: sections 5 to 7 of
// schemas/PROTOCOL.md.

"use strict"

const crypto = require("node:crypto")
const { Reader } = require("./wire")

const sha = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest()
const leafHash = (data) => sha(Buffer.from([0]), data)
const nodeHash = (left, right) => sha(Buffer.from([1]), left, right)

// An Ed25519 public key from its 32 bytes.
function ed25519(raw) {
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }
  return crypto.createPublicKey({ format: "jwk", key: jwk })
}

// The 32 bytes of a public key, Ed25519 or X25519.
const rawKey = (key) => Buffer.from(key.export({ format: "jwk" }).x, "base64url")
const keyId = (key) => sha(rawKey(key)).toString("hex")

// Each value has one spelling: whatever is spelled otherwise is refused.
function decimal(text) {
  if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new Error(`${text} is not a number as texts have it`)
  return Number(text)
}

function base64(text, size) {
  const bytes = Buffer.from(text, "base64")
  if (bytes.toString("base64") !== text || (size !== undefined && bytes.length !== size))
    throw new Error("base64 of another length, or none")
  return bytes
}

function word(octets, most) {
  const text = octets.toString("latin1")
  if (!/^[!-~]*$/.test(text) || text.length > most) throw new Error("not a word")
  return text
}

// --- the log --------------------------------------------------------------------------------

function readVkey(line) {
  const [name, hash, ...rest] = line.trim().split("+") // base64 has a + of its own
  const typed = Buffer.from(rest.join("+"), "base64")
  const own = sha(Buffer.from(`${name}\n`), typed).subarray(0, 4).toString("hex")
  if (typed.length !== 33 || typed[0] !== 1 || own !== hash) throw new Error("not a log's key")
  return { name, hash, key: ed25519(typed.subarray(1)) }
}

// A signed note: { size, root } when the log has signed it.
function openCheckpoint(note, vkey) {
  const text = note.toString()
  const end = text.indexOf("\n\n") + 1
  const [origin, size, root] = text.slice(0, end).split("\n")
  const lines = text.slice(end + 1).split("\n")
  if (lines.pop() !== "" || !Buffer.from(text).equals(note)) throw new Error("not a signed note")
  const own = lines.map((line) => {
    const [, name, signature] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? []
    const bytes = base64(signature ?? "")
    if (bytes.length < 5) throw new Error("not a signature line")
    return { name, hash: bytes.subarray(0, 4).toString("hex"), bytes: bytes.subarray(4) }
  }).filter(({ name, hash }) => name === vkey.name && hash === vkey.hash)
  const good = ({ bytes }) => crypto.verify(null, Buffer.from(text.slice(0, end)), vkey.key, bytes)
  if (origin !== vkey.name || own.length === 0 || !own.every(good))
    throw new Error("the log has not signed this checkpoint")
  return { size: decimal(size), root: base64(root, 32), note }
}

// The largest power of two below n.
function split(n) {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}

// That these leaves, each [place, data] and in their order, are in the tree of this size and root.
function checkRun({ size, root }, leaves, proof) {
  const rest = new Reader(proof)
  const places = leaves.map(([place]) => place)
  if (places.some((place, i) => place >= (places[i + 1] ?? size)))
    throw new Error("places do not rise, or there are none such")
  const walk = (low, high) => {
    const at = places.findIndex((place) => place >= low && place < high)
    if (at < 0) return rest.take(32)
    if (high - low === 1) return leafHash(leaves[at][1])
    const middle = low + split(high - low)
    const left = walk(low, middle)
    return nodeHash(left, walk(middle, high))
  }
  if (!walk(0, size).equals(root) || rest.left() > 0)
    throw new Error("a proof does not lead to its root")
}

// What a leaf says; hashes are as octets, and what there is none of is left out.
function readLeaf(octets) {
  const body = new Reader(octets)
  const version = body.u8()
  if (version !== 1) throw new Error(`a leaf of version ${version}, and this reads version 1`)
  const has = body.u8()
  const leaf = { position: body.u64(), time: new Date(body.u64()) }
  for (const name of ["type", "kind", "author"])
    leaf[name] = word(body.tiny(), name === "type" ? 23 : 63)
  const former = leaf.type.startsWith("former.")
  if (has > 31 || !leaf.type || former !== has > 15 || leaf.time.getTime() >= 253402300800000)
    throw new Error("not a leaf")
  if (has & 8) leaf.id = uuid(body.take(16))
  if (has & 1) leaf.document = body.take(32)
  if (has & 2) leaf.seal = body.take(32)
  if (has & 4) leaf.record = body.take(32)
  if (has & 16) leaf.former = body.u64()
  body.done()
  return leaf
}

// What is not sent with a message, since who has it computes it: the leaf around its hashes.
const joinLeaf = (front, document, head, back) =>
  Buffer.concat([front, sha(document), sha(head), back])

const uuid = (octets) =>
  octets.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")

// --- seals ----------------------------------------------------------------------------------

const sealSigned = (origin, id, count, root) =>
  Buffer.from(`dabyl-seal/v1\n${origin}\n${id}\n${count}\n${root}\n`)

// One document under a seal of its own.
function sealHead(origin, document, key) {
  const id = keyId(crypto.createPublicKey(key))
  const root = leafHash(sha(document)).toString("base64")
  const signature = crypto.sign(null, sealSigned(origin, id, 1, root), key).toString("base64")
  return `dabyl-seal/v1\norigin ${origin}\ncount 1\nroot ${root}\nsig ed25519 ${id} ${signature}\n`
}

function readSealHead(text) {
  const form = /^dabyl-seal\/v1\norigin ([!-~]+)\ncount (\d+)\nroot (\S+)\n((sig ed25519 [0-9a-f]{64} \S+\n){1,4})$/
  const [, origin, count, root, lines] = form.exec(text.toString("latin1")) ?? []
  if (!lines) throw new Error("not the head of a seal of version 1")
  const signatures = lines.trim().split("\n").map((line) => line.split(" "))
    .map(([, , id, signature]) => ({ id, bytes: base64(signature, 64) }))
  if (new Set(signatures.map(({ id }) => id)).size < signatures.length)
    throw new Error("a key signed twice")
  return { origin, size: decimal(count), root: base64(root, 32), signatures }
}

// That these documents, each [place, octets] and in their order, are among those that were sealed.
function checkSealed(head, documents, proof) {
  if (head.size > 65536) throw new Error("a seal over too many documents")
  checkRun(head, documents.map(([place, document]) => [place, sha(document)]), proof)
}

module.exports = {
  sha, rawKey, keyId, readVkey, openCheckpoint, checkRun, readLeaf, joinLeaf, uuid, sealSigned,
  sealHead, readSealHead, checkSealed,
}
