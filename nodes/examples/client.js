#!/usr/bin/env node
// client - a node in JavaScript, from schemas/PROTOCOL.md: publish a message and check its
// receipt, or take what is delivered, check it and acknowledge it.
//
//     npm ci
//     node client.js FOLDER tcp://hub:7600 publish notice.json
//     node client.js FOLDER tcp://hub:7600 receive 3
//
// FOLDER is a node's, as the README sets it up: keys/, certs/, hub.vkey.  What the client
// remembers between two runs is in FOLDER/example.json.  It is an example: it keeps no
// outbox, does not reconnect, and leaves revocations and the certificate profile to a
// library that knows X.509 better than this.

"use strict"

const crypto = require("node:crypto")
const fs = require("node:fs")
const path = require("node:path")
const zmq = require("zeromq")
const { Reader, allNamed, u8, u16, u32, u64, short, long } = require("./wire")
const proof = require("./proof")

const HELLO = 1, WELCOME = 2, PUBLISH = 3, RECEIPT = 4, REFUSED = 5, DELIVER = 6, ACK = 7,
  PULSE = 11, RESYNC = 12, BYE = 13, CARRY = 20, CARRIED = 21

// 32 bytes as the 40 characters that libzmq's bindings take for a key.
function z85(bytes) {
  const digits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
  let text = ""
  for (let at = 0; at < bytes.length; at += 4)
    for (let value = bytes.readUInt32BE(at), power = 85 ** 4; power >= 1; power /= 85)
      text += digits[Math.floor(value / power) % 85]
  return text
}

class Client {
  constructor(folder) {
    const read = (...name) => fs.readFileSync(path.join(folder, ...name))
    this.vkey = proof.readVkey(read("hub.vkey").toString())
    this.ca = new crypto.X509Certificate(read("certs", "ca.pem"))
    this.sealKey = crypto.createPrivateKey(read("keys", "seal.key"))
    this.channelKey = crypto.createPrivateKey(read("keys", "channel.key"))
    this.hubKey = new crypto.X509Certificate(read("certs", "hub-channel.pem")).publicKey
    this.name = nameOf(new crypto.X509Certificate(read("certs", "seal.pem")))
    this.statePath = path.join(folder, "example.json")
    this.state = { stored: 0, position: 0, checkpoint: "" }
    if (fs.existsSync(this.statePath)) this.state = JSON.parse(fs.readFileSync(this.statePath))
    this.authors = new Map() // key id -> certificate
    this.later = [] // deliveries that came while something else was awaited
  }

  async open(endpoint) {
    const secret = Buffer.from(this.channelKey.export({ format: "jwk" }).d, "base64url")
    this.socket = new zmq.Dealer({
      linger: 1000,
      receiveTimeout: 30000,
      curveServerKey: z85(proof.rawKey(this.hubKey)),
      curvePublicKey: z85(proof.rawKey(crypto.createPublicKey(this.channelKey))),
      curveSecretKey: z85(secret),
    })
    this.socket.connect(endpoint)
    await this.hello()
  }

  send(type, ...fields) {
    return this.socket.send(Buffer.concat([u8(1), u8(type), ...fields]))
  }

  hello() {
    const { stored, position, checkpoint } = this.state
    return this.send(HELLO, short(this.name), short("client.js 1"), u64(stored), u64(position),
      u32(256), long(checkpoint))
  }

  // The next frame of this type; a hub that does not know us asks for a HELLO.
  async expect(...types) {
    for (;;) {
      const known = types.includes(DELIVER) && this.later.shift()
      const [frame] = known ? [known] : await this.socket.receive()
      const body = new Reader(frame)
      const version = body.u8()
      if (version !== 1) throw new Error(`a frame of version ${version}, and this reads version 1`)
      const type = body.u8()
      if (type === RESYNC) await this.hello()
      if (type === BYE) throw new Error(`bye: ${body.short()}: ${body.short()}`)
      if (types.includes(type)) return { type, body }
      if (type === DELIVER) this.later.push(frame)
    }
  }

  async begin(endpoint) {
    await this.open(endpoint)
    const { body } = await this.expect(WELCOME)
    if (body.short().toString() !== this.vkey.name) throw new Error("it is another hub's log")
    this.believe(body.long())
    body.long() // the consistency proof
    if (body.u64() < this.state.stored)
      throw new Error("the hub has lost deliveries: stop, and tell a person")
  }

  // The newest checkpoint that we have seen; the log only grows.  A real node checks the
  // consistency proof too (section 3), not only that nothing became smaller.
  believe(note) {
    const kept = Buffer.from(this.state.checkpoint)
    const seen = kept.length > 0 && proof.openCheckpoint(kept, this.vkey)
    const checkpoint = proof.openCheckpoint(note, this.vkey)
    if (seen && (checkpoint.size < seen.size ||
        (checkpoint.size === seen.size && !checkpoint.root.equals(seen.root))))
      throw new Error("the log has lost what it had: stop, and tell a person")
    this.state.checkpoint = note.toString()
    return checkpoint
  }

  remember() {
    fs.writeFileSync(`${this.statePath}.new`, JSON.stringify(this.state), { flush: true })
    fs.renameSync(`${this.statePath}.new`, this.statePath)
  }

  // --- publishing ---------------------------------------------------------------------------

  async publish(document) {
    const head = proof.sealHead(this.vkey.name, document, this.sealKey)
    const noProof = long("") // since it is alone
    await this.send(PUBLISH, u16(1), long(head), noProof, u16(1), u16(0), u32(0), long(document))
    const { type, body } = await this.expect(RECEIPT, REFUSED)
    return type === RECEIPT ? this.receipt(body, document) : this.refusal(body)
  }

  receipt(body, document) {
    const checkpoint = this.believe(body.long())
    const run = body.long()
    const tolds = body.list(() => body.long().toString())
    const entered = body.list(() => ({ octets: body.short(), which: body.u16() }))
    body.done()
    allNamed(tolds.length, entered.map(({ which }) => which))
    for (const item of entered) item.told = tolds[item.which]
    const leaves = entered.map(({ octets, told }) => ({ ...proof.readLeaf(octets), octets, told }))
    proof.checkRun(checkpoint, leaves.map((leaf) => [leaf.position, leaf.octets]), run)
    const own = leaves.find((leaf) => leaf.document?.equals(proof.sha(document)))
    if (own?.author !== this.name) throw new Error("a receipt for something else")
    this.remember()
    return own
  }

  refusal(body) {
    const [no] = body.list(() => ({
      hash: body.take(32), retry: body.u8(), code: `${body.short()}`, pointer: `${body.short()}`,
      by: `${body.short()}`, text: `${body.short()}`,
    }))
    throw new Error(`refused, ${no.code} at ${no.pointer || "/"}: ${no.text}`)
  }

  // --- deliveries ---------------------------------------------------------------------------

  async receive(visit) {
    const { body } = await this.expect(DELIVER)
    const { checkpoint, items } = this.proven(body)
    for (const item of items) {
      if (item.number <= this.state.stored) continue // we have it
      this.checkPlace(item)
      this.check(item)
      visit(item, await this.older(item)) // a real node stores all of it here, and flushes
      this.state.stored = item.number
      this.state.position = item.leaf.position
    }
    this.remember()
    await this.acknowledge(checkpoint.root)
  }

  // What a delivery brings along, which has to be here before it is taken.
  async older({ number, leaf, why }) {
    const lines = why.split("\n").filter((line) => line.startsWith(`carries ${this.name} `))
    const found = []
    while (found.length < lines.length) {
      await this.send(CARRY, u64(number), u64(found.length + 1))
      const { body } = await this.expect(CARRIED)
      if (body.u64() !== number) throw new Error("what another delivery brings along")
      for (const item of this.proven(body).items) {
        const line = `carries ${this.name} ${item.leaf.author} ${item.leaf.id}`
        if (item.number !== found.length + 1 || item.why !== line || lines[found.length] !== line ||
            item.leaf.position >= leaf.position)
          throw new Error("it brings another message along than its line says")
        this.check(item)
        found.push(item)
      }
    }
    return found
  }

  // The items of a frame, which are in the log.
  proven(body) {
    for (const der of body.list(() => body.long())) this.learn(der)
    const checkpoint = this.believe(body.long())
    const run = body.long()
    const heads = body.list(() => ({ text: body.long(), proof: body.long(), documents: [] }))
    const whys = body.list(() => body.short().toString())
    const items = body.list(() => {
      const item = { number: body.u64(), which: body.u16() }
      const kind = body.u8()
      if (kind > 1) throw new Error("an item of another kind")
      return kind === 1 ? this.message(body, heads, item) : { ...item, octets: body.short() }
    })
    body.done()
    allNamed(whys.length, items.map(({ which }) => which))
    allNamed(heads.length, items.filter(({ head }) => head).map(({ head }) => heads.indexOf(head)))
    if (items.some(({ number }, i) => number <= (items[i - 1]?.number ?? 0)))
      throw new Error("numbers do not increase")
    for (const item of items) item.why = whys[item.which]
    for (const item of items) item.leaf = proof.readLeaf(item.octets)
    proof.checkRun(checkpoint, items.map(({ leaf, octets }) => [leaf.position, octets]), run)
    for (const head of heads) this.checkHead(head)
    return { checkpoint, items }
  }

  // What the log does not set aside: its leaf is made of what came.
  message(body, heads, item) {
    const head = heads[body.u16()], place = body.u32()
    if (!head) throw new Error("a head that is not there")
    const front = body.tiny(), back = body.tiny(), document = body.long()
    const octets = proof.joinLeaf(front, document, head.text, back)
    head.documents.push([place, document])
    return { ...item, head, document, octets }
  }

  // One proof for all documents of the frame that were sealed together.
  checkHead(head) {
    Object.assign(head, proof.readSealHead(head.text))
    if (head.origin !== this.vkey.name) throw new Error("it was sealed for another hub")
    proof.checkSealed(head, head.documents, head.proof)
  }

  checkPlace({ number, leaf, why }) {
    const { stored, position } = this.state
    if (number !== stored + 1) throw new Error(`delivery ${stored + 1} is missing`)
    if (stored > 0 && leaf.position <= position) throw new Error("positions only rise")
    if (!why.startsWith(`deliver ${this.name} `) && !why.startsWith(`by-subscription ${this.name} `))
      throw new Error("it is not for us")
  }

  check({ leaf, head, document }) {
    if (!head) return // the log sets it aside: a real node tells a person
    if (!leaf.document?.equals(proof.sha(document)) || !leaf.seal?.equals(proof.sha(head.text)))
      throw new Error("document or seal is not where the leaf has them")
    const message = JSON.parse(document)
    if (message.from !== leaf.author || message.kind !== leaf.kind || message.id !== leaf.id)
      throw new Error("the document is not what the leaf says it is")
    head.signatures.forEach((signature, i) => this.checkSignature(head, signature, i, leaf))
  }

  // The first is the author's own, the others its officers'.
  checkSignature(head, { id, bytes }, i, leaf) {
    const cert = this.authors.get(id)
    if (!cert) throw new Error(`nobody has shown the certificate of key ${id}`)
    const officer = (cert.subjectAltName || "").split(", ").includes(`DNS:${leaf.author}`)
    if (i === 0 ? nameOf(cert) !== leaf.author : !officer) throw new Error("another's signature")
    if (leaf.time < new Date(cert.validFrom) || leaf.time > new Date(cert.validTo))
      throw new Error("the certificate was not in force when the hub took it")
    const signed = proof.sealSigned(head.origin, id, head.size, head.root.toString("base64"))
    if (!crypto.verify(null, signed, cert.publicKey, bytes)) throw new Error("a forged seal")
  }

  learn(der) {
    const cert = new crypto.X509Certificate(der)
    if (!cert.verify(this.ca.publicKey)) throw new Error("a certificate that the CA did not issue")
    this.authors.set(proof.keyId(cert.publicKey), cert)
  }

  // Up to what we have; the root is that of the checkpoint which came with it.
  acknowledge(root) {
    const id = proof.keyId(crypto.createPublicKey(this.sealKey))
    const { stored } = this.state
    const text = `dabyl-ack/v1\n${this.vkey.name}\n${id}\n${stored}\n${root.toString("base64")}\n`
    return this.send(ACK, u64(stored), root, crypto.sign(null, Buffer.from(text), this.sealKey))
  }

  // An acknowledgement is not answered; what answers a pulse has read all before it.
  async close() {
    await this.send(PULSE)
    await this.expect(PULSE)
    this.socket.close()
  }
}

function nameOf(cert) {
  return cert.subject.split("\n").find((line) => line.startsWith("CN=")).slice(3)
}

// RFC 9562: 48 bits of milliseconds, then version, variant and chance.
function uuid7() {
  const bytes = Buffer.concat([u64(Date.now()).subarray(2), crypto.randomBytes(10)])
  bytes[6] = 0x70 | (bytes[6] & 0x0f)
  bytes[8] = 0x80 | (bytes[8] & 0x3f)
  return proof.uuid(bytes)
}

// What the daemon would add too, where it is missing.
function complete(message, from) {
  return {
    dabyl: 1, id: uuid7(), from, sent: new Date().toISOString(), status: "actual",
    nonce: crypto.randomBytes(16).toString("hex"), ...message,
  }
}

async function main([folder, endpoint, verb, what]) {
  const client = new Client(folder)
  await client.begin(endpoint)
  if (verb === "publish") {
    const message = complete(JSON.parse(fs.readFileSync(what)), client.name)
    const receipt = await client.publish(Buffer.from(JSON.stringify(message)))
    console.log(`receipt ${receipt.position} ${receipt.id}`)
    process.stdout.write(receipt.told)
  } else if (verb === "receive") {
    const until = client.state.stored + Number(what)
    while (client.state.stored < until)
      await client.receive(({ number, leaf, why }, older) => {
        for (const { leaf: old } of older) console.log(`older ${old.kind} ${old.author} ${old.id}`)
        const [line] = why.split("\n")
        console.log(`delivery ${number} ${leaf.kind} ${leaf.author} ${leaf.id} ${line}`)
      })
  } else {
    throw new Error("publish FILE, or receive NUMBER")
  }
  await client.close()
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`client.js: ${error.message}`)
  process.exit(1)
})
