/**
 * What each field of Query, Mutation and Subscription stands for, as data: which are served, under which names, over which
 * keys. The types are made from it, the resolvers are bound by it, and the SDL is printed with it.
 */
import { type FieldDescription, fieldNamed, type ModelDescription, type SchemaDescription } from "@tributary/schema";

export type WriteOperation = "create" | "update" | "delete";

/** An order of records that can be asked for by key: one partition field, then the fields that sort within it. */
export interface KeyPath {
  /** The index; null for the primary key. */
  readonly index: string | null;
  readonly partition: FieldDescription;
  readonly sort: readonly FieldDescription[];
  /** The argument that holds the condition on the sort fields; null when there are none. */
  readonly sortArgument: string | null;
}

export type RootOperation =
  | { readonly kind: "get"; readonly model: ModelDescription }
  /** `path` is null where the model has its default key, and no key arguments. */
  | { readonly kind: "list"; readonly model: ModelDescription; readonly path: KeyPath | null }
  | { readonly kind: "index"; readonly model: ModelDescription; readonly path: KeyPath }
  | { readonly kind: "sync"; readonly model: ModelDescription }
  | { readonly kind: "write"; readonly model: ModelDescription; readonly operation: WriteOperation }
  | {
      readonly kind: "subscribe";
      readonly model: ModelDescription;
      readonly operation: WriteOperation;
      /** The mutation it reports. */
      readonly mutation: string;
      /** Fields that have an argument of their own to filter by. */
      readonly owners: readonly string[];
    };

export interface RootField {
  readonly type: "Query" | "Mutation" | "Subscription";
  readonly name: string;
  readonly operation: RootOperation;
}

/** In the order of the models. */
export function rootFields(schema: SchemaDescription): RootField[] {
  return schema.models
    .filter((model) => model.isSyncable)
    .flatMap((model) => [...queries(model), ...mutations(model), ...subscriptions(model)]);
}

function* queries(model: ModelDescription): Generator<RootField> {
  const { get, list, sync } = model.operations.queries;
  if (get !== null) yield { type: "Query", name: get, operation: { kind: "get", model } };
  if (list !== null) {
    const path = model.hasCustomKey ? keyPath(model, null, model.primaryKey) : null;
    yield { type: "Query", name: list, operation: { kind: "list", model, path } };
  }
  for (const index of model.indexes) {
    if (index.queryField === null) continue;
    const path = keyPath(model, index.name, index.fields);
    yield { type: "Query", name: index.queryField, operation: { kind: "index", model, path } };
  }
  if (sync !== null) yield { type: "Query", name: sync, operation: { kind: "sync", model } };
}

function* mutations(model: ModelDescription): Generator<RootField> {
  for (const operation of ["create", "update", "delete"] as const) {
    const name = model.operations.mutations[operation];
    if (name !== null) yield { type: "Mutation", name, operation: { kind: "write", model, operation } };
  }
}

function* subscriptions(model: ModelDescription): Generator<RootField> {
  const { level, onCreate, onUpdate, onDelete } = model.operations.subscriptions;
  const owners = level === "on" ? ownerArguments(model) : [];
  const named = { create: onCreate, update: onUpdate, delete: onDelete };
  for (const operation of ["create", "update", "delete"] as const) {
    const mutation = model.operations.mutations[operation];
    if (level === "off" || mutation === null) continue;
    for (const name of named[operation]) {
      yield { type: "Subscription", name, operation: { kind: "subscribe", model, operation, mutation, owners } };
    }
  }
}

function keyPath(model: ModelDescription, index: string | null, names: readonly string[]): KeyPath {
  const [partition, ...sort] = names.flatMap((name) => fieldNamed(model, name) ?? []);
  if (partition === undefined) throw new RangeError(`${model.name} has a key or index without fields`);
  const sortArgument = sort.length === 0 ? null : camelJoin(sort.map((field) => field.name));
  return { index, partition, sort, sortArgument };
}

/** Owner fields of the rules that let their owners listen; a list of owners cannot be an argument. */
function ownerArguments(model: ModelDescription): string[] {
  const names = model.auth
    .filter((rule) => rule.allow === "owner" && rule.operations.some((name) => name === "read" || name === "listen"))
    .flatMap((rule) => rule.ownerField ?? []);
  return [...new Set(names)].filter((name) => fieldNamed(model, name)?.isList === false);
}

/** `placedAt`, `number` -> `placedAtNumber`. */
function camelJoin([first = "", ...rest]: readonly string[]): string {
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
