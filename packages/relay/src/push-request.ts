/**
 * What a replica asks of the commit pipeline: to take a push, to forget refusals, to tell where it stands.
 *
 * A push is recognised by its number, before anything of it is judged (N3). What was refused is remembered with the replica
 * until the replica confirms that it knows, so that a redelivery gets the answer it got before. The memory is bounded: a
 * replica that confirms nothing is not listened to any more.
 */
import { principalOf } from "@tributary/model";
import { type AckResult, type Answer, CloseCode, ProtocolError, type PushItem } from "@tributary/protocol";
import { modelNamed } from "@tributary/schema";
import type { RelayRecord, ReplicaRow } from "@tributary/storage";
import {
  type Committed,
  overlay,
  type PipelineRequest,
  type RequestVerdict,
  type TurnView,
} from "./commit-pipeline.ts";
import {
  type AcceptedChange,
  type ChangeVerdict,
  judgeChange,
  type RefusedChange,
  type Writer,
} from "./judge-change.ts";
import { canRead } from "./scope.ts";

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

export function pushRequest(
  origin: PushOrigin,
  item: PushItem,
  deliver: (answer: Answer) => void,
): PipelineRequest<Answer> {
  return {
    records: item.changes.map(({ model, key }) => ({ model, key })),
    replica: origin.replica,
    bytes: pushBytes(item),
    judge(view) {
      const verdict = judgePush(view, origin, item);
      return {
        ...verdict,
        answer(committed) {
          const answer = verdict.answer(committed);
          deliver(answer);
          return answer;
        },
      };
    },
  };
}

/** What a push weighs while it waits. */
export function pushBytes(item: PushItem): number {
  return item.changes.reduce((bytes, { key, update }) => bytes + 64 + key.length + update.byteLength, 0);
}

/** Forgets the refusals that the replica has confirmed. */
export function settleRequest(origin: PushOrigin): PipelineRequest<void> {
  return {
    records: [],
    replica: origin.replica,
    bytes: 0,
    judge(view) {
      const known = view.replica(origin.replica);
      const refused = known === null ? {} : unsettled(known.refused, origin.settled);
      const replica = known === null || refused === known.refused ? null : { ...known, refused };
      return { accepted: [], principal: principalOf(origin.writer.identity), replica, answer: () => undefined };
    },
  };
}

/** Where a replica stands, once all that its connections handed in before is decided. */
export function replicaRequest(replica: string): PipelineRequest<ReplicaRow | null> {
  return {
    records: [],
    replica,
    bytes: 0,
    judge(view) {
      const known = view.replica(replica);
      return { accepted: [], principal: "", replica: null, answer: () => known };
    },
  };
}

function judgePush(view: TurnView, origin: PushOrigin, item: PushItem): RequestVerdict<Answer> {
  const { identity } = origin.writer;
  const principal = principalOf(identity);
  const known = view.replica(origin.replica);
  if (known !== null && item.n <= known.n) {
    if (item.n === known.n && origin.nonce !== known.nonce) {
      throw new ProtocolError(CloseCode.tryAgain, `push ${item.n} was sent before by another copy of this database`);
    }
    const answer = (known.refused[item.n] as Answer | undefined) ?? redeliveredAck(view, origin.writer, item);
    return { accepted: [], principal, replica: null, answer: () => answer };
  }
  const remembered = known === null ? {} : unsettled(known.refused, origin.settled);
  const judged = judgeChanges(view, origin.writer, item);
  const isRefused = "answer" in judged;
  const replica: ReplicaRow = {
    replica: origin.replica,
    principal,
    nonce: origin.nonce,
    n: item.n,
    refused: isRefused ? withRefusal(remembered, judged.answer) : remembered,
    revision: known?.revision ?? 0,
  };
  if (isRefused) return { accepted: [], principal, replica, answer: () => judged.answer };
  return {
    accepted: judged.accepted,
    principal,
    replica,
    answer: (committed) => ({
      kind: "ack",
      n: item.n,
      results: acknowledge(view, origin.writer, judged.verdicts, committed),
    }),
  };
}

function judgeChanges(
  view: TurnView,
  writer: Writer,
  item: PushItem,
): { answer: Answer } | { accepted: AcceptedChange[]; verdicts: (AcceptedChange | UnchangedChange)[] } {
  const own = overlay(view);
  const accepted: AcceptedChange[] = [];
  const verdicts: (AcceptedChange | UnchangedChange)[] = [];
  for (const [index, change] of item.changes.entries()) {
    const verdict = judgeChange(view.context, writer, change, own.record(change));
    if (verdict.outcome === "gap")
      return { answer: { kind: "gap", n: item.n, index, stateVector: verdict.stateVector } };
    if (verdict.outcome === "refused") return { answer: refusal(item.n, index, verdict, view.context.at) };
    if (verdict.outcome === "accepted") {
      accepted.push(verdict);
      own.put(verdict.after);
    }
    verdicts.push(verdict);
  }
  return { accepted, verdicts };
}

type UnchangedChange = Extract<ChangeVerdict, { outcome: "unchanged" }>;

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

function acknowledge(
  view: TurnView,
  writer: Writer,
  verdicts: readonly (AcceptedChange | UnchangedChange)[],
  committed: readonly Committed[],
): AckResult[] {
  let next = 0;
  return verdicts.map((verdict) => {
    const record = verdict.outcome === "unchanged" ? verdict.record : committed[next++]?.after;
    if (record === undefined) throw new Error("a push was acknowledged with fewer changes than it has");
    return ackResult(view, writer, record);
  });
}

/** Committed before: told where its records stand now. */
function redeliveredAck(view: TurnView, writer: Writer, item: PushItem): Answer {
  const results = item.changes.map((change) => ackResult(view, writer, view.record(change)));
  return { kind: "ack", n: item.n, results };
}

/** Version 0 stands for a record that the writer may not read (P5), or that is not there any more. */
function ackResult({ context }: TurnView, writer: Writer, record: RelayRecord | null): AckResult {
  const model = record === null ? undefined : modelNamed(context.schema, record.model);
  const isReadable =
    record !== null && model !== undefined && canRead(model, writer.identity, record.values, context.sandbox);
  return isReadable
    ? { version: record.version, at: record.changedAt, createdAt: record.createdAt }
    : { version: 0, at: context.at, createdAt: context.at };
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
