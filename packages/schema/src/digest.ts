/**
 * A 128-bit digest of a string, as 32 hex digits: the first half of its SHA-256 (FIPS 180-4) over UTF-8.
 *
 * Written out here because the platforms this runs on share no synchronous one. Meant for telling schemas apart, a few
 * kilobytes at a time; it guards no secret.
 */

/** The first 128 bits of the SHA-256 of `text`, in lower-case hex. */
export function digest(text: string): string {
  return sha256(utf8(text)).slice(0, 4).map(hex8).join("");
}

/** The eight 32-bit words of the SHA-256 of `bytes`. */
export function sha256(bytes: readonly number[]): readonly number[] {
  const state = [...initialState];
  const schedule = new Array<number>(64).fill(0);
  const message = padded(bytes);
  for (let block = 0; block < message.length; block += 64) compress(state, schedule, message, block);
  return state;
}

function compress(state: number[], schedule: number[], message: readonly number[], block: number): void {
  for (let i = 0; i < 16; i++) {
    const at = block + i * 4;
    schedule[i] =
      (word(message, at) << 24) | (word(message, at + 1) << 16) | (word(message, at + 2) << 8) | word(message, at + 3);
  }
  for (let i = 16; i < 64; i++) {
    const w15 = word(schedule, i - 15);
    const w2 = word(schedule, i - 2);
    const s0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3);
    const s1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10);
    schedule[i] = (word(schedule, i - 16) + s0 + word(schedule, i - 7) + s1) | 0;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + word(roundConstants, i) + word(schedule, i)) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + s0 + majority) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = (word(state, i) + value) | 0;
  });
}

/** The message, a one bit, zeros, and the length in bits as 64-bit big-endian, to a multiple of 64 bytes. */
function padded(bytes: readonly number[]): readonly number[] {
  const out = [...bytes, 0x80];
  while (out.length % 64 !== 56) out.push(0);
  const bits = bytes.length * 8;
  for (let shift = 56; shift >= 0; shift -= 8) out.push(Math.floor(bits / 2 ** shift) % 256);
  return out;
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): number[] {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return out;
}

const rotated = (value: number, by: number): number => (value >>> by) | (value << (32 - by));
const word = (words: readonly number[], at: number): number => words[at] ?? 0;
const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");

const primes = firstPrimes(64);
/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const initialState = primes.slice(0, 8).map((prime) => fractionBits(prime ** (1 / 2)));
/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = primes.map((prime) => fractionBits(prime ** (1 / 3)));

function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

function firstPrimes(count: number): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
