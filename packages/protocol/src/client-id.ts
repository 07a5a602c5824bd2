import { readInteger } from "./wire/json-body.ts";

/** 53-bit random id under which a replica writes Yjs structs; 1 .. 2^53 - 1. */
export type ClientId = number;

export function readClientId(value: unknown, where: string): ClientId {
  return readInteger(value, where, 1);
}
