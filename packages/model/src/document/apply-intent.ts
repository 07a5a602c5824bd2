/**
 * Writes an intent into a document that is there already: one entry in `$writes` for its registers, and minimal changes of
 * its lists.
 *
 * What the new entry supersedes is taken out of older entries: such an entry is deleted, and what
 * is left of it appended anew with its old stamp (D3), so that overwritten values do not travel on. A write takes out only
 * what its own entry supersedes, or an entry that a relay has acknowledged (P3): anything else might be refused, and what it
 * superseded would then be missing.
 */
import type { ModelDescription } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";
import { type ByteWriter, createByteWriter, writtenBytes } from "../update/byte-writer.ts";
import type { UpdateScan } from "../update/scan-update.ts";
import type { DeleteRange, Struct } from "../update/struct.ts";
import { writeUpdate } from "../update/write-update.ts";
import { type DocumentState, openDocument, packStore } from "./document-state.ts";
import { editList } from "./edit-list.ts";
import { foldOf } from "./fold.ts";
import type { Intent, Written } from "./intent.ts";
import type { ListChange } from "./list-change.ts";
import { type ListOrders, readLists, readOrders } from "./list-root.ts";
import { structInWrites } from "./new-struct.ts";
import { type PlannedWrite, planWrite } from "./planned-write.ts";
import { addWrites, isSuperseded, type Registers, registersOf } from "./registers.ts";
import { integrate, nextClock, type StructStore } from "./struct-store.ts";
import { DELETED_FIELD, entryValue, readEntries, type WriteEntry } from "./write-entry.ts";

/**
 * Null when the intent adds nothing: all it writes is superseded, or the document is deleted.
 *
 * `acknowledged` is the document as a relay last acknowledged it, null when it has acknowledged nothing of this life; pass
 * `state` itself when nothing is unsent. Throws when `state` is no whole document.
 */
export function applyIntent(
  model: ModelDescription,
  facet: number,
  state: DocumentState,
  intent: Intent,
  clientId: number,
  acknowledged: DocumentState | null,
): Written | null {
  const store = openDocument(state);
  const entries = readEntries(store);
  const registers = registersOf(entries);
  if (registers.has(DELETED_FIELD)) return null;
  const orders = readOrders(store);
  const lists = new Map(readLists(orders));
  const plan: PlannedWrite =
    intent.op === "delete"
      ? { fields: { [DELETED_FIELD]: true }, lists: new Map() }
      : planWrite(model, facet, intent, registers, lists);
  const hasFields = Object.keys(plan.fields).length > 0;
  if (!hasFields && plan.lists.size === 0) return null;

  const writer = createByteWriter(1024);
  const settled = settledRegisters(registers, state, acknowledged);
  const made = hasFields ? appendEntry(writer, store, clientId, entries, intent, plan, settled) : emptyScan;
  addWrites(registers, intent.stamp, plan.fields);
  const edited = editLists(writer, store, clientId, plan.lists, orders, lists);
  const from = writer.at;
  writeUpdate(writer, new Map([[clientId, [...made.structs, ...edited.structs]]]), [
    ...made.deletes,
    ...edited.deletes,
  ]);
  return {
    update: writtenBytes(writer, from),
    state: packStore(store, writer),
    fold: foldOf(model, facet, registers, lists),
  };
}

const emptyScan: UpdateScan = { structs: [], deletes: [] };
const noRegisters: Registers = new Map();

/** The winners among what no refusal can take back. */
function settledRegisters(registers: Registers, state: DocumentState, acknowledged: DocumentState | null): Registers {
  if (acknowledged === null) return noRegisters;
  return new Map(acknowledged === state ? registers : registersOf(readEntries(openDocument(acknowledged))));
}

function appendEntry(
  writer: ByteWriter,
  store: StructStore,
  clientId: number,
  entries: readonly WriteEntry[],
  intent: Intent,
  plan: PlannedWrite,
  settled: Registers,
): UpdateScan {
  const superseding: Registers = new Map(settled);
  addWrites(superseding, intent.stamp, plan.fields);
  const appended: JsonValue[] = [];
  const deletes: DeleteRange[] = [];
  for (const entry of entries) {
    const rest = restOf(entry, superseding);
    if (rest === null) continue;
    deletes.push({ client: entry.client, clock: entry.clock, length: 1 });
    if (Object.keys(rest).length > 0) appended.push(entryValue(entry.stamp, rest));
  }
  appended.push(entryValue(intent.stamp, plan.fields));
  const struct = structInWrites(writer, store, clientId, nextClock(store, clientId), appended);
  return take(store, { structs: [struct], deletes });
}

/** What of an entry nothing in `superseding` supersedes; null when that is all of it. */
function restOf(entry: WriteEntry, superseding: Registers): { readonly [field: string]: JsonValue } | null {
  const rest: { [field: string]: JsonValue } = {};
  let isWhole = true;
  for (const name in entry.fields) {
    const value = entry.fields[name] ?? null;
    const other = superseding.get(name);
    if (other !== undefined && isSuperseded({ stamp: entry.stamp, value }, other)) isWhole = false;
    else rest[name] = value;
  }
  return isWhole ? null : rest;
}

/** Changes the roots of lists, and in `lists` what they hold. `orders` are those before. */
function editLists(
  writer: ByteWriter,
  store: StructStore,
  clientId: number,
  changes: ReadonlyMap<string, ListChange>,
  orders: ListOrders,
  lists: Map<string, readonly JsonValue[]>,
): UpdateScan {
  const structs: Struct[] = [];
  const deletes: DeleteRange[] = [];
  for (const [root, change] of changes) {
    const made = take(store, editList(writer, store, clientId, root, change, orders.get(root) ?? []));
    structs.push(...made.structs);
    deletes.push(...made.deletes);
    lists.set(root, change.result);
  }
  return { structs, deletes };
}

function take(store: StructStore, made: UpdateScan): UpdateScan {
  if (integrate(store, made) === null) throw new Error("an edit does not fit the document it was made on");
  return made;
}
