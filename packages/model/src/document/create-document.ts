/**
 * The first write of a life. Its bytes are those that Yjs would make of it, written without a Y.Doc at a quarter of the
 * cost: the registers as one entry of `$writes`, fields in the facet's order, then each list's elements.
 */
import type { ModelDescription } from "@tributary/schema";
import { createByteWriter } from "../update/byte-writer.ts";
import type { Struct } from "../update/struct.ts";
import { packStore, updateFromDocument } from "./document-state.ts";
import { foldOf } from "./fold.ts";
import type { Intent, Written } from "./intent.ts";
import { structInRoot } from "./new-struct.ts";
import { planWrite } from "./planned-write.ts";
import { addWrites, type Registers } from "./registers.ts";
import { entryValue, WRITES } from "./write-entry.ts";

/** Throws a `RangeError` for a deletion: nothing begins with its end. */
export function createDocument(model: ModelDescription, facet: number, intent: Intent, clientId: number): Written {
  if (intent.op === "delete")
    throw new RangeError(`a ${model.name} cannot be created by deleting it; pass what to create`);
  const registers: Registers = new Map();
  const { fields, lists } = planWrite(model, facet, intent, registers, new Map());
  const structs: Struct[] = [];
  const writer = createByteWriter(1024);
  let clock = 0;
  if (Object.keys(fields).length > 0) {
    addWrites(registers, intent.stamp, fields);
    structs.push(structInRoot(writer, clientId, clock, WRITES, [entryValue(intent.stamp, fields)]));
    clock += 1;
  }
  const elements = new Map();
  for (const [root, { result }] of lists) {
    elements.set(root, result);
    structs.push(structInRoot(writer, clientId, clock, root, result));
    clock += result.length;
  }
  const state = packStore(new Map([[clientId, structs]]), writer);
  return { update: updateFromDocument(state), state, fold: foldOf(model, facet, registers, elements) };
}
