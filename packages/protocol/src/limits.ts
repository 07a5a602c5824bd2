/**
 * What a relay accepts from a client. A relay announces its limits in `welcome`; before that a client keeps to
 * `defaultLimits`, which a relay may raise or lower.
 */
import { type JsonObject, readInteger, readObject } from "./wire/json-body.ts";

export interface Limits {
  /** Bytes of one frame, its kind byte included. */
  readonly maxFrameBytes: number;
  /** Bytes of a `hello` and of a `reauthenticate`: all a session may cost before its identity is known. */
  readonly maxHelloBytes: number;
  readonly maxPushesPerFrame: number;
  readonly maxChangesPerPush: number;
  /** Bytes of one change's Yjs update. */
  readonly maxUpdateBytes: number;
  /** UTF-8 bytes of a record key. */
  readonly maxKeyBytes: number;
  /** Records one `want` may name. */
  readonly maxWantRecords: number;
  /** Pushes a session may have sent without holding their answers. */
  readonly maxPendingPushes: number;
}

export const defaultLimits: Limits = Object.freeze({
  // Holds 1,000 ordinary changes and any single update; small enough to be read while others wait.
  maxFrameBytes: 4 * 1024 * 1024,
  // A token of 4 KB, a cursor and some sync expressions.
  maxHelloBytes: 16 * 1024,
  maxPushesPerFrame: 1000,
  // The deletion of a parent with its children is one push.
  maxChangesPerPush: 10_000,
  maxUpdateBytes: 1024 * 1024,
  maxKeyBytes: 1024,
  maxWantRecords: 1000,
  maxPendingPushes: 10_000,
});

const names = [
  "maxFrameBytes",
  "maxHelloBytes",
  "maxPushesPerFrame",
  "maxChangesPerPush",
  "maxUpdateBytes",
  "maxKeyBytes",
  "maxWantRecords",
  "maxPendingPushes",
] as const satisfies readonly (keyof Limits)[];

export function readLimits(value: unknown, where: string): Limits {
  const body: JsonObject = readObject(value, where, names);
  const limit = (name: (typeof names)[number]): number => readInteger(body[name], `${where}.${name}`, 1);
  return {
    maxFrameBytes: limit("maxFrameBytes"),
    maxHelloBytes: limit("maxHelloBytes"),
    maxPushesPerFrame: limit("maxPushesPerFrame"),
    maxChangesPerPush: limit("maxChangesPerPush"),
    maxUpdateBytes: limit("maxUpdateBytes"),
    maxKeyBytes: limit("maxKeyBytes"),
    maxWantRecords: limit("maxWantRecords"),
    maxPendingPushes: limit("maxPendingPushes"),
  };
}
