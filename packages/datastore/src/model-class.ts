/**
 * Model classes: what an app constructs, copies and gets back from queries.
 *
 * Instances are frozen. A copy remembers the instance it came from, so that a save writes only what the app changed, on the
 * values it saw. An instance that was saved is its own base from then on: saving it again, or a copy made of it before,
 * repeats nothing.
 */
import { type JsonValue, type Values, validateValues } from "@tributary/model";
import { type ModelDescription, type SchemaDescription, storedFields } from "@tributary/schema";

/** An instance of a model: its fields as properties, and nothing else enumerable. */
export type ModelInstance = { readonly [field: string]: JsonValue };

/** Draft of a copy: the same fields, writable. */
export type ModelDraft = { [field: string]: JsonValue };

export interface ModelClass<Instance = ModelInstance, Init = { readonly [field: string]: unknown }> {
  new (init: Init): Instance;
  readonly modelName: string;
  /** A copy with the changes `mutate` makes in place. The key keeps its values. */
  copyOf(source: Instance, mutate: (draft: ModelDraft) => void): Instance;
}

/** What an instance is underneath. */
interface Hidden {
  readonly model: ModelDescription;
  /** What it was copied from; null for one that was constructed or read. */
  readonly source: ModelInstance | null;
  /** Its id was drawn for it: no record of that id can be there before it is saved. */
  readonly hasFreshId: boolean;
  /** Its values are, or were once, those of the stored record. */
  isStored: boolean;
  /** The step that is about to store it, as long as that is not committed. */
  storedBy: object | null;
}

/** What a save of an instance is to write. */
export interface SaveRequest {
  readonly model: ModelDescription;
  /** Every field an app may write. */
  readonly values: Values;
  /** Whether the record cannot be there yet. */
  readonly isNew: boolean;
}

/** Carries what an instance is underneath: in a private field, since a weak map of all instances is dear to collect. */
class Instance {
  readonly #hidden: Hidden;

  constructor(hidden: Hidden) {
    this.#hidden = hidden;
  }

  static hiddenOf(value: unknown): Hidden | undefined {
    return typeof value === "object" && value !== null && #hidden in value ? value.#hidden : undefined;
  }
}

const { hiddenOf } = Instance;
const classesBySchema = new WeakMap<SchemaDescription, Readonly<Record<string, ModelClass>>>();
const modelByClass = new WeakMap<object, ModelDescription>();

/** The model classes of a schema, by name. The same classes each time for one schema. */
export function initSchema(schema: SchemaDescription, newId: () => string): Readonly<Record<string, ModelClass>> {
  const known = classesBySchema.get(schema);
  if (known !== undefined) return known;
  const classes = Object.freeze(
    Object.fromEntries(schema.models.map((model) => [model.name, createModelClass(schema, model, newId)])),
  );
  classesBySchema.set(schema, classes);
  return classes;
}

/** The model a class stands for. Throws a `TypeError` for anything that is no model class. */
export function modelOfClass(modelClass: unknown): ModelDescription {
  const model = typeof modelClass === "function" ? modelByClass.get(modelClass) : undefined;
  if (model === undefined)
    throw new TypeError("Constructor is not for a valid model; pass a class that initSchema returned");
  return model;
}

/** The model of an instance; undefined for anything that is no instance. */
export function modelOfInstance(instance: unknown): ModelDescription | undefined {
  return hiddenOf(instance)?.model;
}

/** Throws a `TypeError` for anything that is no instance. */
export function saveRequestOf(instance: unknown): SaveRequest {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) throw new TypeError("Object is not an instance of a valid model");
  const given = instance as ModelInstance;
  const values: Record<string, JsonValue> = {};
  for (const { name, isReadOnly } of storedFields(hidden.model)) {
    if (!isReadOnly) values[name] = given[name] ?? null;
  }
  return { model: hidden.model, values, isNew: hidden.hasFreshId && !hidden.isStored && hidden.storedBy === null };
}

/** Tells that the instance's values are stored: by a step that is not committed yet, or, without one, for good. */
export function markStored(instance: object, step: object | null): void {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) return;
  if (step === null) hidden.isStored = true;
  hidden.storedBy = step;
}

/**
 * The values the app saw when it made its changes; null when it constructed the record. What `step`, the one that is to save
 * the instance, stored before counts as stored.
 */
export function baseOf(instance: ModelInstance, step: object): Values | null {
  const hidden = hiddenOf(instance);
  if (hidden === undefined) return null;
  if (hidden.isStored || hidden.storedBy === step) return instance;
  return hidden.source === null ? null : baseOf(hidden.source, step);
}

/** An instance out of a stored row. */
export function instanceOf(schema: SchemaDescription, model: ModelDescription, values: Values): ModelInstance {
  const modelClass: unknown = classesBySchema.get(schema)?.[model.name];
  const hidden: Hidden = { model, source: null, hasFreshId: false, isStored: true, storedBy: null };
  return derived(modelClass, hidden, values);
}

/** An instance made without its class's constructor, which is for apps. */
function derived(modelClass: unknown, hidden: Hidden, values: Values): ModelInstance {
  const newTarget = typeof modelClass === "function" ? modelClass : Instance;
  return Object.freeze(
    Object.assign(Reflect.construct(Instance, [hidden], newTarget) as Record<string, JsonValue>, values),
  );
}

function createModelClass(schema: SchemaDescription, model: ModelDescription, newId: () => string): ModelClass {
  const fieldNames = storedFields(model).map((field) => field.name);
  const isManagedId = !model.hasCustomKey || model.primaryKey[0] === "id";
  const Model = class extends Instance {
    static readonly modelName = model.name;

    constructor(init: { readonly [field: string]: unknown }) {
      if (init === undefined || init === null)
        throw new TypeError(`new ${model.name}() needs an object with its fields`);
      const given: Record<string, JsonValue> = {};
      for (const [name, value] of Object.entries(init)) given[name] = (value ?? null) as JsonValue;
      const hasFreshId = isManagedId && (!model.hasCustomKey || given.id === undefined);
      if (hasFreshId) given.id = newId();
      for (const field of storedFields(model)) {
        if (given[field.name] === undefined && field.defaultValue !== undefined) {
          given[field.name] = field.defaultValue as JsonValue;
        }
      }
      refuseProblems(validateValues(schema, model, given, { complete: false, strictness: "app" }));
      super({ model, source: null, hasFreshId, isStored: false, storedBy: null });
      const self = this as unknown as Record<string, JsonValue>;
      for (const name of fieldNames) self[name] = given[name] ?? null;
      Object.freeze(this);
    }

    static copyOf(source: ModelInstance, mutate: (draft: ModelDraft) => void): ModelInstance {
      if (modelOfInstance(source) !== model) throw new TypeError(`The source object is not a valid ${model.name}`);
      const draft: ModelDraft = structuredCopy(source);
      mutate(draft);
      for (const name of model.primaryKey) draft[name] = source[name] ?? null;
      for (const name of Object.keys(draft)) draft[name] ??= null;
      refuseReadOnly(model, source, draft);
      refuseProblems(validateValues(schema, model, draft, { complete: false, strictness: "app" }));
      return derived(Model, { model, source, hasFreshId: false, isStored: false, storedBy: null }, draft);
    }
  };
  Object.defineProperty(Model, "name", { value: model.name });
  modelByClass.set(Model, model);
  return Model as unknown as ModelClass;
}

function refuseProblems(problems: readonly { readonly message: string }[]): void {
  const [first] = problems;
  if (first !== undefined) throw new Error(first.message);
}

function refuseReadOnly(model: ModelDescription, source: ModelInstance, draft: ModelDraft): void {
  for (const field of storedFields(model)) {
    const value = draft[field.name] ?? null;
    if (field.isReadOnly && value && value !== source[field.name]) throw new Error(`${field.name} is read-only.`);
  }
}

function structuredCopy(source: ModelInstance): ModelDraft {
  return JSON.parse(JSON.stringify(source)) as ModelDraft;
}
