// wire - numbers and octets of frames, as schemas/PROTOCOL.md section 1 has them.

"use strict"

class Reader {
  constructor(data) {
    this.data = data
    this.at = 0
  }

  take(size) {
    if (this.at + size > this.data.length) throw new Error("a frame ends early")
    this.at += size
    return this.data.subarray(this.at - size, this.at)
  }

  u8() { return this.take(1).readUInt8() }
  u16() { return this.take(2).readUInt16BE() }
  u32() { return this.take(4).readUInt32BE() }
  u64() {
    const value = this.take(8).readBigUInt64BE()
    if (value > Number.MAX_SAFE_INTEGER) throw new Error("a number that JavaScript cannot hold")
    return Number(value)
  }
  tiny() { return this.take(this.u8()) }
  short() { return this.take(this.u16()) }
  long() { return this.take(this.u32()) }

  list(read) {
    return Array.from({ length: this.u16() }, read)
  }

  left() { return this.data.length - this.at }

  done() {
    if (this.left() > 0) throw new Error("something follows a frame's last field")
  }
}

// What several items have in common stands in a list, in the order in which they first name
// it, and each of it is named.
function allNamed(length, indexes) {
  let named = 0
  for (const index of indexes) {
    if (index > named) throw new Error("a list in another order than it is named in")
    if (index === named) named++
  }
  if (named !== length) throw new Error("a list has something that is not named, or not what is")
}

function number(size, value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes.subarray(8 - size)
}

const u8 = (value) => number(1, value)
const u16 = (value) => number(2, value)
const u32 = (value) => number(4, value)
const u64 = (value) => number(8, value)
const short = (data) => Buffer.concat([u16(Buffer.byteLength(data)), Buffer.from(data)])
const long = (data) => Buffer.concat([u32(Buffer.byteLength(data)), Buffer.from(data)])

module.exports = { Reader, allNamed, u8, u16, u32, u64, short, long }
