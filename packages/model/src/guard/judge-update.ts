/**
 * The guard: whether an update may be merged into a document, judged before anything is stored.
 *
 * What an update adds is judged, not only what shows afterwards (G3). An update is accepted or refused whole. The guard knows
 * documents and clocks, not people: who may write which field is `authorize`'s to say, out of `written` and the folds. Values
 * that win are left to whoever validates the row; values that lose are validated here, since nobody sees them later.
 */
import {
  documentFromUpdate,
  emptyDocument,
  openDocument,
  packStore,
  stateVectorOf,
} from "../document/document-state.ts";
import { foldOf } from "../document/fold.ts";
import type { OrderBudget } from "../document/list-order.ts";
import { readLists, readOrders } from "../document/list-root.ts";
import { listStepOf } from "../document/list-step.ts";
import { registersOf } from "../document/registers.ts";
import { type Integrated, integrate, type StructStore } from "../document/struct-store.ts";
import { readEntries, WRITES, type WriteEntry } from "../document/write-entry.ts";
import { createByteWriter, writtenBytes } from "../update/byte-writer.ts";
import { GuardError } from "../update/guard-error.ts";
import { scanUpdate, type UpdateScan } from "../update/scan-update.ts";
import { byClient, type DeleteRange, endOf, type Struct } from "../update/struct.ts";
import { writeUpdate } from "../update/write-update.ts";
import { acceptFounding } from "./accept-founding.ts";
import { judgeEntries, type NewWrite, readNewEntries } from "./judge-entries.ts";
import type { JudgeInput } from "./judge-input.ts";
import { judgeLists } from "./judge-lists.ts";
import { freshStructs, judgePlaces, judgeStructs } from "./judge-structs.ts";
import { judgeDeletedLife, judgeKeys, judgeLosers, judgeRegression } from "./judge-writes.ts";
import { refuse, type Verdict } from "./verdict.ts";

const FEW_REMOVED = 8;

/** Any bytes end in a verdict. Throws only when `before` itself is no whole document. */
export function judgeUpdate(input: JudgeInput): Verdict {
  const store: StructStore | null = input.before === null ? null : openDocument(input.before);
  try {
    const scan = scanUpdate(input.update, input.caps);
    return acceptFounding(input, scan) ?? judgeMerge(input, store ?? new Map(), scan);
  } catch (error) {
    if (error instanceof GuardError) return refuse(error.code, error.message);
    throw error;
  }
}

/** Takes `scan`, that of the update, into `store`, which holds what was there before. Throws a `GuardError` for what cannot be judged. */
export function judgeMerge(input: JudgeInput, store: StructStore, scan: UpdateScan): Verdict {
  const { model, facet } = input;
  const fresh = freshStructs(store, scan);
  const refusedStruct = judgeStructs(input, fresh);
  if (refusedStruct !== null) return refusedStruct;

  const entries = readEntries(store);
  const registers = registersOf(entries);
  const ordersBefore = readOrders(store);
  const lists = readLists(ordersBefore);
  const before = input.before === null ? null : foldOf(model, facet, registers, lists);
  const integrated = integrate(store, scan);
  if (integrated === null) return { outcome: "gap", stateVector: stateVectorOf(input.before) };
  if (integrated.added.length === 0 && integrated.removed.length === 0) {
    return {
      outcome: "accepted",
      changed: false,
      state: input.before ?? emptyDocument(),
      update: new Uint8Array([0, 0]),
      before,
      after: before ?? foldOf(model, facet, registers, lists),
      written: [],
      clientIds: [],
      lists: {},
    };
  }

  const refusedPlace = judgePlaces(input, store, fresh, integrated);
  if (refusedPlace !== null) return refusedPlace;
  const newEntries = readNewEntries(integrated.added);
  if ("outcome" in newEntries) return newEntries;
  const writes = judgeEntries(input, entries, registers, newEntries);
  if ("outcome" in writes) return writes;
  const written = writtenFields(writes, integrated);
  const winners = registersOf(entriesAfter(store, entries, newEntries, integrated.removed));
  const orders = readOrders(store, orderBudget(input, integrated));
  const refused =
    judgeDeletedLife(input, registers, written) ??
    judgeRegression(registers, winners) ??
    judgeKeys(input, registers, winners, writes) ??
    judgeLosers(input, winners, writes) ??
    judgeLists(integrated.added, orders);
  if (refused !== null) return refused;

  // Nothing to merge, nothing to collect.
  const isWholeDocument = input.before === null && scan.structs.length === 1 && scan.deletes.length === 0;
  return {
    outcome: "accepted",
    changed: true,
    state: isWholeDocument ? documentFromUpdate(input.update) : packStore(store),
    update: isAllNew(scan, integrated) ? input.update : encodeNew(integrated),
    before,
    after: foldOf(model, facet, winners, readLists(orders)),
    written: [...written],
    clientIds: [...new Set(integrated.added.map(({ client }) => client))],
    lists: before === null ? null : listStepOf(integrated, ordersBefore, before),
  };
}

function isAllNew(scan: UpdateScan, { added, removed }: Integrated): boolean {
  return clocksIn(scan.structs) === clocksIn(added) && clocksIn(scan.deletes) === clocksIn(removed);
}

function encodeNew({ added, removed }: Integrated): Uint8Array {
  const writer = createByteWriter();
  writeUpdate(writer, byClient(added), removed);
  return writtenBytes(writer);
}

function clocksIn(ranges: readonly DeleteRange[]): number {
  return ranges.reduce((sum, { length }) => sum + length, 0);
}

/** Lists that the update puts nothing into are as they were accepted, whatever they cost. */
function orderBudget(input: JudgeInput, { added }: Integrated): OrderBudget {
  const addsElements = added.some(({ home }) => home !== null && home !== WRITES);
  return { steps: addsElements ? input.caps.maxListSteps : Number.POSITIVE_INFINITY };
}

/** The fields that the update writes: those of new entries, and the lists of which elements came or went. */
function writtenFields(writes: readonly NewWrite[], { added, removed }: Integrated): Set<string> {
  const written = new Set(writes.map(({ field }) => field));
  for (const structs of [added, removed]) {
    for (const { home } of structs) {
      if (home !== null && home !== WRITES) written.add(home);
    }
  }
  return written;
}

/** The entries that stand after the update. Reading them anew is dearer than telling a few that went from the rest. */
function entriesAfter(
  store: StructStore,
  entries: readonly WriteEntry[],
  newEntries: readonly WriteEntry[],
  removed: readonly Struct[],
): WriteEntry[] {
  if (removed.length > FEW_REMOVED) return readEntries(store);
  const all = [...entries, ...newEntries];
  if (removed.length === 0) return all;
  return all.filter(
    ({ client, clock }) =>
      !removed.some((struct) => struct.client === client && struct.clock <= clock && clock < endOf(struct)),
  );
}
