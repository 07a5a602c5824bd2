/**
 * Model classes: what an app constructs, copies and gets back from queries.
 *
 * Instances are frozen at every level. A copy remembers the instance it came from, so that a save writes only what the app
 * changed, on the values it saw.
 */
import { type JsonValue, type Values, validateValues } from "@tributary/model";
import {
  fieldNamed,
  type ModelDescription,
  relationFields,
  type SchemaDescription,
  storedFields,
} from "@tributary/schema";
import type { ReadRecord } from "@tributary/storage";
import { deepFreeze, frozenCopy, readGiven, writableCopy } from "./field-value.ts";
import { type Hidden, Instance, type PersistentModel, type RelatedRecords, relatedTo } from "./instance.ts";
import { type GivenRecords, relatedFrom, relationAccessors, setRelation } from "./relation-fields.ts";

/** An instance of a model whose type the app does not declare: its fields as properties. */
export type ModelInstance = { readonly [field: string]: JsonValue };

/** Draft of a copy: the same fields, writable. */
export type ModelDraft = { [field: string]: JsonValue };

/** The class of a model whose type the app does not declare. */
export interface ModelClass<T = ModelInstance, Init = { readonly [field: string]: unknown }> {
  new (init: Init): T;
  readonly modelName: string;
  /** A copy with the changes `mutate` makes in place; what it returns is ignored. The key keeps its values. */
  copyOf(source: T, mutate: (draft: ModelDraft) => unknown): T;
}

/** What classes need from outside. */
export interface ClassEnvironment {
  /** A UUID of version 7. */
  readonly newId: () => string;
  /** Hears of what was ignored. */
  readonly warn: (message: string) => void;
}

/** Properties of every instance that are no fields: what the relay says of the record, once it has. */
export const metadataNames = ["_version", "_lastChangedAt", "_deleted"] as const;

export function createModelClass(
  schema: SchemaDescription,
  model: ModelDescription,
  environment: ClassEnvironment,
): ModelClass {
  const Model = class extends Instance {
    static readonly modelName = model.name;

    constructor(init: { readonly [field: string]: unknown }) {
      if (typeof init !== "object" || init === null) {
        throw new TypeError(`new ${model.name}() needs an object with its fields`);
      }
      const records: GivenRecords = new Map();
      const given = readInit(schema, model, init, records);
      const hasFreshId = drawsId(model, given);
      if (hasFreshId) given.id = environment.newId();
      for (const field of storedFields(model)) {
        if (given[field.name] === undefined && field.defaultValue !== undefined) given[field.name] = field.defaultValue;
      }
      refuseProblems(schema, model, given);
      refuseReadOnly(model, given, {});
      const related = relatedFrom(records);
      super(newHidden({ schema, model, source: null, hasFreshId, records: null, related, isStored: false }));
      fill(this as unknown as Record<string, unknown>, model, given);
    }

    static copyOf(source: PersistentModel, mutate: (draft: Record<string, unknown>) => unknown): PersistentModel {
      const hidden = Instance.hiddenOf(source);
      if (hidden?.model !== model)
        throw new TypeError(`The source object is not a valid model; ${model.name}.copyOf takes a ${model.name}`);
      const records: GivenRecords = new Map();
      const draft = draftOf(hidden, source, records);
      mutate(draft);
      const given = readDraft(environment, model, source, draft);
      // What was stored may have become invalid without the app's doing: only what it changes is its concern then.
      refuseProblems(schema, model, hidden.isStored ? changesOf(source, given) : given);
      refuseReadOnly(model, given, source);
      const related = relatedFrom(records);
      const next = { schema, model, source, hasFreshId: false, records: hidden.records, related, isStored: false };
      const copy = construct(Model, newHidden(next));
      fill(copy, model, given);
      return copy;
    }
  };
  Object.defineProperty(Model, "name", { value: model.name });
  for (const { name } of relationFields(model)) {
    Object.defineProperty(Model.prototype, name, {
      configurable: true,
      get(this: unknown) {
        return relatedTo(this, name);
      },
      set() {
        throw new TypeError(`${model.name}.${name} cannot be set on a record; use ${model.name}.copyOf`);
      },
    });
  }
  return Model as unknown as ModelClass;
}

/** All of one shape, whatever an instance came from: each save reads and writes them. */
function newHidden(from: Omit<Hidden, "storedBy">): Hidden {
  const { schema, model, source, hasFreshId, records, related, isStored } = from;
  return { schema, model, source, hasFreshId, records, related, isStored, storedBy: null };
}

/** An instance out of a stored record. */
export function instanceOf(
  modelClass: unknown,
  schema: SchemaDescription,
  model: ModelDescription,
  record: ReadRecord,
  records: RelatedRecords,
): PersistentModel {
  const from = { schema, model, source: null, hasFreshId: false, records, related: null, isStored: true };
  const instance = construct(modelClass, newHidden(from));
  const { values, version, changedAt } = record;
  for (const name in values) {
    const value = values[name];
    if (typeof value === "object") deepFreeze(value);
    instance[name] = value;
  }
  const isVersioned = version > 0;
  instance._version = isVersioned ? version : undefined;
  instance._lastChangedAt = isVersioned ? changedAt : undefined;
  instance._deleted = isVersioned ? null : undefined;
  return Object.freeze(instance);
}

/** An instance made without its class's constructor, which is for apps. */
function construct(modelClass: unknown, hidden: Hidden): Record<string, unknown> {
  const newTarget = typeof modelClass === "function" ? modelClass : Instance;
  return Reflect.construct(Instance, [hidden], newTarget) as Record<string, unknown>;
}

/** Every field, null where nothing is given, then what no field has a name for, then the metadata. Freezes the instance. */
function fill(
  instance: Record<string, unknown>,
  model: ModelDescription,
  given: Readonly<Record<string, unknown>>,
): void {
  for (const { name } of storedFields(model)) instance[name] = frozenCopy(given[name] ?? null);
  for (const name in given) {
    if (fieldNamed(model, name) !== undefined) continue;
    Object.defineProperty(instance, name, { value: given[name], enumerable: true });
  }
  for (const name of metadataNames) {
    if (!Object.hasOwn(instance, name)) instance[name] = undefined;
  }
  Object.freeze(instance);
}

/** Without a prototype: a field may be called as what every object inherits. */
function emptyGiven(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/** Only the keys that are there are read: what is left out is asked for when the record is saved. */
function readInit(
  schema: SchemaDescription,
  model: ModelDescription,
  init: Readonly<Record<string, unknown>>,
  records: GivenRecords,
): Record<string, unknown> {
  const given = emptyGiven();
  for (const [name, value] of Object.entries(init)) {
    const field = fieldNamed(model, name);
    if (field === undefined) given[name] = value;
    else if (field.relation === null) given[name] = readGiven(field, value);
    else setRelation(schema, model, name, value, given, records);
  }
  return given;
}

/** A model without a key of its own draws its id whatever is given; one with `id` in its key, when none is. */
function drawsId(model: ModelDescription, given: Readonly<Record<string, unknown>>): boolean {
  if (!model.hasCustomKey) return true;
  return model.primaryKey.includes("id") && (given.id ?? null) === null;
}

function draftOf(hidden: Hidden, source: PersistentModel, records: GivenRecords): Record<string, unknown> {
  const { schema, model } = hidden;
  const prototype = relationAccessors(
    model,
    (field) => relatedTo(source, field),
    (target, field, value) => setRelation(schema, model, field, value, target, records),
  );
  const draft = Object.create(prototype) as Record<string, unknown>;
  for (const [name, value] of Object.entries(source)) {
    Object.defineProperty(draft, name, {
      value: writableCopy(value),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return draft;
}

function readDraft(
  { warn }: ClassEnvironment,
  model: ModelDescription,
  source: PersistentModel,
  draft: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const given = emptyGiven();
  for (const [name, value] of Object.entries(draft)) {
    const field = fieldNamed(model, name);
    given[name] = field === undefined ? value : readGiven(field, value);
  }
  // A field deleted from the draft is one set to null.
  for (const { name } of storedFields(model)) given[name] ??= null;
  for (const name of model.primaryKey) {
    if (given[name] === source[name]) continue;
    warn(`copyOf() does not update PK fields. The '${name}' update is being ignored.`);
    given[name] = source[name];
  }
  return given;
}

function changesOf(source: PersistentModel, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isChanged = ([name, value]: [string, unknown]): boolean =>
    value !== source[name] && JSON.stringify(value) !== JSON.stringify(source[name]);
  return Object.fromEntries(Object.entries(given).filter(isChanged));
}

function refuseReadOnly(
  model: ModelDescription,
  given: Readonly<Record<string, unknown>>,
  source: Readonly<Record<string, unknown>>,
): void {
  for (const field of storedFields(model)) {
    const value = given[field.name];
    if (field.isReadOnly && value && value !== source[field.name]) throw new Error(`${field.name} is read-only.`);
  }
}

function refuseProblems(
  schema: SchemaDescription,
  model: ModelDescription,
  given: Readonly<Record<string, unknown>>,
): void {
  const [first] = validateValues(schema, model, given as Values, { complete: false, strictness: "app" });
  if (first !== undefined) throw new Error(first.message);
  if (model.hasCustomKey && model.primaryKey.some((name) => given[name] === "")) {
    throw new Error("An index field cannot contain an empty string value");
  }
}
