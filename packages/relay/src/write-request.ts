/**
 * Writes that no replica made (GraphQL mutations) as one request to the commit pipeline.
 *
 * The relay makes the update itself: under its own client id of this process (N5), with a stamp that is the write's arrival
 * (S3). From there on a write is a change like any other.
 */
import {
  applyIntent,
  authorize,
  createDocument,
  foldDocument,
  type Identity,
  type Intent,
  type JsonValue,
  keyOf,
  type ListEdit,
  matches,
  principalOf,
  type Stamp,
  type StampClock,
  type Values,
} from "@tributary/model";
import type { ChangeItem } from "@tributary/protocol";
import { fieldNamed, isListField, type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import type { ForgottenRecord, RelayRecord } from "@tributary/storage";
import { automerge } from "./automerge.ts";
import type { PipelineRequest, Turn } from "./commit-pipeline.ts";
import { type AcceptedChange, type ChangeVerdict, judgeChange, refuse as refuseChange } from "./judge-change.ts";
import type { RecordBase } from "./list-steps.ts";
import { lostChange } from "./lost-change.ts";
import { mutationId } from "./mutation-id.ts";
import { storedRecord } from "./record-reader.ts";
import type { RecordWrite, StoredRecord, WriteOutcome, WriteRefusal } from "./relay-port.ts";
import { canRead } from "./scope.ts";
import { isList, presentView, viewOfStale, type WriterView, writtenList } from "./written-list.ts";

export interface RelayWriter {
  readonly schema: SchemaDescription;
  readonly clientId: number;
  readonly stamps: StampClock;
}

type Refusal = Extract<WriteOutcome, { outcome: "refused" }>;

/** Outcomes in the order of `writes`: all committed, or all refused with the reason of the first that was. */
export function writeRequest(
  relay: RelayWriter,
  identity: Identity,
  writes: readonly RecordWrite[],
): PipelineRequest<readonly WriteOutcome[]> {
  const principal = principalOf(identity);
  const named = writes.map((write) => {
    const key = keyOf(modelOf(relay.schema, write.model), write.values);
    return { write, key, mutation: mutationId(principal, write, key) };
  });
  return {
    records: named.map(({ write: { model }, key }) => ({ model, key })),
    replica: null,
    mutations: named.flatMap(({ mutation }) => (mutation === null ? [] : [mutation])),
    bases: named.flatMap(({ write, key }) => basesOf(modelOf(relay.schema, write.model), write, key)),
    bytes: 64 * writes.length,
    parts: 1,
    judge(turn) {
      const mark = turn.mark();
      const outcomes: WriteOutcome[] = [];
      for (const { write, mutation } of named) {
        const verdict = judgeWrite(relay, turn, identity, write, mutation);
        if (verdict.outcome === "refused") {
          turn.rollback(mark);
          return writes.map(() => verdict);
        }
        if (verdict.outcome === "accepted") turn.accept(verdict, principal, { mutation, base: write.baseVersion });
        const record = verdict.outcome === "accepted" ? verdict.after : verdict.record;
        outcomes.push({ outcome: "committed", record: storedRecord(record) });
      }
      return outcomes;
    },
  };
}

/** The write says nothing that the record does not say already. */
type UnchangedWrite = Extract<ChangeVerdict, { outcome: "unchanged" }>;

function modelOf(schema: SchemaDescription, name: string): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new RangeError(`the schema has no model ${name}`);
  return model;
}

function judgeWrite(
  relay: RelayWriter,
  turn: Turn,
  identity: Identity,
  write: RecordWrite,
  mutation: string | null,
): AcceptedChange | UnchangedWrite | Refusal {
  const model = modelOf(relay.schema, write.model);
  const key = keyOf(model, write.values);
  const current = turn.record({ model: write.model, key }) ?? null;
  const stored = readable(turn, model, identity, current);
  const refuse = (code: WriteRefusal, message: string, fields: readonly string[] = []): Refusal => ({
    outcome: "refused",
    code,
    message,
    fields,
    stored,
  });
  // What a writer may not read it is not told about either, but that the key is taken (P5).
  if (current !== null && stored === null) {
    if (write.operation === "create") return refuse("exists", `${write.model} ${key} exists already`);
    if (current.isDeleted || isAskingForVersion(write) || write.condition !== null)
      return refuse("unauthorized", `not allowed to read ${write.model} ${key}`);
  }
  const isRepeated = mutation !== null && turn.isKnown(mutation);
  if (isRepeated && current !== null && stored !== null) return { outcome: "unchanged", record: current };
  const premise = judgePremise(model, write, key, current);
  if (premise !== null) return refuse(premise.code, premise.message);
  const forgotten = turn.forgotten({ model: write.model, key });
  const verdict = judgeLive(relay, turn, { identity, model, write, key, current, forgotten });
  switch (verdict.outcome) {
    case "refused":
      return refuse(verdict.code === "unauthorized" ? "unauthorized" : "invalid", verdict.message, verdict.fields);
    case "accepted":
    case "unchanged": {
      // Last of all: whoever may not make a write is not asked for another version of it.
      const stale = judgeVersion(write, key, current);
      return stale === null ? verdict : refuse("conflict", stale);
    }
    case "gap":
      throw new Error(`a write made on the stored state of ${write.model} ${key} was judged ${verdict.outcome}`);
  }
}

/** Whether the answer to a write tells something of the stored version. */
function isAskingForVersion({ baseVersion, expectedVersion = null, onStale = "merge" }: RecordWrite): boolean {
  return baseVersion !== null || expectedVersion !== null || onStale !== "merge";
}

interface PremisedWrite {
  readonly identity: Identity;
  readonly model: ModelDescription;
  readonly write: RecordWrite;
  readonly key: string;
  readonly current: RelayRecord | null;
  /** What is remembered of a record that is not there. */
  readonly forgotten: ForgottenRecord | null;
}

/** A write of which all that must hold beforehand does, but for its version. */
function judgeLive(relay: RelayWriter, turn: Turn, premised: PremisedWrite): ChangeVerdict {
  const { identity, model, write, current } = premised;
  const isMerging = write.operation === "update" && write.onStale === "automerge" && isStale(write, current);
  if (current === null || !isMerging) return judgeValues(relay, turn, premised, write.values);
  const written = Object.keys(write.values).filter((name) => !model.primaryKey.includes(name));
  const rows = { before: current.values, after: current.values, written };
  const allowed = authorize(model, identity, "update", rows, { sandbox: turn.context.sandbox });
  if (!allowed.allowed) return refuseChange("unauthorized", allowed.reason, allowed.fields);
  const verdict = judgeValues(relay, turn, premised, automerge(current.values, write.values));
  return verdict.outcome === "unchanged" ? lostChange(model, current, turn.context.at) : verdict;
}

function judgeValues(relay: RelayWriter, turn: Turn, premised: PremisedWrite, values: Values): ChangeVerdict {
  const { identity, model, write, key, current, forgotten } = premised;
  const isOnAnother = isMergedWhenStale(write) && isStale(write, current);
  const view = isOnAnother ? viewOfStale(turn, principalOf(identity), baseOf(write, key)) : presentView;
  const change = changeOf(relay, { ...premised, write: { ...write, values } }, view);
  if (change !== null) {
    const writer = { identity, isOwnClientId: (id: number) => id === relay.clientId };
    return judgeChange(turn.context, writer, change, current, forgotten);
  }
  if (current === null) throw new Error(`creating ${write.model} ${key} made no update`);
  const rows = { before: current.values, after: current.values, written: [] };
  const allowed = authorize(model, identity, write.operation, rows, { sandbox: turn.context.sandbox });
  return allowed.allowed ? { outcome: "unchanged", record: current } : refuseChange("unauthorized", allowed.reason);
}

function isMergedWhenStale({ operation, onStale = "merge" }: RecordWrite): boolean {
  return operation === "update" && onStale === "merge";
}

/** The version that a write names as the one it was made on. */
function baseOf({ model, baseVersion }: RecordWrite, key: string): RecordBase | null {
  return baseVersion === null ? null : { model, key, version: baseVersion };
}

/** The versions of which lists may have to be known. */
function basesOf(model: ModelDescription, write: RecordWrite, key: string): RecordBase[] {
  const base = isMergedWhenStale(write) ? baseOf(write, key) : null;
  const isWritingLists = Object.keys(write.values).some((name) => isListField(fieldNamed(model, name)));
  return base !== null && isWritingLists ? [base] : [];
}

function isStale(write: RecordWrite, current: RelayRecord | null): boolean {
  return write.operation !== "create" && write.baseVersion !== current?.version;
}

/** Why a write is not taken on the version it was made on; null when it is. */
function judgeVersion(write: RecordWrite, key: string, current: RelayRecord | null): string | null {
  if (!isStale(write, current)) return null;
  if (write.operation === "update" && write.onStale !== "refuse") return null;
  return `${write.model} ${key} is at version ${current?.version}, the ${write.operation} names ${write.baseVersion ?? "none"}`;
}

/** What must hold before a write is looked at: the key is free or taken, the condition holds, the record lives. */
function judgePremise(
  model: ModelDescription,
  write: RecordWrite,
  key: string,
  current: RelayRecord | null,
): { readonly code: WriteRefusal; readonly message: string } | null {
  const name = `${write.model} ${key}`;
  if (write.operation === "create") {
    return current === null
      ? null
      : { code: "exists", message: `${name} exists already${current.isDeleted ? " as a deleted record" : ""}` };
  }
  if (current === null) return { code: "missing", message: `there is no ${name}` };
  if (write.condition !== null && !matches(model, write.condition, current.values)) {
    return { code: "condition", message: `the condition does not hold on ${name}` };
  }
  const { expectedVersion = null } = write;
  if (expectedVersion !== null && expectedVersion !== current.version) {
    return { code: "condition", message: `${name} is at version ${current.version}, not ${expectedVersion}` };
  }
  if (current.isDeleted) {
    // Where nobody is asked about conflicts, Amplify's clients answer one by sending the same again at the tombstone's version, for ever.
    const isAsked = write.onStale === "refuse";
    const message = `${name} was deleted in version ${current.version}`;
    return { code: isAsked ? "conflict" : "missing", message };
  }
  return null;
}

function readable(
  turn: Turn,
  model: ModelDescription,
  identity: Identity,
  record: RelayRecord | null,
): StoredRecord | null {
  return record !== null && canRead(model, identity, record.values, turn.context.sandbox) ? storedRecord(record) : null;
}

/** Null when the write adds nothing to the stored state. */
function changeOf(
  relay: RelayWriter,
  { model, write, key, current, forgotten }: PremisedWrite,
  view: WriterView,
): ChangeItem | null {
  const state = current?.documents[0] ?? null;
  const fold = state === null ? null : foldDocument(model, 0, state);
  const stamp = relay.stamps.next(fold?.maxStamp ?? null, relay.clientId);
  const intent = intentOf(model, write, stamp, current, view);
  const written =
    state === null
      ? createDocument(model, 0, intent, relay.clientId)
      : applyIntent(model, 0, state, intent, relay.clientId, state);
  if (written === null) return null;
  return {
    model: model.name,
    key,
    facet: 0,
    life: current?.life ?? (forgotten?.life ?? 0) + 1,
    update: written.update,
    condition: null,
    baseVersion: null,
  };
}

function intentOf(
  model: ModelDescription,
  write: RecordWrite,
  stamp: Stamp,
  current: RelayRecord | null,
  view: WriterView,
): Intent {
  if (write.operation === "delete") return { op: "delete", stamp };
  const set: Record<string, JsonValue> = {};
  const lists: Record<string, ListEdit> = {};
  for (const [name, value] of Object.entries(write.values)) {
    if (write.operation === "update" && model.primaryKey.includes(name)) continue;
    if (isListField(fieldNamed(model, name)) && (value === null || isList(value))) {
      const { isNull, edit } = writtenList(view, current, name, value);
      if (isNull) set[name] = null;
      if (edit !== null) lists[name] = edit;
    } else {
      set[name] = value;
    }
  }
  return { op: write.operation, stamp, set, lists } satisfies Intent;
}
