/** Short ways to put updates before the guard. */
import * as Y from "yjs";
import type { JudgeInput } from "../../src/guard/judge-input.ts";
import { createDocument, type DocumentState, type JsonValue, judgeUpdate, type Verdict } from "../../src/index.ts";
import { defaultGuardCaps } from "../../src/update/guard-caps.ts";
import { ALICE, at, BOB, create, message, NEW_YEAR, schema } from "../chat-model.ts";
import { ANY, type RawStruct, rawUpdate } from "../raw-update.ts";

/** What ALICE has written: clocks 0 (an entry) to 3 (three tags). */
export const stored: DocumentState = createDocument(
  message,
  0,
  create(at(0), { title: "a", body: "b" }, { tags: ["x", "y", "z"] }),
  ALICE,
).state;

/** Judges an update of BOB's session, an hour after the record was created. */
export function judge(update: Uint8Array, change: Partial<JudgeInput> = {}): Verdict {
  return judgeUpdate({
    schema,
    model: message,
    facet: 0,
    before: stored,
    update,
    isOwnClientId: (id) => id === BOB,
    nowMs: NEW_YEAR + 3_600_000,
    driftMs: 60_000,
    caps: defaultGuardCaps,
    ...change,
  });
}

/** Structs of BOB from clock 0 on. */
export function byBob(
  structs: readonly RawStruct[],
  deletes: readonly (readonly [client: number, clock: number, length: number])[] = [],
): Uint8Array {
  return rawUpdate([{ client: BOB, clock: 0, structs }], deletes);
}

/** Entries of BOB's in `$writes`. */
export function entries(...values: readonly unknown[]): Uint8Array {
  return byBob([{ kind: ANY, values }]);
}

/** What a stock Yjs client would send for an edit of the stored document. */
export function yjsEdit(edit: (doc: Y.Doc) => void, client = BOB): Uint8Array {
  const doc = new Y.Doc({ guid: "d" });
  Y.applyUpdate(doc, stored.subarray(1));
  doc.clientID = client;
  let made: Uint8Array = new Uint8Array([0, 0]);
  doc.on("update", (update: Uint8Array) => {
    made = update;
  });
  doc.transact(() => edit(doc));
  return made;
}

export function entry(stamp: string, fields: { readonly [field: string]: JsonValue }): JsonValue {
  return { t: stamp, f: fields };
}
