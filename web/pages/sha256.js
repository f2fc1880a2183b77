// sha256 - SHA-256 of what comes piece by piece (FIPS 180-4): WebCrypto wants a file whole
// in memory, and a disk image is not.

// The first 32 bits of the fractional parts of the square roots, or cube roots, of primes:
// computed, since a table is easily copied wrong.  All words are signed: an engine keeps
// those in registers.
function fractions(count, root) {
  const out = new Int32Array(count);
  for (let n = 2, found = 0; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0;
    if (prime) out[found++] = Math.floor((root(n) % 1) * 2 ** 32) | 0;
  }
  return out;
}

const K = fractions(64, Math.cbrt);
const START = fractions(8, Math.sqrt);

const turn = (x, n) => (x >>> n) | (x << (32 - n));

function mix(state, w, bytes, from) {
  for (let i = 0, p = from; i < 16; i++, p += 4) w[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15], b = w[i - 2];
    w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

export class Sha256 {
  #state = START.slice();
  #block = new Uint8Array(64);
  #used = 0;
  #length = 0;
  #w = new Int32Array(64);

  add(bytes) {
    this.#length += bytes.length;
    let from = 0;
    if (this.#used) {
      from = Math.min(64 - this.#used, bytes.length);
      this.#block.set(bytes.subarray(0, from), this.#used);
      this.#used += from;
      if (this.#used < 64) return this;
      mix(this.#state, this.#w, this.#block, 0);
      this.#used = 0;
    }
    for (; from + 64 <= bytes.length; from += 64) mix(this.#state, this.#w, bytes, from);
    this.#block.set(bytes.subarray(from));
    this.#used = bytes.length - from;
    return this;
  }

  // In lower-case hex; nothing can be added afterwards.
  hex() {
    const bits = this.#length * 8;
    const end = new Uint8Array(((this.#used + 9 + 63) & ~63) - this.#used);
    const view = new DataView(end.buffer);
    end[0] = 0x80;
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits >>> 0);
    this.add(end);
    return [...this.#state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
