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
import { readLists } from "../document/list-root.ts";
import { loaderOf } from "../document/loaded-document.ts";
import { registersOf } from "../document/registers.ts";
import { type Integrated, integrate, type StructStore } from "../document/struct-store.ts";
import { readEntries, WRITES, type WriteEntry } from "../document/write-entry.ts";
import { GuardError } from "../update/guard-error.ts";
import { scanUpdate } from "../update/scan-update.ts";
import { endOf, type Struct } from "../update/struct.ts";
import { judgeEntries, type NewWrite, readNewEntries } from "./judge-entries.ts";
import type { JudgeInput } from "./judge-input.ts";
import { judgeLists } from "./judge-lists.ts";
import { freshStructs, judgePlaces, judgeStructs } from "./judge-structs.ts";
import { judgeDeletedLife, judgeKeys, judgeLosers, judgeRegression } from "./judge-writes.ts";
import { refuse, type Verdict } from "./verdict.ts";

const FEW_REMOVED = 8;

/** Any bytes end in a verdict. Throws only when `before` itself is no whole document. */
export function judgeUpdate(input: JudgeInput): Verdict {
  const store: StructStore = input.before === null ? new Map() : openDocument(input.before);
  try {
    return judge(input, store);
  } catch (error) {
    if (error instanceof GuardError) return refuse(error.code, error.message);
    throw error;
  }
}

function judge(input: JudgeInput, store: StructStore): Verdict {
  const { model, facet } = input;
  const scan = scanUpdate(input.update, input.caps);
  const fresh = freshStructs(store, scan);
  const refusedStruct = judgeStructs(input, fresh);
  if (refusedStruct !== null) return refusedStruct;

  const entries = readEntries(store);
  const registers = registersOf(entries);
  const lists = readLists(store, loaderOf(store));
  const before = input.before === null ? null : foldOf(model, facet, registers, lists);
  const integrated = integrate(store, scan);
  if (integrated === null) return { outcome: "gap", stateVector: stateVectorOf(input.before) };
  if (integrated.added.length === 0 && integrated.removed.length === 0) {
    return {
      outcome: "accepted",
      changed: false,
      state: input.before ?? emptyDocument(),
      before,
      after: before ?? foldOf(model, facet, registers, lists),
      written: [],
      clientIds: [],
    };
  }

  const refusedPlace = judgePlaces(input, store, fresh, integrated.removed);
  if (refusedPlace !== null) return refusedPlace;
  const newEntries = readNewEntries(integrated.added);
  if ("outcome" in newEntries) return newEntries;
  const writes = judgeEntries(input, entries, registers, newEntries);
  if ("outcome" in writes) return writes;
  const written = writtenFields(writes, integrated);
  const winners = registersOf(entriesAfter(store, entries, newEntries, integrated.removed));
  const load = loaderOf(store);
  const refused =
    judgeDeletedLife(input, registers, written) ??
    judgeRegression(registers, winners) ??
    judgeKeys(input, registers, winners, writes) ??
    judgeLosers(input, winners, writes) ??
    judgeLists(store, integrated.added, load);
  if (refused !== null) return refused;

  // The usual creation: nothing to merge, nothing to collect.
  const isWholeDocument = input.before === null && scan.structs.length === 1 && scan.deletes.length === 0;
  return {
    outcome: "accepted",
    changed: true,
    state: isWholeDocument ? documentFromUpdate(input.update) : packStore(store),
    before,
    after: foldOf(model, facet, winners, readLists(store, load)),
    written: [...written],
    clientIds: [...new Set(integrated.added.map(({ client }) => client))],
  };
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
