/**
 * The one way to change the local database: steps in a line, one transaction at a time.
 *
 * Writes that the app makes in one turn of the event loop share a transaction, each still all or nothing: a write that fails
 * leaves the others alone. Steps of the sync engine run by themselves. Whoever waits hears after the commit, observers first.
 */
import type { RecordName } from "@tributary/protocol";
import type { ReplicaRecord, ReplicaStore } from "@tributary/storage";
import { createWorkspace, type RecordChange, readByModel, type Workspace } from "./workspace.ts";

/** The records that a write looks at. */
export interface WriteNeeds {
  readonly model: string;
  readonly key: string;
  /** The record is held not to be there, and not looked up unless the database says otherwise. */
  readonly isNewRecord?: boolean;
  /** Other records that `apply` looks at; `record` is the one to be written, as it is stored. */
  related?(record: ReplicaRecord | null): readonly RecordName[];
}

/** What the app asked for: the records it needs, then, with those read, the change itself. */
export interface AppWrite<Result> extends WriteNeeds {
  /** Throws to refuse; must then have changed nothing in the workspace. Run again when another process got in between. */
  apply(workspace: Workspace): Result;
  /** Hears of the commit of what `apply` did, before anybody else does. */
  committed?(): void;
}

/** A step of the sync engine, or one of the app's that reads as it goes. May be run again from the start when another process got in between. */
export type SyncStep<Result> = (workspace: Workspace) => Promise<Result>;

export interface LocalDatabase {
  write<Result>(write: AppWrite<Result>): Promise<Result>;
  run<Result>(step: SyncStep<Result>, origin?: ChangeOrigin): Promise<Result>;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
}

interface Task {
  readonly write: AppWrite<unknown> | null;
  readonly step: SyncStep<unknown> | null;
  readonly origin: ChangeOrigin;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_ATTEMPTS = 50;
const MAX_WRITES_PER_TRANSACTION = 1000;

export type ChangeOrigin = "app" | "relay";

export function createLocalDatabase(
  store: ReplicaStore,
  onChange: (changes: readonly RecordChange[], origin: ChangeOrigin) => void,
): LocalDatabase {
  let line: Task[] = [];
  let running: Promise<void> | null = null;

  function add(task: Task): void {
    line.push(task);
    running ??= drain();
  }

  async function drain(): Promise<void> {
    // One microtask later, so that saves called side by side share a transaction.
    await Promise.resolve();
    while (line.length > 0) {
      if (line[0]?.step) {
        const [task] = line.splice(0, 1);
        if (task) await runStep(store, task, onChange);
      } else {
        const next = line.findIndex((task) => task.step !== null);
        const count = Math.min(next < 0 ? line.length : next, MAX_WRITES_PER_TRANSACTION);
        await runWrites(store, line.splice(0, count), onChange);
      }
    }
    running = null;
  }

  return {
    write: <Result>(write: AppWrite<Result>) =>
      new Promise<Result>((resolve, reject) => {
        add({ write, step: null, origin: "app", resolve: resolve as (result: unknown) => void, reject });
      }),
    run: <Result>(step: SyncStep<Result>, origin: ChangeOrigin = "relay") =>
      new Promise<Result>((resolve, reject) => {
        add({ write: null, step, origin, resolve: resolve as (result: unknown) => void, reject });
      }),
    async idle() {
      while (running !== null) await running;
      line = [];
    },
  };
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

async function runWrites(
  store: ReplicaStore,
  tasks: readonly Task[],
  onChange: (changes: readonly RecordChange[], origin: ChangeOrigin) => void,
): Promise<void> {
  try {
    const writes = tasks.flatMap(({ write }) => write ?? []);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const workspace = createWorkspace(store);
      const outcomes: Outcome[] = [];
      await readNeeded(workspace, writes, attempt === 0);
      for (const { write } of tasks) outcomes.push(applied(write, workspace));
      if (!(await commit(store, workspace))) continue;
      for (const [i, { write }] of tasks.entries()) if (!("error" in (outcomes[i] ?? {}))) write?.committed?.();
      onChange(workspace.changes(), "app");
      for (const [i, task] of tasks.entries()) settle(task, outcomes[i]);
      return;
    }
    throw new Error(`the database answered conflict ${MAX_ATTEMPTS} times in a row`);
  } catch (error) {
    for (const task of tasks) task.reject(error);
  }
}

/** `isTrusting`: new records are not looked up. Should one be there, the commit conflicts and all are read. */
export async function readNeeded(
  workspace: Workspace,
  writes: readonly WriteNeeds[],
  isTrusting: boolean,
): Promise<void> {
  const own: RecordName[] = [];
  for (const write of writes) {
    if (isTrusting && write.isNewRecord === true) workspace.assumeMissing(write.model, write.key);
    else own.push(write);
  }
  await readByModel(workspace, own);
  const related = writes.flatMap((write) => write.related?.(workspace.record(write.model, write.key)) ?? []);
  await readByModel(workspace, related);
}

function applied(write: AppWrite<unknown> | null, workspace: Workspace): Outcome {
  try {
    return { result: write?.apply(workspace) };
  } catch (error) {
    return { error };
  }
}

function settle(task: Task, outcome: Outcome | undefined): void {
  if (outcome !== undefined && "error" in outcome) task.reject(outcome.error);
  else task.resolve(outcome?.result);
}

async function runStep(
  store: ReplicaStore,
  task: Task,
  onChange: (changes: readonly RecordChange[], origin: ChangeOrigin) => void,
): Promise<void> {
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const workspace = createWorkspace(store);
      const result = await task.step?.(workspace);
      if (!(await commit(store, workspace))) continue;
      onChange(workspace.changes(), task.origin);
      task.resolve(result);
      return;
    }
    throw new Error(`the database answered conflict ${MAX_ATTEMPTS} times in a row`);
  } catch (error) {
    task.reject(error);
  }
}

async function commit(store: ReplicaStore, workspace: Workspace): Promise<boolean> {
  const step = workspace.commit();
  return step === null || (await store.commit(step)) === "committed";
}
