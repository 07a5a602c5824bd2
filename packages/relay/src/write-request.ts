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
} from "@tributary/model";
import type { ChangeItem } from "@tributary/protocol";
import { fieldNamed, type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import type { RelayRecord } from "@tributary/storage";
import type { PipelineRequest, Turn } from "./commit-pipeline.ts";
import { type AcceptedChange, judgeChange } from "./judge-change.ts";
import { storedRecord } from "./record-reader.ts";
import type { RecordWrite, StoredRecord, WriteOutcome, WriteRefusal } from "./relay-port.ts";
import { canRead } from "./scope.ts";

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
  return {
    records: writes.map((write) => ({
      model: write.model,
      key: keyOf(modelOf(relay.schema, write.model), write.values),
    })),
    replica: null,
    bytes: 64 * writes.length,
    parts: 1,
    judge(turn) {
      const mark = turn.mark();
      const principal = principalOf(identity);
      const outcomes: WriteOutcome[] = [];
      for (const write of writes) {
        const verdict = judgeWrite(relay, turn, identity, write);
        if (verdict.outcome === "refused") {
          turn.rollback(mark);
          return writes.map(() => verdict);
        }
        if (verdict.outcome === "accepted") turn.accept(verdict, principal);
        const record = verdict.outcome === "accepted" ? verdict.after : verdict.record;
        outcomes.push({ outcome: "committed", record: storedRecord(record) });
      }
      return outcomes;
    },
  };
}

/** The write says nothing that the record does not say already. */
interface UnchangedWrite {
  readonly outcome: "unchanged";
  readonly record: RelayRecord;
}

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
    const isAsking = write.condition !== null || write.baseVersion !== null || current.isDeleted;
    if (isAsking) return refuse("unauthorized", `not allowed to read ${write.model} ${key}`);
  }
  const premise = judgePremise(model, write, key, current);
  if (premise !== null) return refuse(premise.code, premise.message);
  const change = changeOf(relay, model, write, key, current);
  if (change === null) {
    if (current === null) throw new Error(`creating ${write.model} ${key} made no update`);
    const { values } = current;
    const rows = { before: values, after: values, written: [] };
    const allowed = authorize(model, identity, write.operation, rows, { sandbox: turn.context.sandbox });
    return allowed.allowed ? { outcome: "unchanged", record: current } : refuse("unauthorized", allowed.reason);
  }
  const verdict = judgeChange(
    turn.context,
    { identity, isOwnClientId: (id) => id === relay.clientId },
    change,
    current,
  );
  switch (verdict.outcome) {
    case "accepted":
      return verdict;
    case "refused":
      return refuse(verdict.code === "unauthorized" ? "unauthorized" : "invalid", verdict.message, verdict.fields);
    case "unchanged":
    case "gap":
      throw new Error(`a write made on the stored state of ${write.model} ${key} was judged ${verdict.outcome}`);
  }
}

/** What must hold before a write is looked at: the key is free or taken, the version is the stored one, the condition holds. */
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
  if (current.isDeleted) return { code: "conflict", message: `${name} was deleted in version ${current.version}` };
  if (write.operation === "delete" && write.baseVersion !== current.version) {
    return {
      code: "conflict",
      message: `${name} is at version ${current.version}, the deletion names ${write.baseVersion ?? "none"}`,
    };
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
  model: ModelDescription,
  write: RecordWrite,
  key: string,
  current: RelayRecord | null,
): ChangeItem | null {
  const state = current?.documents[0] ?? null;
  const fold = state === null ? null : foldDocument(model, 0, state);
  const stamp = relay.stamps.next(fold?.maxStamp ?? null, relay.clientId);
  const intent = intentOf(model, write, stamp, current);
  const written =
    state === null
      ? createDocument(model, 0, intent, relay.clientId)
      : applyIntent(model, 0, state, intent, relay.clientId, state);
  if (written === null) return null;
  return {
    model: model.name,
    key,
    facet: 0,
    life: current?.life ?? 1,
    update: written.update,
    condition: null,
    baseVersion: null,
  };
}

function intentOf(model: ModelDescription, write: RecordWrite, stamp: Stamp, current: RelayRecord | null): Intent {
  if (write.operation === "delete") return { op: "delete", stamp };
  const set: Record<string, JsonValue> = {};
  const lists: Record<string, ListEdit> = {};
  for (const [name, value] of Object.entries(write.values)) {
    if (write.operation === "update" && model.primaryKey.includes(name)) continue;
    if (fieldNamed(model, name)?.crdt === "LIST" && Array.isArray(value)) {
      const base = current?.values[name];
      lists[name] = { base: Array.isArray(base) ? base : [], value };
    } else {
      set[name] = value;
    }
  }
  return { op: write.operation, stamp, set, lists } satisfies Intent;
}
