/**
 * The MD5 (RFC 1321) of a text over UTF-8, as 32 hex digits. Only for telling what Amplify tells by it: it guards nothing.
 */
import { utf8 } from "./digest.ts";

export function md5(text: string): string {
  const bytes = utf8(text);
  const message = padded(bytes);
  let state: Words = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < message.length; block += 64) {
    const words = Array.from({ length: 16 }, (_, i) => wordAt(message, block + i * 4));
    state = sumOf(state, mixed(state, words));
  }
  return state.map(hexOf).join("");
}

type Words = readonly [a: number, b: number, c: number, d: number];

function mixed(state: Words, words: readonly number[]): Words {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = rounds[i >> 4];
    if (round === undefined) break;
    const sum = (a + round.mix(b, c, d) + sine(i) + (words[round.wordOf(i) % 16] ?? 0)) | 0;
    const by = round.shifts[i % 4] ?? 0;
    [a, b, c, d] = [d, (b + ((sum << by) | (sum >>> (32 - by)))) | 0, b, c];
  }
  return [a, b, c, d];
}

interface Round {
  mix(b: number, c: number, d: number): number;
  wordOf(step: number): number;
  readonly shifts: readonly number[];
}

const rounds: readonly Round[] = [
  { mix: (b, c, d) => (b & c) | (~b & d), wordOf: (step) => step, shifts: [7, 12, 17, 22] },
  { mix: (b, c, d) => (b & d) | (c & ~d), wordOf: (step) => 5 * step + 1, shifts: [5, 9, 14, 20] },
  { mix: (b, c, d) => b ^ c ^ d, wordOf: (step) => 3 * step + 5, shifts: [4, 11, 16, 23] },
  { mix: (b, c, d) => c ^ (b | ~d), wordOf: (step) => 7 * step, shifts: [6, 10, 15, 21] },
];

function sine(step: number): number {
  return Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0;
}

/** The message, a one bit, zeros, and the length in bits as 64-bit little-endian, to a multiple of 64 bytes. */
function padded(bytes: readonly number[]): readonly number[] {
  const out = [...bytes, 0x80];
  while (out.length % 64 !== 56) out.push(0);
  const bits = bytes.length * 8;
  for (let shift = 0; shift < 64; shift += 8) out.push(Math.floor(bits / 2 ** shift) % 256);
  return out;
}

function wordAt(bytes: readonly number[], at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

function sumOf(x: Words, y: Words): Words {
  return [(x[0] + y[0]) | 0, (x[1] + y[1]) | 0, (x[2] + y[2]) | 0, (x[3] + y[3]) | 0];
}

function hexOf(word: number): string {
  return [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, "0")).join("");
}
