// proof - what a hub says is believed only with its proof: sections 5 to 7 of
// schemas/PROTOCOL.md.

"use strict"

const crypto = require("node:crypto")

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
  const signed = text.slice(end + 1).split("\n").some((line) => {
    const [dash, name, base64] = line.split(" ")
    if (dash !== "\u2014" || name !== vkey.name) return false
    const bytes = Buffer.from(base64, "base64")
    return bytes.subarray(0, 4).toString("hex") === vkey.hash &&
      crypto.verify(null, Buffer.from(text.slice(0, end)), vkey.key, bytes.subarray(4))
  })
  if (origin !== vkey.name || !signed) throw new Error("the log has not signed this checkpoint")
  return { size: Number(size), root: Buffer.from(root, "base64"), note }
}

// The largest power of two below n.
function split(n) {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}

// That these leaves (position -> text) are in the tree of the checkpoint.
function checkRun(checkpoint, leaves, proof) {
  let at = 0
  const next = () => {
    if (at + 32 > proof.length) throw new Error("a proof ends early")
    return proof.subarray(at, (at += 32))
  }
  const positions = [...leaves.keys()]
  const walk = (low, high) => {
    if (!positions.some((position) => position >= low && position < high)) return next()
    if (high - low === 1) return leafHash(leaves.get(low))
    const middle = low + split(high - low)
    const left = walk(low, middle)
    return nodeHash(left, walk(middle, high))
  }
  if (!walk(0, checkpoint.size).equals(checkpoint.root) || at !== proof.length)
    throw new Error("a proof does not lead to its checkpoint")
}

function readLeaf(text) {
  const [head, ...lines] = text.toString().split("\n")
  if (head !== "dabyl-leaf/v1") throw new Error("not a leaf")
  const words = lines.filter(Boolean).map((line) => line.split(/ (.*)/s, 2))
  const leaf = Object.fromEntries(words)
  return { ...leaf, position: Number(leaf.position) }
}

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
  const lines = text.toString().split("\n").filter(Boolean).map((line) => line.split(" "))
  const value = (name) => lines.find((words) => words[0] === name)[1]
  return {
    origin: value("origin"),
    count: Number(value("count")),
    root: value("root"),
    signatures: lines.filter((words) => words[0] === "sig")
      .map(([, , id, base64]) => ({ id, bytes: Buffer.from(base64, "base64") })),
  }
}

// Whether a document is at `index` of the head's leaves.
function checkPlace(head, index, path, document) {
  let r = leafHash(sha(document))
  let at = index
  let last = head.count - 1
  for (const hash of path) {
    if (last === 0) throw new Error("a path is too long")
    if (at % 2 === 1 || at === last) {
      r = nodeHash(hash, r)
      for (; at % 2 === 0 && at !== 0; at /= 2) last = Math.floor(last / 2)
    } else {
      r = nodeHash(r, hash)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0 || r.toString("base64") !== head.root)
    throw new Error("a document is not under its seal")
}

module.exports = {
  sha, rawKey, keyId, readVkey, openCheckpoint, checkRun, readLeaf, sealSigned, sealHead,
  readSealHead, checkPlace,
}
