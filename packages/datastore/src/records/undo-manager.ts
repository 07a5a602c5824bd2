/**
 * Takes back what the app wrote, and does it again.
 *
 * What was committed together is taken back together, as one push. Only what still is as the app made it is taken back: a field
 * that somebody wrote since keeps what they wrote, and a list keeps what they put into it. Taking back is a write like any
 * other: everybody else sees it, and it can be taken back.
 */
import type { JsonValue, Values } from "@tributary/model";
import { fieldNamed, isListField, type ModelDescription, modelNamed } from "@tributary/schema";
import { changedFields, deleteRecord, givenFields, writeFields } from "../local/local-writer.ts";
import { type RecordChange, readByModel, type Workspace } from "../local/workspace.ts";
import { modelIn } from "../models/schema-classes.ts";
import type { OpenStore } from "../open-store.ts";
import type { RecordContext } from "./record-context.ts";
import { runAsOnePush } from "./transaction.ts";

export interface UndoOptions {
  /** Classes whose records are watched. Default all. */
  readonly models?: readonly unknown[];
  /** How many steps are remembered, the oldest forgotten first. Default 100. */
  readonly limit?: number;
}

export interface UndoManager {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Takes back the last step. False when there is none, or nothing of it is as the app left it. */
  undo(): Promise<boolean>;
  /** Does again what was last taken back. False when there is nothing, or nothing of it is as taking it back left it. */
  redo(): Promise<boolean>;
  /** Forgets all steps. */
  clear(): void;
  /** Watches no more, and forgets all steps. */
  stop(): void;
}

/** What one commit changed. */
type Step = readonly RecordChange[];

const DEFAULT_LIMIT = 100;

export function createUndoManager(context: RecordContext, options: UndoOptions = {}): UndoManager {
  const limit = options.limit ?? DEFAULT_LIMIT;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`limit is a whole number of 1 or more, ${limit} received`);
  }
  const watched = options.models?.map((modelClass) => modelIn(context.schema(), modelClass).name);
  let undoable: Step[] = [];
  let redoable: Step[] = [];
  /** Where what is being written now goes: set while a step is taken back or done again. */
  let target: Step[] | null = null;
  let line: Promise<unknown> = Promise.resolve();

  const stopChanges = context.onChanges((changes, origin) => {
    if (origin !== "app") return;
    const own = watched === undefined ? changes : changes.filter(({ model }) => watched.includes(model));
    if (own.length === 0) return;
    if (target === null) redoable = [];
    const steps = target ?? undoable;
    steps.push(own);
    if (steps.length > limit) steps.shift();
  });
  const stopReset = context.onReset((what) => {
    if (what === "cleared") clear();
  });

  function clear(): void {
    [undoable, redoable] = [[], []];
  }

  /** One at a time, in the order they were asked for. */
  function takeBack(from: () => Step[], to: () => Step[]): Promise<boolean> {
    const done = line.then(async () => {
      if (from().length === 0) return false;
      return context.use(async (store) => {
        // Not before: what was cleared while the store was opened is not taken back.
        const steps = from();
        const step = steps.pop();
        if (step === undefined) return false;
        let hasChanged = false;
        try {
          hasChanged = await runAsOnePush(store, async (workspace) => {
            await readByModel(workspace, step);
            // What was written last is taken back first.
            for (const change of [...step].reverse()) revert(store, workspace, change);
            target = to();
            return workspace.changes().length > 0;
          });
        } catch (error) {
          steps.push(step);
          throw error;
        } finally {
          target = null;
        }
        if (hasChanged) announce(store, to().at(-1) ?? []);
        return hasChanged;
      });
    });
    line = done.catch(() => undefined);
    return done;
  }

  function announce(store: OpenStore, written: Step): void {
    for (const { model: name, before, after } of written) {
      const model = modelNamed(store.schema, name);
      const record = after ?? before;
      if (model !== undefined && record !== null) context.queued(store, model, record.values);
    }
  }

  return {
    get canUndo() {
      return undoable.length > 0;
    },
    get canRedo() {
      return redoable.length > 0;
    },
    undo: () =>
      takeBack(
        () => undoable,
        () => redoable,
      ),
    redo: () =>
      takeBack(
        () => redoable,
        () => undoable,
      ),
    clear,
    stop() {
      stopChanges();
      stopReset();
      clear();
    },
  };
}

function revert(
  { schema, writer }: OpenStore,
  workspace: Workspace,
  { model: name, key, before, after }: RecordChange,
): void {
  const model = modelNamed(schema, name);
  if (model === undefined) return;
  const current = workspace.record(name, key);
  const isThere = current !== null && !current.isDeleted;
  if (before === null) {
    if (isThere) deleteRecord(workspace, writer, model, key, null);
  } else if (after === null) {
    if (!isThere) write(before.values, null);
  } else if (isThere) {
    write(fieldsToRevert(model, before.values, after.values, current.values), after.values);
  }

  function write(fields: Values, base: Values | null): void {
    if (model === undefined || Object.keys(fields).length === 0) return;
    const given = base === null ? writableFields(model, givenFields(fields)) : fields;
    writeFields(workspace, writer, model, key, { fields: given, base, condition: null });
  }
}

/** What the change wrote and nobody else did since, with the values before it. */
function fieldsToRevert(model: ModelDescription, before: Values, after: Values, current: Values): Values {
  const reverted: Record<string, JsonValue> = {};
  const written = writableFields(model, changedFields(before, after));
  for (const name of Object.keys(written)) {
    const now = { [name]: current[name] ?? null };
    const isAsLeft = Object.keys(changedFields(now, { [name]: after[name] ?? null })).length === 0;
    if (isAsLeft || isList(model, name)) reverted[name] = before[name] ?? null;
  }
  return reverted;
}

function isList(model: ModelDescription, name: string): boolean {
  return isListField(fieldNamed(model, name));
}

/** Without what only a relay writes. */
function writableFields(model: ModelDescription, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => fieldNamed(model, name)?.isReadOnly === false));
}
