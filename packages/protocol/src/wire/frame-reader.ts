/**
 * Reads a binary body: lib0's variable-length unsigned integers, strings and byte arrays, strictly.
 *
 * Every length and count is held against the bytes that are left before anything is allocated for it, integers are safe and
 * in their shortest form, strings are whole UTF-8, and `end` refuses trailing bytes. Byte arrays are views into the frame.
 */
import { decodeUtf8 } from "lib0/string";
import { malformed, tooLarge } from "./malformed.ts";

export class FrameReader {
  readonly #frame: Uint8Array;
  readonly #message: string;
  #position = 1;

  /** `message` names the message in errors; reading starts behind the kind byte. */
  constructor(frame: Uint8Array, message: string) {
    this.#frame = frame;
    this.#message = message;
  }

  get bytesLeft(): number {
    return this.#frame.length - this.#position;
  }

  byte(what: string): number {
    const byte = this.#frame[this.#position];
    if (byte === undefined) throw this.#truncated(what);
    this.#position++;
    return byte;
  }

  /** A byte that has no bits but those of `mask`. */
  flags(what: string, mask: number): number {
    const flags = this.byte(what);
    if ((flags & ~mask) !== 0) throw this.malformed(`${what} has unknown bits (${flags})`);
    return flags;
  }

  integer(what: string, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#varUint(what);
    if (value > max) throw this.malformed(`${what} is ${value}, over ${max}`);
    return value;
  }

  /** The number of entries that follow, each at least `minBytesEach` long. */
  count(what: string, minBytesEach: number, max: number): number {
    const count = this.#varUint(what);
    if (count * minBytesEach > this.bytesLeft) {
      throw this.malformed(`${what}: ${count} announced, more than ${this.bytesLeft} bytes can hold`);
    }
    if (count > max) throw tooLarge(this.#at(`${what}: ${count} announced, over the limit of ${max}`));
    return count;
  }

  bytes(what: string, max: number): Uint8Array {
    const start = this.#take(what, max);
    return this.#frame.subarray(start, this.#position);
  }

  text(what: string, max: number): string {
    const start = this.#take(what, max);
    try {
      return decodeUtf8(this.#frame.subarray(start, this.#position));
    } catch {
      throw this.malformed(`${what} is not UTF-8`);
    }
  }

  /** A string that must not be empty. */
  name(what: string, max: number): string {
    const text = this.text(what, max);
    if (text === "") throw this.malformed(`${what} is empty`);
    return text;
  }

  end(): void {
    if (this.bytesLeft > 0) throw this.malformed(`${this.bytesLeft} bytes follow the end of the message`);
  }

  malformed(problem: string): Error {
    return malformed(this.#at(problem));
  }

  #at(problem: string): string {
    return `${this.#message}: ${problem} (byte ${this.#position})`;
  }

  #truncated(what: string): Error {
    return this.malformed(`the frame ends within ${what}`);
  }

  /** Reads a length and steps over as many bytes; returns where they start. */
  #take(what: string, max: number): number {
    const length = this.#varUint(what);
    if (length > this.bytesLeft) throw this.malformed(`${what}: ${length} bytes announced, ${this.bytesLeft} left`);
    if (length > max) throw tooLarge(this.#at(`${what} of ${length} bytes is over the limit of ${max}`));
    const start = this.#position;
    this.#position += length;
    return start;
  }

  #varUint(what: string): number {
    let byte = this.byte(what);
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let unit = 0x80;
    for (;;) {
      byte = this.byte(what);
      value += (byte & 0x7f) * unit;
      if (value > Number.MAX_SAFE_INTEGER || unit > 2 ** 49) throw this.malformed(`${what} is over 2^53 - 1`);
      if (byte < 0x80) break;
      unit *= 0x80;
    }
    if (byte === 0) throw this.malformed(`${what} is not in its shortest form`);
    return value;
  }
}
