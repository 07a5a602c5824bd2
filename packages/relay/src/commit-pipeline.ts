/**
 * The commit pipeline: the only way into a relay's store.
 *
 * Requests wait in line; all that one event-loop turn brought are judged in order on top of each other and share one durable
 * transaction. A push is accepted or refused whole (P1). When the store answers `conflict`, the turn is judged again from
 * what is stored then (V3). Answers and fan-out follow the commit, never precede it (I4).
 *
 * A part that cannot be judged fails alone; when the store fails, so does the turn. What a replica pushed behind a push
 * that failed fails with it: if it were committed, its number would say that the one before it was (N3).
 */
import { type GuardCaps, isKeyOf, type ListStep } from "@tributary/model";
import type { RecordName } from "@tributary/protocol";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import type { FeedEntry, RecordListStep, RelayCommit, RelayRecord, RelayStore, ReplicaRow } from "@tributary/storage";
import type { AcceptedChange, JudgeContext } from "./judge-change.ts";
import { type RecordBase, readListSteps, type StoredListSteps } from "./list-steps.ts";
import type { RelayClock } from "./relay-clock.ts";

/** What a request sees while it is judged, and hands in: the stored state with what was accepted before it in the turn. */
export interface Turn {
  readonly context: JudgeContext;
  /** Null when it is not there; undefined when the request did not name it, or no store could hold it. */
  record(name: RecordName): RelayRecord | null | undefined;
  replica(replica: string): ReplicaRow | null;
  /** Whether a mutation with this id was taken in within the delta lifetime, or before it in the turn (Q1). */
  isKnown(mutation: string): boolean;
  /** What was done to a record's lists since a base that the request named, in order; null when that is not all known (Q2). */
  listSteps(base: RecordBase): readonly RecordListStep[] | null;
  /** Takes a change in. Whatever is judged after it is judged upon it. */
  accept(change: AcceptedChange, principal: string, write?: AcceptedWrite): void;
  /** Commits what is known of a replica along. The last thing a part does: it is not taken back. */
  remember(replica: ReplicaRow): void;
  /** How many changes were accepted so far. */
  mark(): number;
  /** Gives up the changes that were accepted after `mark`. */
  rollback(mark: number): void;
}

/** What a GraphQL write says beside its change. */
export interface AcceptedWrite {
  /** What it will be known by; null when it is not to be known again. */
  readonly mutation: string | null;
  /** The version it was made on; null when it named none. */
  readonly base: number | null;
}

export interface PipelineRequest<Answer> {
  /** Records to read before judging. They need not be such that the schema or the store can hold. */
  readonly records: readonly RecordName[];
  /** The replica whose pushes these are; null for other doors. */
  readonly replica: string | null;
  /** Ids of mutations that may have been taken in before. */
  readonly mutations?: readonly string[];
  /** Versions of records from which on the request may have to know what became of their lists. */
  readonly bases?: readonly RecordBase[];
  /** Bytes it would have written, about: a turn takes in only so many. */
  readonly bytes: number;
  /** How many parts it has. Each is decided by itself, in their order. */
  readonly parts: number;
  /**
   * Accepts changes or not. May be called again after a conflict. Throws when the part cannot be decided: nothing of it is
   * stored then, nor of the parts behind it.
   */
  judge(turn: Turn, part: number): Answer;
  /** Hears each answer after the durable commit and before `onCommit`. */
  readonly deliver?: (answer: Answer) => void;
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
  /**
   * Resolves after the durable commit, with an answer a part. Rejects when a part could not be decided, or the store failed;
   * what was delivered before is stored all the same.
   */
  submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<readonly Answer[]>;
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
  readonly resolve: (answers: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Pushes are known by their numbers, and merge whatever they were made on. */
const noWrite: AcceptedWrite = { mutation: null, base: null };

/** A turn is judged anew at most this often before its requests fail; each time another process won a race. */
const MAX_ATTEMPTS = 50;

/** What one turn takes in at most, so that it cannot hold the loop for long and its frames stay small. */
const MAX_PARTS_PER_TURN = 2000;
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
    submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<readonly Answer[]> {
      return new Promise<readonly Answer[]>((resolve, reject) => {
        line.push({ request, source, resolve: resolve as (answers: readonly unknown[]) => void, reject } as Waiting);
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
  let parts = 0;
  let records = 0;
  let bytes = 0;
  let length = 0;
  for (const { request } of line) {
    parts += request.parts;
    records += request.records.length;
    bytes += request.bytes;
    const isFull = parts > MAX_PARTS_PER_TURN || records > MAX_RECORDS_PER_TURN || bytes > MAX_BYTES_PER_TURN;
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
    const { verdicts, failed, committed } = await commitOutcome(options, turn, onStart);
    for (const verdict of verdicts) deliver(verdict);
    try {
      options.onCommit(committed);
    } catch (error) {
      options.onFault(error);
    }
    for (const { waiting, answers, failure } of verdicts) {
      if (failure === null) waiting.resolve(answers);
      else waiting.reject(failure.error);
    }
    return failed;
  } catch (error) {
    for (const waiting of turn) waiting.reject(error);
    return new Map(
      turn.flatMap(({ request }) => (request.replica === null ? [] : [[request.replica, error] as const])),
    );
  }
}

/** A request as it was judged. */
interface Verdict {
  readonly waiting: Waiting;
  /** Of its parts up to the one that failed. */
  readonly answers: unknown[];
  failure: { readonly error: unknown } | null;
}

function deliver(verdict: Verdict): void {
  const { request } = verdict.waiting;
  if (request.deliver === undefined) return;
  try {
    for (const answer of verdict.answers) request.deliver(answer);
  } catch (error) {
    verdict.failure ??= { error };
  }
}

interface TurnOutcome {
  readonly verdicts: readonly Verdict[];
  readonly failed: Failures;
  readonly committed: readonly Committed[];
}

async function commitOutcome(
  options: CommitPipelineOptions,
  turn: readonly Waiting[],
  onStart: (at: number) => void,
): Promise<TurnOutcome> {
  const { store, clock } = options;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const drafts = await readDrafts(options, turn);
    const replicas = await readReplicas(store, turn);
    const head = await store.head();
    const at = Math.max(clock.now(), head.at);
    onStart(at);
    const known = await readMutations(store, turn, at - options.deltaLifetimeMs);
    const steps = await readSteps(store, turn, drafts, at - options.deltaLifetimeMs);
    const draft = createTurnDraft(options, { drafts, replicas, known, steps }, at);
    const { verdicts, failed } = judgeTurn(draft, turn);
    if (draft.changes.length === 0 && draft.remembered.size === 0) return { verdicts, failed, committed: [] };
    const result = await store.commit({
      at,
      entries: draft.changes.map((change) => change.entry),
      records: draft.records(),
      replicas: [...draft.remembered.values()],
      mutations: draft.mutations(),
      listSteps: draft.steps(),
      deltasBefore: at - options.deltaLifetimeMs,
    });
    if (result.outcome === "conflict") continue;
    for (const [i, { entry, after }] of draft.changes.entries()) {
      entry.seq = result.firstSeq + i;
      after.seq = result.firstSeq + i;
    }
    return { verdicts, failed, committed: draft.changes };
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

type Numbered<Kind extends { readonly seq: number }> = Omit<Kind, "seq"> & { seq: number };

/** A change on its way to being a committed one: it gets its number when the store has given it. */
interface DraftChange extends Committed {
  readonly entry: Numbered<FeedEntry>;
  readonly after: Numbered<RelayRecord>;
  readonly draft: Draft;
  readonly write: AcceptedWrite;
  readonly lists: AcceptedChange["lists"];
  /** The change of the record before it in the turn. */
  readonly entryBefore: number;
}

type DraftsByKey = ReadonlyMap<string, Draft>;

async function readDrafts(
  { schema, store }: CommitPipelineOptions,
  turn: readonly Waiting[],
): Promise<ReadonlyMap<string, DraftsByKey>> {
  const keysByModel = new Map<string, Set<string>>();
  for (const { request } of turn) {
    for (const { model, key } of request.records) {
      const keys = keysByModel.get(model);
      if (keys === undefined) keysByModel.set(model, new Set([key]));
      else keys.add(key);
    }
  }
  const drafts = new Map<string, DraftsByKey>();
  for (const [name, named] of keysByModel) {
    const model = modelNamed(schema, name);
    if (model === undefined) continue;
    const keys = [...named].filter((key) => isKeyOf(model, key));
    const records = await store.records(name, keys);
    const byKey = new Map<string, Draft>();
    for (const [i, key] of keys.entries()) {
      const stored = records[i] ?? null;
      byKey.set(key, { stored, current: stored, lastEntry: -1 });
    }
    drafts.set(name, byKey);
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

/** Read after the records: what was committed in between then shows in their versions, and the turn is judged anew. */
async function readMutations(store: RelayStore, turn: readonly Waiting[], since: number): Promise<ReadonlySet<string>> {
  const ids: string[] = [];
  for (const { request } of turn) if (request.mutations !== undefined) ids.push(...request.mutations);
  return ids.length === 0 ? noMutations : store.knownMutations(ids, since);
}

const noMutations: ReadonlySet<string> = new Set();

function readSteps(
  store: RelayStore,
  turn: readonly Waiting[],
  drafts: ReadonlyMap<string, DraftsByKey>,
  since: number,
): Promise<StoredListSteps> {
  const bases: RecordBase[] = [];
  for (const { request } of turn) if (request.bases !== undefined) bases.push(...request.bases);
  return readListSteps(store, bases, ({ model, key }) => drafts.get(model)?.get(key)?.stored ?? null, since);
}

interface TurnDraft extends Turn {
  readonly changes: readonly DraftChange[];
  readonly remembered: ReadonlyMap<string, ReplicaRow>;
  /** Who hands in what is accepted now. */
  source: unknown;
  /** The changed records, as the store wants them. */
  records(): { readonly before: RelayRecord | null; readonly after: RelayRecord; readonly lastEntry: number }[];
  /** What the changes that mutations made are known by, as the store wants them. */
  mutations(): { readonly entry: number; readonly id: string }[];
  /** What the changes did to lists, as the store wants it. */
  steps(): NonNullable<RelayCommit["listSteps"]>;
}

/** What is stored of all that a turn names. */
interface TurnReads {
  readonly drafts: ReadonlyMap<string, DraftsByKey>;
  readonly replicas: ReadonlyMap<string, ReplicaRow | null>;
  readonly known: ReadonlySet<string>;
  readonly steps: StoredListSteps;
}

function createTurnDraft(
  options: CommitPipelineOptions,
  { drafts, replicas, known, steps }: TurnReads,
  at: number,
): TurnDraft {
  const { schema, sandbox, caps, maxDocumentBytes, driftMs } = options;
  const changes: DraftChange[] = [];
  const remembered = new Map<string, ReplicaRow>();
  const taken = new Set<string>();
  return {
    context: { schema, sandbox, caps, maxDocumentBytes, driftMs, at },
    changes,
    remembered,
    source: null,
    record: ({ model, key }) => drafts.get(model)?.get(key)?.current,
    replica: (replica) => remembered.get(replica) ?? replicas.get(replica) ?? null,
    isKnown: (mutation) => known.has(mutation) || taken.has(mutation),
    listSteps(base) {
      const stored = steps(base);
      const draft = drafts.get(base.model)?.get(base.key);
      if (stored === null || base.version > (draft?.current?.version ?? 0)) return null;
      const all: RecordListStep[] = [...stored];
      for (const change of changes) {
        if (change.draft !== draft || change.after.version <= base.version) continue;
        if (change.lists === null) return null;
        all.push({ lists: change.lists, principal: change.entry.principal, base: change.write.base });
      }
      return all;
    },
    accept({ after, facet, operation, update, lists }, principal, write = noWrite) {
      const { model, key, life, version } = after;
      const draft = drafts.get(model)?.get(key);
      if (draft === undefined) throw new Error(`${model} ${key} was judged without being read`);
      const kept = operation === "delete" ? null : update;
      changes.push({
        entry: { seq: 0, model, key, facet, life, version, at, operation, principal, update: kept },
        before: draft.current,
        after,
        source: this.source,
        draft,
        write,
        lists,
        entryBefore: draft.lastEntry,
      });
      draft.current = after;
      draft.lastEntry = changes.length - 1;
      if (write.mutation !== null) taken.add(write.mutation);
    },
    remember(replica) {
      remembered.set(replica.replica, replica);
    },
    mark: () => changes.length,
    rollback(mark) {
      while (changes.length > mark) {
        const change = changes.pop();
        if (change === undefined) return;
        change.draft.current = change.before;
        change.draft.lastEntry = change.entryBefore;
        if (change.write.mutation !== null) taken.delete(change.write.mutation);
      }
    },
    mutations() {
      const made: { entry: number; id: string }[] = [];
      for (const [entry, { write }] of changes.entries()) {
        if (write.mutation !== null) made.push({ entry, id: write.mutation });
      }
      return made;
    },
    steps() {
      const made: { entry: number; lists: ListStep; base: number | null }[] = [];
      for (const [entry, { lists, write }] of changes.entries()) {
        if (lists !== null) made.push({ entry, lists, base: write.base });
      }
      return made;
    },
    records() {
      const changed = changes.filter(({ draft }, i) => draft.lastEntry === i);
      return changed.map(({ draft, after }) => ({ before: draft.stored, after, lastEntry: draft.lastEntry }));
    },
  };
}

function judgeTurn(draft: TurnDraft, turn: readonly Waiting[]): { verdicts: Verdict[]; failed: Failures } {
  const failed: Failures = new Map();
  const verdicts = turn.map((waiting): Verdict => {
    const { replica } = waiting.request;
    if (replica !== null && failed.has(replica)) {
      return { waiting, answers: [], failure: { error: failed.get(replica) } };
    }
    draft.source = waiting.source;
    const verdict = judgeRequest(draft, waiting);
    if (verdict.failure !== null && replica !== null) failed.set(replica, verdict.failure.error);
    return verdict;
  });
  return { verdicts, failed };
}

function judgeRequest(draft: TurnDraft, waiting: Waiting): Verdict {
  const { request } = waiting;
  const answers: unknown[] = [];
  for (let part = 0; part < request.parts; part++) {
    const mark = draft.mark();
    try {
      answers.push(request.judge(draft, part));
    } catch (error) {
      draft.rollback(mark);
      return { waiting, answers, failure: { error } };
    }
  }
  return { waiting, answers, failure: null };
}
