/**
 * What one turn is about to commit: the records that its requests name, as stored, and the changes accepted upon them.
 *
 * A turn may be judged upon others that are on their way to the store (`below`): what they changed is read from them, as it will
 * be stored. So a turn is worth nothing when one below it does not come to be stored.
 */
import { isKeyOf } from "@tributary/model";
import type { RecordName } from "@tributary/protocol";
import { modelNamed } from "@tributary/schema";
import {
  type ForgottenRecord,
  isAsCreated,
  type RecordListStep,
  type RelayCommit,
  type RelayRecord,
  type RelayStore,
  type ReplicaRow,
} from "@tributary/storage";
import type { AcceptedWrite, Committed, PipelineRequest, Turn } from "./commit-pipeline.ts";
import type { AcceptedChange, JudgeContext } from "./judge-change.ts";
import { createStoredListSteps, type RecordBase } from "./list-steps.ts";

export interface TurnDraft extends Turn {
  /** Who hands in what is accepted now. */
  source: unknown;
  readonly changes: readonly DraftChange[];
  /** Reads what of the store requests need that was not read for others before them. */
  read(requests: readonly PipelineRequest<unknown>[]): Promise<void>;
  /** Whether it changes a record of which the store has to know a number that a turn under way has not got yet. */
  awaitsNumbers(): boolean;
  /** What the store gets, with what it is called and builds upon there. Null when there is nothing to commit. */
  commit(link: Pick<RelayCommit, "name" | "upon">): RelayCommit | null;
  /** The turn is stored, its first change under this number. */
  number(firstSeq: number): void;
  /** A turn below it is stored: what is read from now on is read from the store, lest each turn holds all before it. */
  standOn(stored: TurnDraft): void;
  /** Reads by the turns above, of what this one leaves; undefined for what it does not touch. */
  changedRecord(name: RecordName): RelayRecord | undefined;
  changedReplica(replica: string): ReplicaRow | undefined;
  /** The version that a record it changes has in the store below it. */
  versionBelow(name: RecordName): number | undefined;
  /** Whether a change of it is that of a mutation with this id. */
  takesIn(mutation: string): boolean;
  /** What its changes did to the lists of a record since a version; null when that cannot be told. */
  ownListSteps(base: RecordBase): readonly RecordListStep[] | null;
}

export interface TurnDraftOptions {
  readonly store: RelayStore;
  readonly context: JudgeContext;
  readonly deltaLifetimeMs: number;
  /** The turns that are not stored yet, in their order. */
  readonly below: readonly TurnDraft[];
}

/** A record during a turn: as stored, and as the accepted changes so far leave it. */
interface Draft {
  readonly stored: RelayRecord | null;
  /** Of one that is not stored. */
  readonly forgotten: ForgottenRecord | null;
  current: RelayRecord | null;
  /** Index of its last change in the turn; -1 while unchanged. */
  lastChange: number;
}

/** A change on its way to being a committed one: it gets its number when the store has given it. */
interface DraftChange extends Committed {
  readonly after: Omit<RelayRecord, "seq"> & { seq: number };
  readonly draft: Draft;
  readonly write: AcceptedWrite;
  readonly lists: AcceptedChange["lists"];
  /** The change of the record before it in the turn. */
  readonly changeBefore: number;
}

/** Pushes are known by their numbers, and merge whatever they were made on. */
const noWrite: AcceptedWrite = { mutation: null, base: null };

export function createTurnDraft(options: TurnDraftOptions): TurnDraft {
  const { store, context, deltaLifetimeMs } = options;
  const { schema, at } = context;
  let { below } = options;
  const deltasBefore = at - deltaLifetimeMs;
  const drafts = new Map<string, Map<string, Draft>>();
  const replicas = new Map<string, ReplicaRow | null>();
  const known = new Set<string>();
  const changes: DraftChange[] = [];
  const remembered = new Map<string, ReplicaRow>();
  const taken = new Set<string>();

  const storedSteps = createStoredListSteps({
    store,
    since: deltasBefore,
    storedVersion: (name) => firstOf(below, (turn) => turn.versionBelow(name)) ?? draftOf(name)?.stored?.version ?? 0,
  });

  const draftOf = ({ model, key }: RecordName): Draft | undefined => drafts.get(model)?.get(key);

  const readRecords = async (requests: readonly PipelineRequest<unknown>[]): Promise<void> => {
    for (const [name, keys] of unreadKeys(requests)) {
      const records = await store.records(name, keys);
      const forgotten = await store.forgotten(
        name,
        keys.filter((_, i) => records[i] === null),
      );
      const byKey = drafts.get(name) ?? new Map<string, Draft>();
      drafts.set(name, byKey);
      let at = 0;
      for (const key of keys) {
        const stored = records[at] ?? null;
        byKey.set(key, { stored, forgotten: forgotten.get(key) ?? null, current: stored, lastChange: -1 });
        at += 1;
      }
    }
  };

  /** By model. What the turns below changed is taken from there on the way. */
  const unreadKeys = (requests: readonly PipelineRequest<unknown>[]): Map<string, string[]> => {
    const named = new Map<string, Set<string>>();
    for (const { records } of requests) {
      for (const { model, key } of records) {
        const keys = named.get(model);
        if (keys === undefined) named.set(model, new Set([key]));
        else keys.add(key);
      }
    }
    const unread = new Map<string, string[]>();
    for (const [name, keys] of named) {
      const model = modelNamed(schema, name);
      if (model === undefined) continue;
      const byKey = drafts.get(name) ?? new Map<string, Draft>();
      drafts.set(name, byKey);
      const missing: string[] = [];
      for (const key of keys) {
        if (byKey.has(key)) continue;
        const stored = lastOf(below, (turn) => turn.changedRecord({ model: name, key }));
        if (stored !== undefined) byKey.set(key, { stored, forgotten: null, current: stored, lastChange: -1 });
        else if (isKeyOf(model, key)) missing.push(key);
      }
      unread.set(name, missing);
    }
    return unread;
  };

  const readReplicas = async (requests: readonly PipelineRequest<unknown>[]): Promise<void> => {
    for (const { replica } of requests) {
      if (replica === null || replicas.has(replica)) continue;
      const changed = lastOf(below, (turn) => turn.changedReplica(replica));
      replicas.set(replica, changed ?? (await store.replica(replica)));
    }
  };

  const readMutations = async (requests: readonly PipelineRequest<unknown>[]): Promise<void> => {
    const ids = requests.flatMap(({ mutations = [] }) => mutations);
    if (ids.length === 0) return;
    for (const id of await store.knownMutations(ids, deltasBefore)) known.add(id);
  };

  const ownListSteps = (base: RecordBase): readonly RecordListStep[] | null => {
    const draft = draftOf(base);
    const steps: RecordListStep[] = [];
    for (const { draft: changed, after, principal, lists, write } of changes) {
      if (changed !== draft || after.version <= base.version) continue;
      if (lists === null) return null;
      steps.push({ lists, principal, base: write.base });
    }
    return steps;
  };

  return {
    context,
    changes,
    source: null,
    async read(requests) {
      await readRecords(requests);
      await readReplicas(requests);
      // Behind the records: what was committed in between shows in their versions, and the turn is judged anew.
      await readMutations(requests);
      await storedSteps.read(requests.flatMap(({ bases = [] }) => bases));
    },
    record: (name) => draftOf(name)?.current,
    forgotten: (name) => draftOf(name)?.forgotten ?? null,
    replica: (replica) => remembered.get(replica) ?? replicas.get(replica) ?? null,
    isKnown: (mutation) => taken.has(mutation) || known.has(mutation) || below.some((turn) => turn.takesIn(mutation)),
    listSteps(base) {
      if (base.version > (draftOf(base)?.current?.version ?? 0)) return null;
      const parts = [storedSteps.since(base), ...below.map((turn) => turn.ownListSteps(base)), ownListSteps(base)];
      const known = parts.filter((steps) => steps !== null);
      return known.length < parts.length ? null : known.flat();
    },
    takesIn: (mutation) => taken.has(mutation),
    ownListSteps,
    accept({ after, facet, operation, update, lists }: AcceptedChange, principal, write = noWrite) {
      const draft = draftOf(after);
      if (draft === undefined) throw new Error(`${after.model} ${after.key} was judged without being read`);
      changes.push({
        before: draft.current,
        after,
        facet,
        operation,
        principal,
        update: operation === "delete" ? null : update,
        source: this.source,
        draft,
        write,
        lists,
        changeBefore: draft.lastChange,
      });
      draft.current = after;
      draft.lastChange = changes.length - 1;
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
        change.draft.lastChange = change.changeBefore;
        if (change.write.mutation !== null) taken.delete(change.write.mutation);
      }
    },
    awaitsNumbers: () => changes.some(({ draft: { stored } }) => stored?.seq === 0 && isAsCreated(stored)),
    commit(link) {
      if (changes.length === 0 && remembered.size === 0) return null;
      return {
        ...link,
        at,
        changes,
        ...besides(changes),
        replicas: [...remembered.values()],
        deltasBefore,
      };
    },
    number(firstSeq) {
      let seq = firstSeq;
      for (const { after } of changes) {
        after.seq = seq;
        seq += 1;
      }
    },
    standOn(stored) {
      below = below.filter((turn) => turn !== stored);
      storedSteps.forget();
    },
    changedRecord(name) {
      const draft = draftOf(name);
      return draft === undefined || draft.lastChange < 0 ? undefined : (draft.current ?? undefined);
    },
    changedReplica(replica) {
      const row = remembered.get(replica);
      return row === undefined ? undefined : { ...row, revision: row.revision + 1 };
    },
    versionBelow(name) {
      const draft = draftOf(name);
      return draft === undefined || draft.lastChange < 0 ? undefined : (draft.stored?.version ?? 0);
    },
  };
}

function firstOf<Value>(turns: readonly TurnDraft[], read: (turn: TurnDraft) => Value | undefined): Value | undefined {
  for (const turn of turns) {
    const value = read(turn);
    if (value !== undefined) return value;
  }
  return undefined;
}

function lastOf<Value>(turns: readonly TurnDraft[], read: (turn: TurnDraft) => Value | undefined): Value | undefined {
  for (let i = turns.length - 1; i >= 0; i--) {
    const turn = turns[i];
    const value = turn === undefined ? undefined : read(turn);
    if (value !== undefined) return value;
  }
  return undefined;
}

type Besides = Required<Pick<RelayCommit, "records" | "mutations" | "listSteps">>;

/** What changes write besides their entries: each record once, as its last change leaves it, mutations and what lists went through. */
function besides(changes: readonly DraftChange[]): Besides {
  const records: Besides["records"][number][] = [];
  const mutations: Besides["mutations"][number][] = [];
  const listSteps: Besides["listSteps"][number][] = [];
  let change = 0;
  for (const { draft, after, write, lists } of changes) {
    if (draft.lastChange === change) records.push({ before: draft.stored, after, lastChange: change });
    if (write.mutation !== null) mutations.push({ change, id: write.mutation });
    if (lists !== null) listSteps.push({ change, lists, base: write.base });
    change += 1;
  }
  return { records, mutations, listSteps };
}
