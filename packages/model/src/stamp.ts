/**
 * Stamps: the time of a write on a hybrid logical clock, as text that sorts in the order of time.
 *
 * A stamp is 24 characters of lower-case base 36: 9 of milliseconds since 1970, 4 of a counter within the millisecond, 11 of
 * the writer's Yjs client id. Stamps of equal time and counter are ordered by writer, so two writers never share one.
 */

declare const stampBrand: unique symbol;

/** 24 characters; `<` on stamps is "earlier". */
export type Stamp = string & { readonly [stampBrand]: true };

export interface StampParts {
  /** ms since 1970. */
  readonly ms: number;
  readonly counter: number;
  readonly clientId: number;
}

/** Issues the stamps of one replica's writes. */
export interface StampClock {
  /** A stamp greater than `after`, and than every stamp issued since the last correction (S1). */
  next(after: Stamp | null, clientId: number): Stamp;
  /**
   * Corrects the clock by `ms` against the local one, as a relay's answer taught. Stamps issued ahead of the corrected time
   * hold it up no longer: whoever corrects the clock stamps anew what is pending.
   */
  setOffset(ms: number): void;
  /** The corrected time in whole ms. */
  now(): number;
}

export interface StampClockOptions {
  /** Local wall time in ms since 1970. */
  readonly now: () => number;
  readonly offsetMs?: number;
}

const MS_LENGTH = 9;
const COUNTER_LENGTH = 4;
const CLIENT_LENGTH = 11;
const STAMP_LENGTH = MS_LENGTH + COUNTER_LENGTH + CLIENT_LENGTH;
/** Nine digits last until the year 5188. */
const MAX_MS = 36 ** MS_LENGTH - 1;
/** Ids are safe integers; eleven digits could say more. */
const GREATEST_CLIENT = Number.MAX_SAFE_INTEGER.toString(36).padStart(CLIENT_LENGTH, "0");
const MAX_COUNTER = 36 ** COUNTER_LENGTH - 1;

/** Throws a `RangeError` for parts that a stamp cannot hold. */
export function makeStamp(ms: number, counter: number, clientId: number): Stamp {
  return brand(
    digits("ms", ms, MAX_MS, MS_LENGTH) +
      digits("counter", counter, MAX_COUNTER, COUNTER_LENGTH) +
      digits("client id", clientId, Number.MAX_SAFE_INTEGER, CLIENT_LENGTH),
  );
}

/** The parts of a stamp; null for text that is none. */
export function parseStamp(text: string): StampParts | null {
  if (!isStamp(text)) return null;
  return {
    ms: stampMs(text),
    counter: Number.parseInt(text.slice(MS_LENGTH, MS_LENGTH + COUNTER_LENGTH), 36),
    clientId: Number.parseInt(text.slice(MS_LENGTH + COUNTER_LENGTH), 36),
  };
}

/** Whether text is a stamp that `makeStamp` could have made. */
export function isStamp(text: string): text is Stamp {
  if (text.length !== STAMP_LENGTH) return false;
  for (let i = 0; i < STAMP_LENGTH; i++) {
    const code = text.charCodeAt(i);
    const isDigit = code >= 48 && code <= 57;
    const isLetter = code >= 97 && code <= 122;
    if (!isDigit && !isLetter) return false;
  }
  return text.slice(MS_LENGTH + COUNTER_LENGTH) <= GREATEST_CLIENT;
}

/** The stamp's ms since 1970. */
export function stampMs(stamp: Stamp): number {
  return Number.parseInt(stamp.slice(0, MS_LENGTH), 36);
}

export function createStampClock(options: StampClockOptions): StampClock {
  let offsetMs = options.offsetMs ?? 0;
  let lastMs = 0;
  let lastCounter = -1;

  const now = (): number => Math.floor(options.now() + offsetMs);

  const passBeyond = (ms: number, counter: number): void => {
    if (ms < lastMs || (ms === lastMs && counter <= lastCounter)) return;
    lastMs = ms;
    lastCounter = counter;
  };

  return {
    next(after, clientId) {
      if (after !== null) {
        const parts = parseStamp(after);
        if (parts === null) throw new RangeError(`"${after}" is no stamp; pass one that a stamp clock issued`);
        passBeyond(parts.ms, parts.counter);
      }
      passBeyond(now(), -1);
      if (lastCounter < MAX_COUNTER) {
        lastCounter += 1;
      } else {
        lastMs += 1;
        lastCounter = 0;
      }
      return makeStamp(lastMs, lastCounter, clientId);
    },
    setOffset(ms) {
      offsetMs = ms;
      if (lastMs <= now()) return;
      lastMs = 0;
      lastCounter = -1;
    },
    now,
  };
}

function brand(text: string): Stamp {
  return text as Stamp;
}

function digits(name: string, value: number, max: number, length: number): string {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new RangeError(`a stamp's ${name} is a whole number from 0 to ${max}, not ${value}`);
  }
  return value.toString(36).padStart(length, "0");
}
