/**
 * The commit pipeline: the only way into a relay's store.
 *
 * Requests wait in line; all that one event-loop turn brought are judged in order on top of each other and share one durable
 * transaction. A push is accepted or refused whole (P1). When the store answers `conflict`, the turn is judged again from
 * what is stored then (V3). Answers and fan-out follow the commit, never precede it (I4).
 *
 * A request that cannot be judged fails alone; when the store fails, so does the turn. What a replica pushed behind a push
 * that failed fails with it: if it were committed, its number would say that the one before it was (N3).
 */
import { type GuardCaps, KeyError, keyValues } from "@tributary/model";
import type { RecordName } from "@tributary/protocol";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import type { FeedEntry, RelayRecord, RelayStore, ReplicaRow } from "@tributary/storage";
import type { AcceptedChange, JudgeContext } from "./judge-change.ts";
import { nameOf } from "./name-of.ts";
import type { RelayClock } from "./relay-clock.ts";

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
  /** Records to read before judging. They need not be such that the schema or the store can hold. */
  readonly records: readonly RecordName[];
  /** The replica whose push this is; null for other doors. */
  readonly replica: string | null;
  /** Bytes it would have written, about: a turn takes in only so many. */
  readonly bytes: number;
  /** May be called again after a conflict. Throws when the request cannot be decided; nothing of it is stored then. */
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
  /** Resolves after the durable commit. Rejects when the request or the store failed; nothing of the request is stored then. */
  submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<Answer>;
  /** The time of the commit under way, which readers cannot see yet; null when there is none. */
  committingAt(): number | null;
  /** Resolves when nothing is waiting or under way. */
  idle(): Promise<void>;
}

export interface CommitPipelineOptions {
  readonly store: RelayStore;
  readonly schema: SchemaDescription;
  readonly clock: RelayClock;
  readonly sandbox: boolean;
  readonly caps: GuardCaps;
  readonly maxDocumentBytes: number;
  readonly driftMs: number;
  readonly deltaLifetimeMs: number;
  /** Runs `turn` once the present event-loop turn has brought all it has. */
  readonly defer: (turn: () => void) => void;
  /** Hears of the end of each turn, with what it committed, if anything; the answers to its requests resolve after that. */
  readonly onCommit: (committed: readonly Committed[]) => void;
  /** Hears of what `onCommit` threw. The commit stands, and its requests get their answers. */
  readonly onFault: (error: unknown) => void;
}

interface Waiting {
  readonly request: PipelineRequest<unknown>;
  readonly source: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A turn is judged anew at most this often before its requests fail; each time another process won a race. */
const MAX_ATTEMPTS = 50;

/** What one turn takes in at most, so that it cannot hold the loop for long and its frames stay small. */
const MAX_REQUESTS_PER_TURN = 2000;
const MAX_RECORDS_PER_TURN = 5000;
const MAX_BYTES_PER_TURN = 1024 * 1024;

export function createCommitPipeline(options: CommitPipelineOptions): CommitPipeline {
  let line: Waiting[] = [];
  let running: Promise<void> | null = null;
  let committingAt: number | null = null;
  const onStart = (at: number): void => {
    committingAt = at;
  };

  const run = async (): Promise<void> => {
    while (line.length > 0) {
      const failed = await commitTurn(options, line.splice(0, turnLength(line)), onStart);
      committingAt = null;
      if (failed.size > 0) line = line.filter((waiting) => !failsBehind(waiting, failed));
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
    committingAt: () => committingAt,
    async idle() {
      while (running !== null) await running;
    },
  };
}

/** How many of the requests in line make the next turn; at least one. */
function turnLength(line: readonly Waiting[]): number {
  let records = 0;
  let bytes = 0;
  let length = 0;
  for (const { request } of line) {
    records += request.records.length;
    bytes += request.bytes;
    const isFull = length >= MAX_REQUESTS_PER_TURN || records > MAX_RECORDS_PER_TURN || bytes > MAX_BYTES_PER_TURN;
    if (isFull && length > 0) break;
    length++;
  }
  return length;
}

/** Why replicas failed, by replica. */
type Failures = Map<string, unknown>;

function failsBehind({ request, reject }: Waiting, failed: Failures): boolean {
  if (request.replica === null || !failed.has(request.replica)) return false;
  reject(failed.get(request.replica));
  return true;
}

/** Settles every request of the turn. Answers the replicas of which a push failed. */
async function commitTurn(
  options: CommitPipelineOptions,
  turn: readonly Waiting[],
  onStart: (at: number) => void,
): Promise<Failures> {
  try {
    const { outcome, committed } = await commitOutcome(options, turn, onStart);
    const settle = outcome.verdicts.map(({ waiting, verdict, first }) =>
      settlement(waiting, () => verdict.answer(committed.slice(first, first + verdict.accepted.length))),
    );
    try {
      options.onCommit(committed);
    } catch (error) {
      options.onFault(error);
    }
    for (const settleOne of settle) settleOne();
    for (const { waiting, error } of outcome.rejected) waiting.reject(error);
    return outcome.failed;
  } catch (error) {
    for (const waiting of turn) waiting.reject(error);
    return new Map(
      turn.flatMap(({ request }) => (request.replica === null ? [] : [[request.replica, error] as const])),
    );
  }
}

/** Makes an answer now, to be handed out later. */
function settlement(waiting: Waiting, makeAnswer: () => unknown): () => void {
  try {
    const answer = makeAnswer();
    return () => waiting.resolve(answer);
  } catch (error) {
    return () => waiting.reject(error);
  }
}

async function commitOutcome(
  options: CommitPipelineOptions,
  turn: readonly Waiting[],
  onStart: (at: number) => void,
): Promise<{ readonly outcome: TurnOutcome; readonly committed: readonly Committed[] }> {
  const { store, clock } = options;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const drafts = await readDrafts(options, turn);
    const replicas = await readReplicas(store, turn);
    const head = await store.head();
    const at = Math.max(clock.now(), head.at);
    onStart(at);
    const outcome = judgeTurn(options, turn, drafts, replicas, at);
    if (outcome.changes.length === 0 && outcome.replicas.size === 0) return { outcome, committed: [] };
    const result = await store.commit({
      at,
      entries: outcome.changes.map((change) => change.entry),
      records: [...drafts.values()].filter((draft) => draft.lastEntry >= 0).map(recordOf),
      replicas: [...outcome.replicas.values()],
      deltasBefore: at - options.deltaLifetimeMs,
    });
    if (result.outcome === "conflict") continue;
    return { outcome, committed: outcome.changes.map((change, i) => number(change, result.firstSeq + i, at)) };
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
  readonly rejected: { readonly waiting: Waiting; readonly error: unknown }[];
  readonly failed: Failures;
}

async function readDrafts(
  { schema, store }: CommitPipelineOptions,
  turn: readonly Waiting[],
): Promise<Map<string, Draft>> {
  const keysByModel = new Map<string, Set<string>>();
  for (const { request } of turn) {
    for (const name of request.records) {
      if (!canBeStored(schema, name)) continue;
      const keys = keysByModel.get(name.model);
      if (keys === undefined) keysByModel.set(name.model, new Set([name.key]));
      else keys.add(name.key);
    }
  }
  const drafts = new Map<string, Draft>();
  for (const [model, keys] of keysByModel) {
    const names = [...keys];
    const records = await store.records(model, names);
    for (const [i, key] of names.entries()) {
      const stored = records[i] ?? null;
      drafts.set(nameOf({ model, key }), { stored, current: stored, lastEntry: -1 });
    }
  }
  return drafts;
}

/** Whether the store can be asked for a record of this name. */
export function canBeStored(schema: SchemaDescription, { model: name, key }: RecordName): boolean {
  const model = modelNamed(schema, name);
  if (model === undefined) return false;
  try {
    keyValues(model, key);
    return true;
  } catch (error) {
    if (error instanceof KeyError) return false;
    throw error;
  }
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
  const { schema, sandbox, caps, maxDocumentBytes, driftMs } = options;
  const outcome: TurnOutcome = { changes: [], replicas: new Map(), verdicts: [], rejected: [], failed: new Map() };
  const view: TurnView = {
    context: { schema, sandbox, caps, maxDocumentBytes, driftMs, at },
    record: (name) => drafts.get(nameOf(name))?.current ?? null,
    replica: (replica) => outcome.replicas.get(replica) ?? replicas.get(replica) ?? null,
  };
  for (const waiting of turn) {
    const { replica } = waiting.request;
    if (replica !== null && outcome.failed.has(replica)) {
      outcome.rejected.push({ waiting, error: outcome.failed.get(replica) });
      continue;
    }
    try {
      judgeOne(outcome, drafts, view, waiting);
    } catch (error) {
      outcome.rejected.push({ waiting, error });
      if (replica !== null) outcome.failed.set(replica, error);
    }
  }
  return outcome;
}

function judgeOne(outcome: TurnOutcome, drafts: Map<string, Draft>, view: TurnView, waiting: Waiting): void {
  const verdict = waiting.request.judge(view);
  const { principal, replica } = verdict;
  const accepted = verdict.accepted.map((change) => {
    const draft = drafts.get(nameOf(change.after));
    if (draft !== undefined) return { change, draft };
    throw new Error(`${change.after.model} ${change.after.key} was judged without being read`);
  });
  outcome.verdicts.push({ waiting, verdict, first: outcome.changes.length });
  for (const { change, draft } of accepted) accept(outcome, draft, change, principal, waiting.source);
  if (replica !== null) outcome.replicas.set(replica.replica, replica);
}

function accept(outcome: TurnOutcome, draft: Draft, change: AcceptedChange, principal: string, source: unknown): void {
  const { after, facet, operation } = change;
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
    record: (name) => own.get(nameOf(name)) ?? view.record(name),
    replica: view.replica,
    put: (record) => own.set(nameOf(record), record),
  };
}
