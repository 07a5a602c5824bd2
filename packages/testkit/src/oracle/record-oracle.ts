/**
 * What a datastore on one device must hold and answer: plain maps, and the rules of its SPEC applied one by one.
 *
 * It knows nothing of documents, stamps or databases. Records are values by key, in the order in which they came to be.
 */
import type { JsonValue, Values } from "@tributary/model";
import {
  type DrawnPredicate,
  type DrawnSortKey,
  type Holdings,
  holds,
  modelAt,
  relatedTo,
  sorted,
} from "./drawn-query.ts";
import type { DrawnModel, DrawnSchema } from "./drawn-schema.ts";
import { differing, isSameValue, storedOf } from "./drawn-values.ts";

/** An instance in the app's hands. */
export interface HeldInstance {
  readonly model: DrawnModel;
  readonly values: Values;
  /** What it was copied from; null for one that was made or read. */
  readonly source: HeldInstance | null;
  isStored: boolean;
}

/** What a call rejects with: its message begins so. */
export class Refusal extends Error {}

export interface OracleEvent {
  readonly opType: "INSERT" | "UPDATE" | "DELETE";
  readonly model: string;
  readonly key: string;
  /** The record as it is then; of a deletion as it was. */
  readonly values: Values;
}

export interface DrawnQuery {
  readonly where: DrawnPredicate | null;
  readonly sort: readonly DrawnSortKey[];
  readonly limit: number;
  readonly page: number;
}

export interface RecordOracle extends Holdings {
  /** Changes not sent: one for each record that a call wrote. */
  readonly unsent: number;
  /** Stored values of what an app gives; relations are given as records. */
  valuesOf(model: DrawnModel, given: Readonly<Record<string, unknown>>): Values;
  keyOf(model: DrawnModel, values: Values): string;
  find(model: DrawnModel, key: string): Values | undefined;
  /** Whether a save would edit a list that others changed since the instance was read. */
  isListContested(instance: HeldInstance): boolean;
  save(instance: HeldInstance, condition: DrawnPredicate | null): Values;
  /** Answers the records asked for that are gone now. */
  remove(model: DrawnModel, keys: readonly string[], condition: DrawnPredicate | null): Values[];
  query(model: DrawnModel, query: DrawnQuery): readonly Values[];
  /** Events since the last call. */
  takeEvents(): OracleEvent[];
  /** All of `work` or, when it throws, nothing. One event a record. */
  atomically<Result>(work: () => Result): Result;
  /** What was written since the last call can be taken back as one. */
  endStep(): void;
  /** Takes back the last step, or does it again; false when that changes nothing. */
  undo(): boolean;
  redo(): boolean;
  /** Tells the order of a model's records, of which taking back has its own. */
  reorder(model: DrawnModel, keys: readonly string[]): void;
}

export function createRecordOracle(schema: DrawnSchema): RecordOracle {
  const models = new Map(schema.models.map((model) => [model.name, model]));
  let tables = new Map(schema.models.map((model) => [model.name, new Map<string, Values>()]));
  /** By model and key: where a record stands in the order of creation. */
  const places = new Map<string, number>();
  let created = 0;
  /** As it was when the last step ended. */
  let settled = copyOf(tables);
  const undoable: Step[] = [];
  const redoable: Step[] = [];
  /** What `atomically` began with: a record that goes and comes back within it never was away. */
  let isAtomic = false;
  let unsent = 0;
  let events: OracleEvent[] = [];
  const tableOf = (model: string): Map<string, Values> => tables.get(model) ?? new Map();

  function baseOf(instance: HeldInstance): Values | null {
    if (instance.isStored) return instance.values;
    return instance.source === null ? null : baseOf(instance.source);
  }

  /** What a save writes: everything given of a new record, else what differs from what the app saw. */
  function fieldsOf(instance: HeldInstance, current: Values | undefined): Values {
    const base = baseOf(instance);
    if (current !== undefined && base !== null) return differing(base, instance.values);
    return Object.fromEntries(Object.entries(instance.values).filter(([, value]) => value !== null));
  }

  function assertParents(model: DrawnModel, values: Values, fields: Values): void {
    for (const relation of model.relations) {
      if (relation.kind !== "belongsTo" || !relation.own.some((name) => Object.hasOwn(fields, name))) continue;
      if (relation.own.some((name) => (values[name] ?? null) === null)) continue;
      if (relatedTo(oracle, model, relation.name, values).length === 0) throw new Refusal("Data integrity error.");
    }
  }

  function doomed(model: DrawnModel, key: string, seen: Set<string>): OracleEvent[] {
    const name = `${model.name} ${key}`;
    const values = tableOf(model.name).get(key);
    if (values === undefined || seen.has(name)) return [];
    seen.add(name);
    const found: OracleEvent[] = [];
    for (const relation of model.relations) {
      if (relation.kind === "belongsTo") continue;
      const next = modelAt(oracle, relation.model);
      for (const other of relatedTo(oracle, model, relation.name, values)) {
        found.push(...doomed(next, oracle.keyOf(next, other), seen));
      }
    }
    return [...found, { opType: "DELETE", model: model.name, key, values }];
  }

  const oracle: RecordOracle = {
    models,
    get unsent() {
      return unsent;
    },
    all(model) {
      const placeOf = (key: string): number => places.get(`${model} ${key}`) ?? 0;
      const all = [...tableOf(model)].sort(([left], [right]) => placeOf(left) - placeOf(right));
      return all.map(([, values]) => values);
    },
    valuesOf(model, given) {
      const values: Record<string, JsonValue> = {};
      // A field may be called as what every object inherits.
      for (const field of model.fields) {
        values[field.name] = Object.hasOwn(given, field.name) ? storedOf(field, given[field.name]) : null;
      }
      for (const relation of model.relations) {
        const record = given[relation.name] as Values | null | undefined;
        if (record === undefined || relation.kind === "hasMany") continue;
        for (const [i, own] of relation.own.entries()) values[own] = record?.[relation.other[i] ?? ""] ?? null;
      }
      return values;
    },
    keyOf: ({ key }, values) => JSON.stringify(key.map((name) => values[name] ?? null)),
    find: (model, key) => tableOf(model.name).get(key),
    isListContested(instance) {
      const { model, values } = instance;
      const current = tableOf(model.name).get(oracle.keyOf(model, values));
      const base = baseOf(instance);
      if (current === undefined || base === null) return false;
      const lists = model.fields.filter((field) => field.isList && field.kind !== "embedded");
      return lists.some(
        ({ name }) => !isSameValue(base[name], values[name]) && !isSameValue(base[name], current[name]),
      );
    },
    save(instance, condition) {
      const { model, values } = instance;
      const key = oracle.keyOf(model, values);
      const current = tableOf(model.name).get(key);
      if (current !== undefined && condition !== null && !holds(oracle, model, condition, current)) {
        throw new Refusal("Conditional update failed");
      }
      const fields = fieldsOf(instance, current);
      const missing = model.fields.find(
        ({ name, isRequired }) =>
          isRequired && (Object.hasOwn(fields, name) ? fields[name] === null : current === undefined),
      );
      if (missing !== undefined) throw new Refusal(`Field ${missing.name} is required`);
      assertParents(model, values, fields);
      instance.isStored = true;
      const before = current ?? Object.fromEntries(model.fields.map(({ name }) => [name, null]));
      const after = { ...before, ...fields };
      if (current !== undefined && Object.keys(differing(before, after)).length === 0) return current;
      tableOf(model.name).set(key, after);
      const name = `${model.name} ${key}`;
      if (!places.has(name)) places.set(name, ++created);
      unsent += 1;
      events.push({ opType: current === undefined ? "INSERT" : "UPDATE", model: model.name, key, values: after });
      return after;
    },
    remove(model, keys, condition) {
      for (const key of keys) {
        const current = tableOf(model.name).get(key);
        if (current !== undefined && condition !== null && !holds(oracle, model, condition, current)) {
          throw new Refusal("Conditional update failed");
        }
      }
      const seen = new Set<string>();
      const all = keys.flatMap((key) => doomed(model, key, seen));
      const asked = all.filter((one) => one.model === model.name && keys.includes(one.key));
      const removed = asked.map(({ key }) => tableOf(model.name).get(key) ?? {});
      for (const event of all) {
        tableOf(event.model).delete(event.key);
        if (!isAtomic) places.delete(`${event.model} ${event.key}`);
        events.push(event);
      }
      unsent += all.length;
      return removed;
    },
    query(model, { where, sort, limit, page }) {
      const found = oracle.all(model.name).filter((values) => where === null || holds(oracle, model, where, values));
      const ordered = sorted(oracle, model, sort, found);
      return limit === 0 ? ordered : ordered.slice(page * limit, (page + 1) * limit);
    },
    takeEvents() {
      const taken = events;
      events = [];
      return taken;
    },
    atomically(work) {
      const before = copyOf(tables);
      const [unsentBefore, eventsBefore] = [unsent, events];
      const placesBefore = new Map(places);
      events = [];
      isAtomic = true;
      try {
        const result = work();
        for (const name of places.keys()) if (!isHeld(name)) places.delete(name);
        events = [...eventsBefore, ...eventsBetween(before, tables)];
        return result;
      } catch (error) {
        tables = before;
        places.clear();
        for (const [name, place] of placesBefore) places.set(name, place);
        [unsent, events] = [unsentBefore, eventsBefore];
        throw error;
      } finally {
        isAtomic = false;
      }
    },
    endStep() {
      if (eventsBetween(settled, tables).length > 0) {
        undoable.push({ before: settled, after: copyOf(tables) });
        redoable.length = 0;
      }
      settled = copyOf(tables);
    },
    undo: () => takeBack(undoable, redoable, ({ before }) => before),
    redo: () => takeBack(redoable, undoable, ({ after }) => after),
    reorder(model, keys) {
      for (const key of keys) places.set(`${model.name} ${key}`, ++created);
    },
  };

  function takeBack(from: Step[], to: Step[], target: (step: Step) => Tables): boolean {
    const step = from.pop();
    if (step === undefined) return false;
    const changes = eventsBetween(tables, target(step)).filter(
      ({ opType, model, key, values }) => opType !== "UPDATE" || !isSameValue(tableOf(model).get(key), values),
    );
    if (changes.length === 0) return false;
    tables = copyOf(target(step));
    settled = copyOf(tables);
    for (const { opType, model, key } of changes) {
      if (opType === "DELETE") places.delete(`${model} ${key}`);
      if (opType === "INSERT") places.set(`${model} ${key}`, ++created);
    }
    events.push(...changes);
    unsent += changes.length;
    to.push(step);
    return true;
  }

  function isHeld(name: string): boolean {
    const [model = ""] = name.split(" ", 1);
    return tableOf(model).has(name.slice(model.length + 1));
  }

  return oracle;
}

type Tables = ReadonlyMap<string, ReadonlyMap<string, Values>>;

interface Step {
  readonly before: Tables;
  readonly after: Tables;
}

function copyOf(tables: Tables): Map<string, Map<string, Values>> {
  return new Map([...tables].map(([name, table]) => [name, new Map(table)] as const));
}

/** What a commit that leads from one state to the other is seen to have done. */
function eventsBetween(before: Tables, after: Tables): OracleEvent[] {
  const events: OracleEvent[] = [];
  for (const [model, table] of after) {
    const old = before.get(model) ?? new Map<string, Values>();
    for (const [key, values] of old) if (!table.has(key)) events.push({ opType: "DELETE", model, key, values });
    for (const [key, values] of table) {
      if (!old.has(key)) events.push({ opType: "INSERT", model, key, values });
      else if (old.get(key) !== values) events.push({ opType: "UPDATE", model, key, values });
    }
  }
  return events;
}
