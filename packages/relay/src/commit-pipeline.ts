/**
 * The commit pipeline: the only way into a relay's store.
 *
 * Requests wait in line; all that one event-loop turn brought are judged in order on top of each other and share one durable
 * transaction. A push is accepted or refused whole (P1). When the store answers `conflict`, the turn is judged again from
 * what is stored then (V3). Answers and fan-out follow the commit, never precede it (I4).
 */
import type { GuardCaps } from "@tributary/model";
import type { SchemaDescription } from "@tributary/schema";
import type { FeedEntry, RelayRecord, RelayStore, ReplicaRow } from "@tributary/storage";
import type { AcceptedChange, JudgeContext } from "./judge-change.ts";
import type { RelayClock } from "./relay-clock.ts";

/** A record that a request wants to look at. */
export interface RecordName {
  readonly model: string;
  readonly key: string;
}

/** What a request sees while it is judged: the stored state with the accepted requests before it. */
export interface TurnView {
  readonly context: JudgeContext;
  record(name: RecordName): RelayRecord | null;
  replica(replica: string): ReplicaRow | null;
}

/** Changes to commit, the replica row to commit with them, or neither. */
export interface RequestVerdict<Answer> {
  readonly accepted: readonly AcceptedChange[];
  readonly principal: string;
  readonly replica: ReplicaRow | null;
  /** Called once after the commit and before `onCommit`, with the accepted changes as they were stored. */
  readonly answer: (committed: readonly Committed[]) => Answer;
}

export interface PipelineRequest<Answer> {
  /** Records to read before judging. */
  readonly records: readonly RecordName[];
  /** The replica whose push this is; null for other doors. */
  readonly replica: string | null;
  judge(view: TurnView): RequestVerdict<Answer>;
}

/** One committed change, in order of `seq`. */
export interface Committed {
  readonly entry: FeedEntry;
  readonly before: RelayRecord | null;
  readonly after: RelayRecord;
  /** Tells apart who handed it in, for leaving out echoes. */
  readonly source: unknown;
}

export interface CommitPipeline {
  /** Resolves after the durable commit. Rejects when the store failed; nothing of the request is stored then. */
  submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<Answer>;
  /** Resolves when nothing is waiting or under way. */
  idle(): Promise<void>;
}

export interface CommitPipelineOptions {
  readonly store: RelayStore;
  readonly schema: SchemaDescription;
  readonly clock: RelayClock;
  readonly sandbox: boolean;
  readonly caps: GuardCaps;
  readonly driftMs: number;
  readonly deltaLifetimeMs: number;
  /** Runs `turn` once the present event-loop turn has brought all it has. */
  readonly defer: (turn: () => void) => void;
  /** Hears of the end of each turn, with what it committed, if anything; the answers to its requests resolve after that. */
  readonly onCommit: (committed: readonly Committed[]) => void;
}

interface Waiting {
  readonly request: PipelineRequest<unknown>;
  readonly source: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A turn is judged anew at most this often before its requests fail; each time another process won a race. */
const MAX_ATTEMPTS = 50;

/** Requests judged in one transaction at most, so that one turn cannot hold the loop for long. */
const MAX_REQUESTS_PER_TURN = 2000;

export function createCommitPipeline(options: CommitPipelineOptions): CommitPipeline {
  let line: Waiting[] = [];
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (line.length > 0) {
      const turn = line.splice(0, MAX_REQUESTS_PER_TURN);
      try {
        await commitTurn(options, turn);
      } catch (error) {
        for (const waiting of turn) waiting.reject(error);
      }
    }
    running = null;
  };

  return {
    submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<Answer> {
      return new Promise<Answer>((resolve, reject) => {
        line.push({ request, source, resolve: resolve as (answer: unknown) => void, reject });
        running ??= new Promise((done) => options.defer(() => run().then(done)));
      });
    },
    async idle() {
      while (running !== null) await running;
      line = [];
    },
  };
}

async function commitTurn(options: CommitPipelineOptions, turn: readonly Waiting[]): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const drafts = await readDrafts(options.store, turn);
    const replicas = await readReplicas(options.store, turn);
    const at = Math.max(options.clock.now(), (await options.store.head()).at);
    const outcome = judgeTurn(options, turn, drafts, replicas, at);
    const isEmpty = outcome.changes.length === 0 && outcome.replicas.size === 0;
    const result = isEmpty
      ? ({ outcome: "committed", firstSeq: 0 } as const)
      : await options.store.commit({
          at,
          entries: outcome.changes.map((change) => change.entry),
          records: [...drafts.values()].filter((draft) => draft.lastEntry >= 0).map(recordOf),
          replicas: [...outcome.replicas.values()],
          deltasBefore: at - options.deltaLifetimeMs,
        });
    if (result.outcome === "conflict") continue;
    const committed = outcome.changes.map((change, i) => number(change, result.firstSeq + i, at));
    const answers = outcome.verdicts.map(({ verdict, first }) =>
      verdict.answer(committed.slice(first, first + verdict.accepted.length)),
    );
    options.onCommit(committed);
    for (const [i, { waiting }] of outcome.verdicts.entries()) waiting.resolve(answers[i]);
    return;
  }
  throw new Error(`the store answered conflict ${MAX_ATTEMPTS} times in a row`);
}

/** A record during a turn: as stored, and as the accepted changes so far leave it. */
interface Draft {
  readonly stored: RelayRecord | null;
  current: RelayRecord | null;
  /** Index of its last change in the turn; -1 while unchanged. */
  lastEntry: number;
}

interface DraftChange {
  readonly entry: Omit<FeedEntry, "seq" | "at">;
  readonly before: RelayRecord | null;
  readonly after: RelayRecord;
  readonly source: unknown;
}

interface TurnOutcome {
  readonly changes: DraftChange[];
  readonly replicas: Map<string, ReplicaRow>;
  readonly verdicts: { readonly waiting: Waiting; readonly verdict: RequestVerdict<unknown>; readonly first: number }[];
}

function draftName(name: RecordName): string {
  return `${name.model} ${name.key}`;
}

async function readDrafts(store: RelayStore, turn: readonly Waiting[]): Promise<Map<string, Draft>> {
  const keysByModel = new Map<string, Set<string>>();
  for (const { request } of turn) {
    for (const { model, key } of request.records) {
      const keys = keysByModel.get(model);
      if (keys === undefined) keysByModel.set(model, new Set([key]));
      else keys.add(key);
    }
  }
  const drafts = new Map<string, Draft>();
  for (const [model, keys] of keysByModel) {
    const names = [...keys];
    const records = await store.records(model, names);
    for (const [i, key] of names.entries()) {
      const stored = records[i] ?? null;
      drafts.set(draftName({ model, key }), { stored, current: stored, lastEntry: -1 });
    }
  }
  return drafts;
}

async function readReplicas(store: RelayStore, turn: readonly Waiting[]): Promise<Map<string, ReplicaRow | null>> {
  const rows = new Map<string, ReplicaRow | null>();
  for (const { request } of turn) {
    const { replica } = request;
    if (replica !== null && !rows.has(replica)) rows.set(replica, await store.replica(replica));
  }
  return rows;
}

function judgeTurn(
  options: CommitPipelineOptions,
  turn: readonly Waiting[],
  drafts: Map<string, Draft>,
  replicas: ReadonlyMap<string, ReplicaRow | null>,
  at: number,
): TurnOutcome {
  const { schema, sandbox, caps, driftMs } = options;
  const outcome: TurnOutcome = { changes: [], replicas: new Map(), verdicts: [] };
  const view: TurnView = {
    context: { schema, sandbox, caps, driftMs, at },
    record: (name) => drafts.get(draftName(name))?.current ?? null,
    replica: (replica) => outcome.replicas.get(replica) ?? replicas.get(replica) ?? null,
  };
  for (const waiting of turn) {
    const first = outcome.changes.length;
    const verdict = waiting.request.judge(view);
    for (const change of verdict.accepted) accept(outcome, drafts, change, verdict.principal, waiting.source);
    if (verdict.replica !== null) outcome.replicas.set(verdict.replica.replica, verdict.replica);
    outcome.verdicts.push({ waiting, verdict, first });
  }
  return outcome;
}

function accept(
  outcome: TurnOutcome,
  drafts: Map<string, Draft>,
  change: AcceptedChange,
  principal: string,
  source: unknown,
): void {
  const { after, facet, operation } = change;
  const draft = drafts.get(draftName(after));
  if (draft === undefined) throw new Error(`${after.model} ${after.key} was judged without having been read`);
  const { model, key, life, version } = after;
  const update = operation === "delete" ? null : change.update;
  outcome.changes.push({
    entry: { model, key, facet, life, version, operation, principal, update },
    before: draft.current,
    after,
    source,
  });
  draft.current = after;
  draft.lastEntry = outcome.changes.length - 1;
}

function recordOf(draft: Draft): { before: RelayRecord | null; after: RelayRecord; lastEntry: number } {
  if (draft.current === null) throw new Error("a changed record has no state");
  return { before: draft.stored, after: draft.current, lastEntry: draft.lastEntry };
}

/** Gives a change its place in the feed. */
function number(change: DraftChange, seq: number, at: number): Committed {
  return {
    entry: { ...change.entry, seq, at },
    before: change.before,
    after: { ...change.after, values: change.after.values, seq },
    source: change.source,
  };
}

/** The overlay a multi-record request judges its own changes on: each sees those before it. */
export function overlay(view: TurnView): TurnView & { put(record: RelayRecord): void } {
  const own = new Map<string, RelayRecord>();
  return {
    context: view.context,
    record: (name) => own.get(draftName(name)) ?? view.record(name),
    replica: view.replica,
    put: (record) => own.set(draftName(record), record),
  };
}
