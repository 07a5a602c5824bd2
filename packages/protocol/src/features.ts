/**
 * Optional features: what may be added to a version without a new one.
 *
 * A client names those it knows in its hello, a relay answers in its welcome with those of them that the session uses. Reserved
 * kinds, and fields or values that this version's readers refuse, travel only within a feature. Version 1 has none.
 */
import { ceilings } from "./ceilings.ts";
import { readArray, readString } from "./wire/json-body.ts";

export function readFeatures(value: unknown, where: string): string[] {
  return readArray(value, where, ceilings.features, (name, at) => readString(name, at, 1, ceilings.featureBytes));
}
