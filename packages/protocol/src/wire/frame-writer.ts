/**
 * Writes a binary body, or a part of one, in the encoding that FrameReader reads.
 *
 * A caller that knows about how long the result will be passes it as `capacity`, so that nothing is copied on the way.
 */
import { encodeUtf8 } from "lib0/string";
import { hasLoneSurrogate } from "./json-body.ts";

/** Up to this many UTF-16 units a loop over characters beats a call of the encoder. */
const maxLoopedUnits = 512;

export class FrameWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#buffer = new Uint8Array(capacity);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Throws RangeError for what is no integer of 0 .. 2^53 - 1: a fault of the caller. */
  integer(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`cannot encode ${value}: not an integer from 0 to 2^53 - 1`);
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = 0x80 | (rest % 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  bytes(value: Uint8Array): void {
    this.integer(value.length);
    this.raw(value);
  }

  /** Bytes without their length. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** Throws RangeError for half a surrogate pair, which would arrive as another string. */
  text(value: string): void {
    if (value.length <= maxLoopedUnits && this.#ascii(value)) return;
    if (hasLoneSurrogate(value))
      throw new RangeError(`cannot encode ${JSON.stringify(value)}: it holds half a surrogate pair`);
    this.bytes(encodeUtf8(value));
  }

  finish(): Uint8Array {
    const { length } = this.#buffer;
    // A view keeps the whole buffer alive: worth it only while little of it is unused.
    return length - this.#length > length / 8
      ? this.#buffer.slice(0, this.#length)
      : this.#buffer.subarray(0, this.#length);
  }

  /** Writes `value` if all of it is ASCII; else writes nothing and returns false. */
  #ascii(value: string): boolean {
    const start = this.#length;
    this.integer(value.length);
    this.#reserve(value.length);
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) {
        this.#length = start;
        return false;
      }
      buffer[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
