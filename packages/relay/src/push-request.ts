/**
 * A replica's push as a request to the commit pipeline.
 *
 * A push is recognised by its number, before anything of it is judged (N3). What was refused is remembered with the replica
 * until the replica confirms that it knows, so that a redelivery gets the answer it got before.
 */
import { principalOf } from "@tributary/model";
import type { Answer, PushItem } from "@tributary/protocol";
import type { ReplicaRow } from "@tributary/storage";
import {
  type Committed,
  overlay,
  type PipelineRequest,
  type RequestVerdict,
  type TurnView,
} from "./commit-pipeline.ts";
import { type AcceptedChange, type ChangeVerdict, judgeChange, type Writer } from "./judge-change.ts";

export interface PushOrigin {
  readonly replica: string;
  readonly nonce: string;
  /** The replica has every answer up to here. */
  readonly settled: number;
  readonly writer: Writer;
}

/** Refusals after which the replica replays what it meant on the relay's state, rather than giving it up. */
const replayed: ReadonlySet<string> = new Set(["drift", "clientId", "dependency"]);

export function pushRequest(
  origin: PushOrigin,
  item: PushItem,
  deliver: (answer: Answer) => void,
): PipelineRequest<Answer> {
  return {
    records: item.changes.map(({ model, key }) => ({ model, key })),
    replica: origin.replica,
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

function judgePush(view: TurnView, origin: PushOrigin, item: PushItem): RequestVerdict<Answer> {
  const principal = principalOf(origin.writer.identity);
  const known = view.replica(origin.replica);
  if (known !== null && item.n <= known.n) {
    const answer = (known.refused[item.n] as Answer | undefined) ?? redeliveredAck(view, item);
    return { accepted: [], principal, replica: null, answer: () => answer };
  }
  const judged = judgeChanges(view, origin.writer, item);
  const isRefused = "answer" in judged;
  const replica: ReplicaRow = {
    replica: origin.replica,
    principal,
    nonce: origin.nonce,
    n: item.n,
    refused: rememberedRefusals(known, origin.settled, isRefused ? judged.answer : null),
    revision: known?.revision ?? 0,
  };
  if (isRefused) return { accepted: [], principal, replica, answer: () => judged.answer };
  return {
    accepted: judged.accepted,
    principal,
    replica,
    answer: (committed) => acknowledge(item.n, judged.verdicts, committed),
  };
}

function judgeChanges(
  view: TurnView,
  writer: Writer,
  item: PushItem,
): { answer: Answer } | { accepted: AcceptedChange[]; verdicts: ChangeVerdict[] } {
  const own = overlay(view);
  const accepted: AcceptedChange[] = [];
  const verdicts: ChangeVerdict[] = [];
  for (const [index, change] of item.changes.entries()) {
    const verdict = judgeChange(view.context, writer, change, own.record(change));
    if (verdict.outcome === "gap")
      return { answer: { kind: "gap", n: item.n, index, stateVector: verdict.stateVector } };
    if (verdict.outcome === "refused") {
      const { code, message, fields } = verdict;
      const replay = replayed.has(code);
      return { answer: { kind: "refused", n: item.n, index, code, message, fields, replay, timeMs: view.context.at } };
    }
    if (verdict.outcome === "accepted") {
      accepted.push(verdict);
      own.put(verdict.after);
    }
    verdicts.push(verdict);
  }
  return { accepted, verdicts };
}

function acknowledge(n: number, verdicts: readonly ChangeVerdict[], committed: readonly Committed[]): Answer {
  let next = 0;
  const results = verdicts.map((verdict) => {
    const record =
      verdict.outcome === "accepted"
        ? committed[next++]?.after
        : verdict.outcome === "unchanged"
          ? verdict.record
          : null;
    if (!record) throw new Error(`push ${n} was acknowledged without a record`);
    return { version: record.version, at: record.changedAt, createdAt: record.createdAt };
  });
  return { kind: "ack", n, results };
}

function redeliveredAck(view: TurnView, item: PushItem): Answer {
  const results = item.changes.map((change) => {
    const record = view.record(change);
    return { version: record?.version ?? 0, at: record?.changedAt ?? 0, createdAt: record?.createdAt ?? 0 };
  });
  return { kind: "ack", n: item.n, results };
}

function rememberedRefusals(known: ReplicaRow | null, settled: number, answer: Answer | null): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [n, refusal] of Object.entries(known?.refused ?? {})) {
    if (Number(n) > settled) kept[n] = refusal;
  }
  // A gap's state vector is bytes, which the store's JSON cannot hold; a redelivery does not need it.
  if (answer !== null) kept[answer.n] = answer.kind === "gap" ? asDependency(answer) : answer;
  return kept;
}

function asDependency(gap: Extract<Answer, { kind: "gap" }>): Answer {
  const { n, index } = gap;
  return {
    kind: "refused",
    n,
    index,
    code: "dependency",
    message: "builds on changes this relay does not hold",
    fields: [],
    replay: true,
    timeMs: 0,
  };
}
