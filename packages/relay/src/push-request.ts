/**
 * What a replica asks of the commit pipeline: to take a push, to forget refusals, to tell where it stands.
 *
 * A push is recognised by its number, before anything of it is judged (N3). What was refused is remembered with the replica
 * until the replica confirms that it knows, so that a redelivery gets the answer it got before. The memory is bounded: a
 * replica that confirms nothing is not listened to any more.
 */
import { principalOf } from "@tributary/model";
import {
  type AckResult,
  type Answer,
  CloseCode,
  ProtocolError,
  type PushItem,
  type RecordName,
} from "@tributary/protocol";
import { modelNamed } from "@tributary/schema";
import type { RelayRecord, ReplicaRow } from "@tributary/storage";
import type { RecordMoment } from "./change-encoder.ts";
import type { PipelineRequest, Turn } from "./commit-pipeline.ts";
import { judgeChange, type RefusedChange, type Writer } from "./judge-change.ts";
import { canRead, canReadModel } from "./scope.ts";

export interface PushOrigin {
  readonly replica: string;
  readonly nonce: string;
  /** The replica has every answer up to here. */
  readonly settled: number;
  readonly writer: Writer;
}

/** Refusals after which the replica replays what it meant on the relay's state, rather than giving it up. */
const replayed: ReadonlySet<string> = new Set(["drift", "clientId", "dependency"]);

/** Refusals remembered for one replica: twice what an honest one has under way. */
const MAX_REMEMBERED = 1000;

/** What of a refusal is said and remembered. */
const MAX_MESSAGE_UNITS = 300;
const MAX_FIELDS = 20;
const MAX_FIELD_UNITS = 100;

export interface PushListener {
  readonly admitted?: () => void;
  /** Each answer, with the tombstone that its author has to know of. */
  readonly deliver?: (answer: Answer, ended: RecordMoment | null) => void;
}

/** The pushes of one message, each a part of the request: accepted, refused or failed by itself. */
export function pushRequest(
  origin: PushOrigin,
  pushes: readonly PushItem[],
  bytes: number,
  hears: PushListener,
): PipelineRequest<Answer> {
  const principal = principalOf(origin.writer.identity);
  const ends = new Map<Answer, RecordMoment>();
  const records: RecordName[] = [];
  for (const item of pushes) {
    for (const change of item.changes) records.push(change);
  }
  return {
    records,
    replica: origin.replica,
    bytes,
    parts: pushes.length,
    judge(turn, part) {
      const item = pushes[part];
      if (item === undefined) throw new RangeError(`a message of ${pushes.length} pushes has no push ${part}`);
      const answer = judgePush(turn, origin, principal, item);
      const ended = endOf(turn, origin.writer, item, answer);
      if (ended !== null) ends.set(answer, ended);
      return answer;
    },
    ...(hears.admitted === undefined ? {} : { admitted: hears.admitted }),
    deliver: (answer) => hears.deliver?.(answer, ends.get(answer) ?? null),
  };
}

/** The end of the life that a change was refused for: its author may never have heard of it, and needs it to begin the next. */
function endOf(turn: Turn, writer: Writer, { changes }: PushItem, answer: Answer): RecordMoment | null {
  if (answer.kind !== "refused" || answer.code !== "deleted") return null;
  const change = changes[answer.index];
  if (change === undefined) return null;
  const record = turn.record(change);
  if (record) return record.isDeleted && isReadable(turn, writer, record) ? record : null;
  const forgotten = turn.forgotten(change);
  const model = modelNamed(turn.context.schema, change.model);
  if (model === undefined || !canReadModel(model, writer.identity, turn.context.sandbox)) return null;
  return forgotten && { model: change.model, key: change.key, ...forgotten, changedAt: 0, createdAt: 0 };
}

/** What pushes weigh while they wait. */
export function pushBytes(pushes: readonly PushItem[]): number {
  let bytes = 0;
  for (const { changes } of pushes) {
    for (const { key, update } of changes) bytes += 64 + key.length + update.byteLength;
  }
  return bytes;
}

/** Forgets the refusals up to `settled`, which the replica has confirmed. */
export function settleRequest(replica: string, settled: number): PipelineRequest<null> {
  return {
    records: [],
    replica,
    bytes: 0,
    parts: 1,
    judge(turn) {
      const known = turn.replica(replica);
      const refused = known === null ? {} : unsettled(known.refused, settled);
      if (known !== null && refused !== known.refused) turn.remember({ ...known, refused });
      return null;
    },
  };
}

/** Where a replica stands, once all that its connections handed in before is decided. */
export function replicaRequest(replica: string): PipelineRequest<ReplicaRow | null> {
  return { records: [], replica, bytes: 0, parts: 1, judge: (turn) => turn.replica(replica) };
}

function judgePush(turn: Turn, origin: PushOrigin, principal: string, item: PushItem): Answer {
  const known = turn.replica(origin.replica);
  if (known !== null && item.n <= known.n) {
    if (item.n === known.n && origin.nonce !== known.nonce) {
      throw new ProtocolError(CloseCode.tryAgain, `push ${item.n} was sent before by another copy of this database`);
    }
    return (known.refused[item.n] as Answer | undefined) ?? redeliveredAck(turn, origin.writer, item);
  }
  const remembered = known === null ? {} : unsettled(known.refused, origin.settled);
  const mark = turn.mark();
  const answer = judgeChanges(turn, origin.writer, principal, item);
  const isAccepted = answer.kind === "ack";
  if (!isAccepted) turn.rollback(mark);
  turn.remember({
    replica: origin.replica,
    principal,
    nonce: origin.nonce,
    n: item.n,
    refused: isAccepted ? remembered : withRefusal(remembered, answer),
    revision: known?.revision ?? 0,
  });
  return answer;
}

function judgeChanges(turn: Turn, writer: Writer, principal: string, item: PushItem): Answer {
  const { n, changes } = item;
  const results: AckResult[] = new Array(changes.length);
  let index = 0;
  for (const change of changes) {
    const verdict = judgeChange(turn.context, writer, change, turn.record(change), turn.forgotten(change));
    switch (verdict.outcome) {
      case "gap":
        return { kind: "gap", n, index, stateVector: verdict.stateVector };
      case "refused":
        return refusal(n, index, verdict, turn.context.at);
      case "accepted":
        turn.accept(verdict, principal);
        results[index] = ackResult(turn, writer, verdict.after);
        break;
      case "unchanged":
        results[index] = ackResult(turn, writer, verdict.record);
    }
    index += 1;
  }
  return { kind: "ack", n, results };
}

function refusal(n: number, index: number, { code, message, fields }: RefusedChange, timeMs: number): Answer {
  return {
    kind: "refused",
    n,
    index,
    code,
    message: cut(message, MAX_MESSAGE_UNITS),
    fields: fields.slice(0, MAX_FIELDS).map((field) => cut(field, MAX_FIELD_UNITS)),
    replay: replayed.has(code),
    retryAfterMs: 0,
    timeMs,
  };
}

/** Never ends in half a surrogate pair, which the frame could not hold. */
function cut(text: string, maxUnits: number): string {
  return text.length <= maxUnits ? text : `${text.slice(0, maxUnits - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Committed before: told where its records stand now. */
function redeliveredAck(turn: Turn, writer: Writer, item: PushItem): Answer {
  const results = item.changes.map((change) => ackResult(turn, writer, turn.record(change) ?? null));
  return { kind: "ack", n: item.n, results };
}

/** Version 0 stands for a record that the writer may not read (P5), or that is not there any more. */
function ackResult(turn: Turn, writer: Writer, record: RelayRecord | null): AckResult {
  const { at } = turn.context;
  return record !== null && isReadable(turn, writer, record)
    ? resultOf(record.version, record.changedAt, record.createdAt)
    : resultOf(0, at, at);
}

function isReadable({ context }: Turn, { identity }: Writer, { model: name, values }: RelayRecord): boolean {
  const model = modelNamed(context.schema, name);
  return model !== undefined && canRead(model, identity, values, context.sandbox);
}

/** Most results of a turn say the same: it is held once by all of their answers. */
let lastResult: AckResult = { version: 0, at: 0, createdAt: 0 };

function resultOf(version: number, at: number, createdAt: number): AckResult {
  const isSame = version === lastResult.version && at === lastResult.at && createdAt === lastResult.createdAt;
  if (!isSame) lastResult = { version, at, createdAt };
  return lastResult;
}

type Refusals = ReplicaRow["refused"];

/** The same object when there is nothing to forget. */
function unsettled(refused: Refusals, settled: number): Refusals {
  const all = Object.entries(refused);
  const kept = all.filter(([n]) => Number(n) > settled);
  return kept.length === all.length ? refused : Object.fromEntries(kept);
}

function withRefusal(remembered: Refusals, answer: Answer): Refusals {
  if (Object.keys(remembered).length >= MAX_REMEMBERED) {
    throw new ProtocolError(
      CloseCode.tooManyRefusals,
      `${MAX_REMEMBERED} refused pushes that the replica never confirmed to know of`,
    );
  }
  // A gap's state vector is bytes, which the store's JSON cannot hold; a redelivery does not need it.
  return { ...remembered, [answer.n]: answer.kind === "gap" ? asDependency(answer) : answer };
}

function asDependency({ n, index }: Extract<Answer, { kind: "gap" }>): Answer {
  return {
    kind: "refused",
    n,
    index,
    code: "dependency",
    message: "builds on changes this relay does not hold",
    fields: [],
    replay: true,
    retryAfterMs: 0,
    timeMs: 0,
  };
}
