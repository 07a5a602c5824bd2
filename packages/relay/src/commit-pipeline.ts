/**
 * The commit pipeline: the only way into a relay's store.
 *
 * Requests wait in line; what one event-loop turn brought is judged in order on top of each other and shares one durable
 * transaction. While it is under way, the next turn is judged upon it, a slice at a time, and handed to the store when that has nothing
 * else to do, with all that was judged by then: the slower the disk, the larger the turns. One that is worth a transaction of its
 * own is handed in before that, so that the store need not wait for us; it commits it only upon the one before. Two are on their
 * way at most, one is judged, the rest waits. A push is accepted or refused whole (P1). When the store answers `conflict`, the turn is
 * judged again from what is stored then, and so are the turns upon it (V3). Answers and fan-out follow the commit, never precede
 * it (I4).
 *
 * A part that cannot be judged fails alone; when the store fails, so does the turn. What a replica handed in behind what failed,
 * up to when it is told so, fails with it, in whatever turn it is: if it were committed, its number would say that the one before
 * it was (N3). What it hands in afterwards is judged by itself.
 */
import type { GuardCaps } from "@tributary/model";
import type { RecordName } from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import type {
  ForgottenRecord,
  RecordListStep,
  RelayChange,
  RelayCommitResult,
  RelayRecord,
  RelayStore,
  ReplicaRow,
} from "@tributary/storage";
import type { AcceptedChange, JudgeContext } from "./judge-change.ts";
import type { RecordBase } from "./list-steps.ts";
import type { RelayClock } from "./relay-clock.ts";
import { createTurnDraft, type TurnDraft } from "./turn-draft.ts";
import { createWaitingLine, type WaitingLine } from "./waiting-line.ts";

/** What a request sees while it is judged, and hands in: the stored state with what was accepted before it in the turn. */
export interface Turn {
  readonly context: JudgeContext;
  /** Null when it is not there; undefined when the request did not name it, or no store could hold it. */
  record(name: RecordName): RelayRecord | null | undefined;
  /** What is remembered of a record that is not there; null when there never was one. */
  forgotten(name: RecordName): ForgottenRecord | null;
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
  /** Hears that it waits no longer: what it has is judged next. Once more when it is judged again. */
  readonly admitted?: () => void;
  /**
   * Accepts changes or not. May be called again after a conflict. Throws when the part cannot be decided: nothing of it is
   * stored then, nor of the parts behind it.
   */
  judge(turn: Turn, part: number): Answer;
  /** Hears each answer after the durable commit and before `onCommit`. */
  readonly deliver?: (answer: Answer) => void;
}

/** One committed change, in order of `seq`. */
export interface Committed extends RelayChange {
  readonly before: RelayRecord | null;
  /** Tells apart who handed it in, for leaving out echoes. */
  readonly source: unknown;
}

export interface CommitPipeline {
  /**
   * Resolves after the durable commit, with an answer a part. Rejects when a part could not be decided, or the store failed;
   * what was delivered before is stored all the same.
   */
  submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<readonly Answer[]>;
  /** The earliest time of changes that were taken in and that readers cannot see yet; null when there are none. */
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
  /** Runs `action` once the present event-loop turn has brought all it has. */
  readonly defer: (action: () => void) => void;
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

/** A turn is judged anew at most this often before its requests fail; each time another process won a race. */
const MAX_ATTEMPTS = 50;

/** What is judged at once, beside one request of any size, so that others have the loop soon. */
const MAX_SLICE: Load = { parts: 500, records: 1250, bytes: 256 * 1024 };

/** What is worth a transaction of its own while the store has another: syncing it costs the same however large it is. */
const WORTHWHILE: Load = { parts: 2000, records: 5000, bytes: 1024 * 1024 };

/** What a turn takes in at most, beside one request of any size, so that its frames stay small. */
const MAX_TURN: Load = { parts: 4000, records: 10_000, bytes: 2 * 1024 * 1024 };

/** A turn that takes requests in. */
interface OpenTurn {
  readonly draft: TurnDraft;
  verdicts: Verdict[];
  /** Why replicas failed that were not told yet, by replica, in it and in the turns below it. */
  readonly failed: Failures;
  readonly load: Load;
}

/** A request as it was judged. */
interface Verdict {
  readonly waiting: Waiting;
  /** Of its parts up to the one that failed. */
  readonly answers: unknown[];
  failure: { readonly error: unknown } | null;
}

type Failures = Map<string, unknown>;

/** What requests weigh together. */
interface Load {
  parts: number;
  records: number;
  bytes: number;
}

/** Turns that the store has at most: one to commit, and one to go on with at once. */
const MAX_UNDER_WAY = 2;

/** A turn that the store has, and what becomes of it. */
interface TurnUnderWay extends OpenTurn {
  /** What the next one can be handed in upon; null when it was not expected to follow at once. */
  readonly name: string | null;
  readonly end: Promise<TurnEnd>;
  /** Null until it has ended. */
  ended: TurnEnd | null;
}

type TurnEnd = RelayCommitResult | { readonly outcome: "failed"; readonly error: unknown };

export function createCommitPipeline(options: CommitPipelineOptions): CommitPipeline {
  const { store, clock, defer } = options;
  const line = createWaitingLine<Waiting>();
  let open: OpenTurn | null = null;
  /** In their order. */
  let underWay: readonly TurnUnderWay[] = [];
  let named = 0;
  let conflicts = 0;
  let running: Promise<void> | null = null;
  /** Told when a request comes while all there is to do is to wait for the store. */
  let onArrival: (() => void) | null = null;

  const run = async (): Promise<void> => {
    while (line.length > 0 || open !== null || underWay.length > 0) {
      const count = admissible(line, open);
      const [first] = underWay;
      if (first !== undefined && first.ended !== null) await settle(first, first.ended);
      else if (open !== null && isDue(open)) launch(open);
      else if (count > 0) await admit(line.take(count));
      else if (first !== undefined) await endOrArrival(first);
    }
    running = null;
  };

  /** Judges requests into the open turn, opening one where there is none. */
  const admit = async (requests: readonly Waiting[]): Promise<void> => {
    let turn = open;
    try {
      turn ??= await openTurn();
      await turn.draft.read(requests.map(({ request }) => request));
      for (const waiting of requests) judgeInto(turn, waiting);
      if (line.length > 0) await new Promise<void>(defer);
    } catch (error) {
      open = null;
      conflicts = 0;
      const failed: Failures = new Map();
      fail([...(turn?.verdicts ?? []).map(({ waiting }) => waiting), ...requests], error, failed);
      failInLine(failed);
    }
  };

  const openTurn = async (): Promise<OpenTurn> => {
    const head = await store.head();
    const below = underWay.map(({ draft }) => draft);
    const at = Math.max(clock.now(), head.at, below.at(-1)?.context.at ?? 0);
    const { schema, sandbox, caps, maxDocumentBytes, driftMs, deltaLifetimeMs } = options;
    const context = { schema, sandbox, caps, maxDocumentBytes, driftMs, at };
    open = {
      draft: createTurnDraft({ store, context, deltaLifetimeMs, below }),
      verdicts: [],
      failed: new Map(underWay.at(-1)?.failed),
      load: { ...noLoad },
    };
    return open;
  };

  /** Whether the store has nothing else, or can go on with it at once. */
  const isDue = ({ load, draft }: OpenTurn): boolean => {
    const below = underWay.at(-1);
    if (below === undefined) return true;
    if (below.name === null || underWay.length === MAX_UNDER_WAY) return false;
    return reaches(load, WORTHWHILE) && !draft.awaitsNumbers();
  };

  const launch = (turn: OpenTurn): void => {
    open = null;
    const below = underWay.at(-1);
    const upon = below?.name ?? null;
    const name = line.length > 0 ? `${store.start} ${++named}` : null;
    const commit = turn.draft.commit({ ...(name === null ? {} : { name }), ...(upon === null ? {} : { upon }) });
    // Without a commit there is nothing by that name, and the turn ends as the one it was judged upon.
    const end: Promise<TurnEnd> =
      commit === null ? endWith(below) : store.commit(commit).catch((error: unknown) => ({ outcome: "failed", error }));
    const launched: TurnUnderWay = { ...turn, name: commit === null ? null : name, end, ended: null };
    void end.then((ended) => {
      launched.ended = ended;
    });
    underWay = [...underWay, launched];
  };

  /** Comes back when the first turn under way has ended, or there is something to judge in the meantime. */
  const endOrArrival = async ({ end }: TurnUnderWay): Promise<void> => {
    const arrival = new Promise<void>((resolve) => {
      onArrival = resolve;
    });
    await Promise.race([end, arrival]);
    onArrival = null;
  };

  const settle = async (turn: TurnUnderWay, end: TurnEnd): Promise<void> => {
    if (end.outcome !== "committed") return undo();
    underWay = underWay.slice(1);
    conflicts = 0;
    tell(turn, end.firstSeq);
  };

  const tell = (turn: OpenTurn, firstSeq: number): void => {
    turn.draft.number(firstSeq);
    for (const { draft } of underWay) draft.standOn(turn.draft);
    open?.draft.standOn(turn.draft);
    answer(options, turn);
    failBehind(turn.failed);
  };

  /** They are told now: all they handed in fails at once, so that it stays failed should a turn be judged anew. */
  const failBehind = (failed: Failures): void => {
    if (failed.size === 0) return;
    for (const turn of open === null ? underWay : [...underWay, open]) {
      turn.verdicts = turn.verdicts.filter(({ waiting }) => !failsBehind(waiting, failed));
      for (const replica of failed.keys()) turn.failed.delete(replica);
    }
    failInLine(failed);
  };

  const failInLine = (failed: Failures): void => {
    if (failed.size > 0) line.keep((waiting) => !failsBehind(waiting, failed));
  };

  /**
   * The first turn under way is not stored, as far as is known: what was judged upon it goes back in line. But each turn that the
   * store has ends as the store says: should one upon the first be committed, that one was too, and its answer was lost.
   */
  const undo = async (): Promise<void> => {
    const turns = underWay;
    const ends = await Promise.all(turns.map(({ end }) => end));
    underWay = [];
    const again: Waiting[] = [];
    const failed: Failures = new Map();
    for (const [i, turn] of turns.entries()) {
      const requests = turn.verdicts.map(({ waiting }) => waiting);
      const end = i === 0 ? patient(ends[i]) : ends[i];
      if (end?.outcome === "committed") {
        tell(turn, end.firstSeq);
        for (const [replica, error] of turn.failed) failed.set(replica, error);
      } else if (end?.outcome === "failed") {
        fail(requests, end.error, failed);
      } else {
        again.push(...requests);
      }
    }
    again.push(...(open?.verdicts ?? []).map(({ waiting }) => waiting));
    open = null;
    line.putBack(again);
    failInLine(failed);
  };

  /** How a turn ends that was not committed: too many conflicts in a row are a failure. */
  const patient = (end: TurnEnd | undefined): TurnEnd | undefined => {
    conflicts = end?.outcome === "conflict" ? conflicts + 1 : 0;
    if (conflicts < MAX_ATTEMPTS) return end;
    conflicts = 0;
    return { outcome: "failed", error: new Error(`the store answered conflict ${MAX_ATTEMPTS} times in a row`) };
  };

  return {
    submit<Answer>(request: PipelineRequest<Answer>, source?: unknown): Promise<readonly Answer[]> {
      return new Promise<readonly Answer[]>((resolve, reject) => {
        line.push({ request, source, resolve: resolve as (answers: readonly unknown[]) => void, reject } as Waiting);
        if (onArrival !== null && admissible(line, open) > 0) {
          defer(onArrival);
          onArrival = null;
        }
        running ??= new Promise((done) => defer(() => run().then(done)));
      });
    },
    committingAt: () => (underWay[0] ?? open)?.draft.context.at ?? null,
    async idle() {
      while (running !== null) await running;
    },
  };
}

/** How a turn ends that stores nothing: it is worth what the one below it is. */
async function endWith(below: TurnUnderWay | undefined): Promise<TurnEnd> {
  const end = await below?.end;
  return end === undefined || end.outcome === "committed"
    ? { outcome: "committed", firstSeq: 0 }
    : { outcome: "conflict" };
}

/** How many of the requests in line are judged next; at least one where no turn is open. */
function admissible(line: WaitingLine<Waiting>, turn: OpenTurn | null): number {
  const slice = { ...noLoad };
  const whole = { ...(turn?.load ?? noLoad) };
  const isEmpty = turn === null || turn.verdicts.length === 0;
  let count = 0;
  for (let next = line.at(0); next !== undefined; next = line.at(count)) {
    const { request } = next;
    add(slice, request);
    add(whole, request);
    if (count > 0 && exceeds(slice, MAX_SLICE)) break;
    if (exceeds(whole, MAX_TURN) && !(isEmpty && count === 0)) break;
    count++;
  }
  return count;
}

const noLoad: Load = { parts: 0, records: 0, bytes: 0 };

function add(load: Load, request: PipelineRequest<unknown>): void {
  load.parts += request.parts;
  load.records += request.records.length;
  load.bytes += request.bytes;
}

function exceeds(load: Load, limit: Load): boolean {
  return load.parts > limit.parts || load.records > limit.records || load.bytes > limit.bytes;
}

/** In one of its measures. */
function reaches(load: Load, amount: Load): boolean {
  return load.parts >= amount.parts || load.records >= amount.records || load.bytes >= amount.bytes;
}

/** Notes in `failed` whose requests they were. */
function fail(requests: readonly Waiting[], error: unknown, failed: Failures): void {
  for (const { request, reject } of requests) {
    if (request.replica !== null) failed.set(request.replica, error);
    reject(error);
  }
}

function failsBehind({ request, reject }: Waiting, failed: Failures): boolean {
  if (request.replica === null || !failed.has(request.replica)) return false;
  reject(failed.get(request.replica));
  return true;
}

function judgeInto(turn: OpenTurn, waiting: Waiting): void {
  const { draft, verdicts, failed, load } = turn;
  const { request, source } = waiting;
  add(load, request);
  request.admitted?.();
  if (request.replica !== null && failed.has(request.replica)) {
    verdicts.push({ waiting, answers: [], failure: { error: failed.get(request.replica) } });
    return;
  }
  draft.source = source;
  const verdict = judgeRequest(draft, waiting);
  if (verdict.failure !== null && request.replica !== null) failed.set(request.replica, verdict.failure.error);
  verdicts.push(verdict);
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

/** Tells of a turn that is stored, then answers its requests. */
function answer({ onCommit, onFault }: CommitPipelineOptions, { draft, verdicts }: OpenTurn): void {
  for (const verdict of verdicts) deliver(verdict);
  try {
    onCommit(draft.changes);
  } catch (error) {
    onFault(error);
  }
  for (const { waiting, answers, failure } of verdicts) {
    if (failure === null) waiting.resolve(answers);
    else waiting.reject(failure.error);
  }
}

function deliver(verdict: Verdict): void {
  const { request } = verdict.waiting;
  if (request.deliver === undefined) return;
  try {
    for (const given of verdict.answers) request.deliver(given);
  } catch (error) {
    verdict.failure ??= { error };
  }
}
