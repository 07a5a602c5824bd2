/**
 * What each field of Query, Mutation and Subscription stands for, as data: which are served, under which names, over which
 * keys. The types are made from it, the resolvers are bound by it, and the SDL is printed with it.
 */
import { createHash } from "node:crypto";
import {
  type AuthRule,
  fieldNamed,
  type ModelDescription,
  type SchemaDescription,
  upperFirst,
} from "@tributary/schema";
import { type KeyPath, keyPath } from "./key-path.ts";
import type { TypeNames, Way } from "./type-names.ts";

export type WriteOperation = "create" | "update" | "delete";

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
      /** Whether these arguments must be given. */
      readonly areOwnersRequired: boolean;
    };

/** What an operation answers: a record of its model, or a page of what leads to records. */
export function outputOf({ kind }: RootOperation): "record" | Way {
  switch (kind) {
    case "get":
    case "write":
    case "subscribe":
      return "record";
    case "list":
    case "sync":
      return "list";
    case "index":
      return "key";
  }
}

/** The name of the type that an operation answers. */
export function outputName(operation: RootOperation, names: TypeNames): string {
  const output = outputOf(operation);
  return output === "record" ? operation.model.name : names.connection(operation.model, output);
}

export interface RootField {
  readonly type: "Query" | "Mutation" | "Subscription";
  readonly name: string;
  readonly operation: RootOperation;
}

/** In the order of the models. Without conflict detection nothing is synced. */
export function rootFields(schema: SchemaDescription, conflictDetection: "on" | "off" = "on"): RootField[] {
  return schema.models
    .filter((model) => model.isSyncable)
    .flatMap((model) => [
      ...queries(model, conflictDetection === "on" ? syncQuery(model, schema.dialect) : null),
      ...mutations(model),
      ...subscriptions(model, schema.dialect),
    ]);
}

/** The first dialect syncs also what it does not let anyone query. */
function syncQuery({ operations, pluralName }: ModelDescription, dialect: SchemaDescription["dialect"]): string | null {
  return operations.queries.sync ?? (dialect === "v1" ? `sync${upperFirst(pluralName)}` : null);
}

function* queries(model: ModelDescription, sync: string | null): Generator<RootField> {
  const { get, list } = model.operations.queries;
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

function* subscriptions(model: ModelDescription, dialect: SchemaDescription["dialect"]): Generator<RootField> {
  const { level, onCreate, onUpdate, onDelete } = model.operations.subscriptions;
  const owners = level === "on" ? ownerArguments(model, dialect) : [];
  const areOwnersRequired = dialect === "v1" && mayOnlyOneOwnerListen(model);
  const named = { create: onCreate, update: onUpdate, delete: onDelete };
  for (const operation of ["create", "update", "delete"] as const) {
    const mutation = model.operations.mutations[operation];
    if (level === "off" || mutation === null) continue;
    const implied = impliedSubscription(model, operation);
    for (const given of named[operation]) {
      const name = dialect === "v2" && given === implied.full ? implied.served : given;
      const subscribed = { kind: "subscribe", model, operation, mutation, owners, areOwnersRequired } as const;
      yield { type: "Subscription", name, operation: subscribed };
    }
  }
}

/** The second dialect cuts names of subscriptions that it makes itself to this length, the digits of a digest included. */
const MAX_IMPLIED_NAME = 50;

/** The name of a subscription that the schema does not name, in full and as the second dialect serves it. */
export function impliedSubscription(
  model: ModelDescription,
  operation: WriteOperation,
): { readonly full: string; readonly served: string } {
  const full = `on${upperFirst(operation)}${upperFirst(model.name)}`;
  if (full.length <= MAX_IMPLIED_NAME) return { full, served: full };
  return { full, served: full.slice(0, 45) + createHash("md5").update(full).digest("hex").slice(0, 5) };
}

/** An argument for each owner that may listen; in the second dialect for none that is a list, as a list is no argument's value. */
function ownerArguments(model: ModelDescription, dialect: SchemaDescription["dialect"]): string[] {
  const rules = dialect === "v1" ? model.auth : [model, ...model.fields].flatMap(({ auth }) => auth);
  const owners = rules.filter((rule) => rule.allow === "owner" && mayListen(rule));
  const names = [...new Set(owners.flatMap((rule) => rule.ownerField ?? []))];
  if (dialect === "v2") return names.filter((name) => fieldNamed(model, name)?.isList === false);
  // Where all that are signed in may listen, the first dialect does not ask whose records.
  const isOpen = model.auth.some(
    (rule) => rule.allow === "private" && rule.provider === "userPools" && mayListen(rule),
  );
  return isOpen ? [] : names;
}

/** Whether one rule alone lets anybody listen, and only to what he owns. */
function mayOnlyOneOwnerListen(model: ModelDescription): boolean {
  const listening = model.auth.filter(mayListen);
  const isForAll = (rule: AuthRule): boolean =>
    rule.groups !== undefined || rule.allow === "private" || rule.allow === "public";
  return listening.filter(({ allow }) => allow === "owner").length === 1 && !listening.some(isForAll);
}

function mayListen({ operations }: AuthRule): boolean {
  return operations.includes("read") || operations.includes("listen");
}
