/** What the attributes of a model in `schema.js` mean: options, keys and rules. Attributes of other services mean nothing here. */
import { ruleProviders } from "../auth-provider.ts";
import {
  authOperations,
  completeRule,
  defaultIdentityClaim,
  type GivenRule,
  joinedRules,
  ruleAllows,
} from "../auth-rule.ts";
import { indexQueryOf, operationNames } from "../derived-names.ts";
import type {
  AuthRule,
  IndexDescription,
  ModelDescription,
  OperationNames,
  SchemaDescription,
} from "../description.ts";
import { operationsWith } from "../model-options.ts";
import type { FileModel } from "./model-file.ts";
import type { Located, ValueReader } from "./value-reader.ts";

type Dialect = SchemaDescription["dialect"];

/** A key of a model and where it is told. */
export interface KeyAttribute {
  readonly fields: readonly string[];
  readonly path: string;
}

export interface ModelAttributes {
  /** Null when the file names none. */
  readonly primaryKey: KeyAttribute | null;
  readonly indexes: readonly (IndexDescription & { readonly path: string })[];
  readonly operations: OperationNames;
  /** The names asked for; whether the model keeps such times is told by its fields. */
  readonly timestamps: ModelDescription["timestamps"];
  readonly auth: readonly AuthRule[];
  readonly versioned: ModelDescription["versioned"];
}

export function readModelAttributes(model: FileModel, dialect: Dialect, reader: ValueReader): ModelAttributes {
  const ofType = (type: string): readonly Located[] =>
    model.attributes.filter((attribute) => attribute.type === type).map(({ properties }) => properties);
  const [options] = ofType("model");
  const keys = ofType("key");
  const named = keys.filter((key) => reader.part(key, "name").value != null);
  const [unnamed, second] = keys.filter((key) => !named.includes(key));
  if (second !== undefined)
    reader.problems.report(`${second.path} is a second primary key of ${model.name}.`, "Give it a name, or remove it.");
  const [versioned] = ofType("versioned");
  return {
    primaryKey: unnamed === undefined ? null : readKey(unnamed, reader),
    indexes: named.map((key) => readIndex(key, model, dialect, reader)),
    operations: readOperations(options, operationNames(model.name, model.pluralName, dialect), reader),
    timestamps: readTimestamps(options, reader),
    auth: joinedRules(ofType("auth").flatMap((properties) => readRules(properties, dialect, reader))),
    versioned: versioned === undefined ? null : readVersioned(versioned, reader),
  };
}

function readKey(key: Located, reader: ValueReader): KeyAttribute {
  const { path } = reader.part(key, "fields");
  return { path, fields: reader.entries(reader.part(key, "fields"), true).map((entry) => reader.text(entry)) };
}

function readIndex(
  key: Located,
  model: FileModel,
  dialect: Dialect,
  reader: ValueReader,
): IndexDescription & { readonly path: string } {
  const { fields, path } = readKey(key, reader);
  const queryField = reader.part(key, "queryField");
  const usual = dialect === "v1" ? null : indexQueryOf(model.pluralName, fields);
  return {
    name: reader.text(reader.part(key, "name")),
    fields,
    path,
    queryField: queryField.value === undefined ? usual : queryField.value === null ? null : reader.text(queryField),
  };
}

function readOperations(options: Located | undefined, defaults: OperationNames, reader: ValueReader): OperationNames {
  if (options === undefined) return defaults;
  const group = (name: string): Located => reader.part(options, name);
  const read = <T>(at: Located, keys: readonly string[], value: (part: Located) => T) => {
    if (at.value == null) return at.value === null ? null : undefined;
    return Object.fromEntries(
      reader
        .parts(at)
        .filter(([key]) => keys.includes(key))
        .map(([key, part]) => [key, part.value === null ? null : value(part)]),
    );
  };
  const texts = (at: Located): readonly string[] => reader.entries(at, true).map((entry) => reader.text(entry));
  const { queries, mutations, subscriptions } = {
    queries: read(group("queries"), ["get", "list"], reader.text),
    mutations: read(group("mutations"), ["create", "update", "delete"], reader.text),
    subscriptions: read(group("subscriptions"), ["onCreate", "onUpdate", "onDelete"], texts),
  };
  const level = reader.oneOf(reader.part(group("subscriptions"), "level"), ["off", "public", "on"]);
  return operationsWith(
    {
      ...(queries !== undefined && { queries }),
      ...(mutations !== undefined && { mutations }),
      ...(subscriptions !== undefined && {
        subscriptions: subscriptions === null ? null : { ...subscriptions, ...(level !== undefined && { level }) },
      }),
    },
    defaults,
  );
}

function readTimestamps(options: Located | undefined, reader: ValueReader): ModelDescription["timestamps"] {
  const given = options === undefined ? undefined : reader.part(options, "timestamps");
  if (given?.value === null) return { createdAt: null, updatedAt: null };
  const named = (usual: "createdAt" | "updatedAt"): string | null => {
    const at = given?.value === undefined ? undefined : reader.part(given, usual);
    if (at?.value === null) return null;
    return at?.value === undefined ? usual : reader.text(at);
  };
  return { createdAt: named("createdAt"), updatedAt: named("updatedAt") };
}

function readVersioned(properties: Located, reader: ValueReader): { readonly field: string; readonly input: string } {
  const named = (key: string, usual: string): string => {
    const at = reader.part(properties, key);
    return at.value === undefined ? usual : reader.text(at);
  };
  return { field: named("versionField", "version"), input: named("versionInput", "expectedVersion") };
}

function readRules(properties: Located, dialect: Dialect, reader: ValueReader): readonly AuthRule[] {
  return reader.entries(reader.part(properties, "rules")).flatMap((at) => readRule(at, dialect, reader) ?? []);
}

function readRule(at: Located, dialect: Dialect, reader: ValueReader): AuthRule | null {
  const { part, oneOf, text, entries } = reader;
  const allow = oneOf(part(at, "allow"), ruleAllows);
  if (allow === undefined) {
    if (part(at, "allow").value == null)
      reader.problems.report(`${at.path}.allow is missing.`, "Give public, private, owner, groups or custom.");
    return null;
  }
  const provider = oneOf(part(at, "provider"), ruleProviders);
  const optional = <T>(key: string, read: (part: Located) => T): Readonly<Record<string, T>> =>
    part(at, key).value == null ? {} : { [key]: read(part(at, key)) };
  const listOf = (key: string): readonly string[] => entries(part(at, key), true).map((entry) => text(entry));
  const read = <T extends string>(key: string, known: readonly T[]): readonly T[] | null | undefined => {
    const given = part(at, key);
    if (given.value == null) return given.value === null ? null : undefined;
    return entries(given, true).flatMap((entry) => oneOf(entry, known) ?? []);
  };
  const queries = read("queries", ["get", "list"]);
  const mutations = read("mutations", ["create", "update", "delete"]);
  // Beside older words the file holds operations that the generator made up from half of them.
  const operations = queries === undefined && mutations === undefined ? read("operations", authOperations) : undefined;
  const claim = part(at, "identityClaim").value == null ? undefined : text(part(at, "identityClaim"));
  const given: GivenRule = {
    allow,
    ...(provider !== undefined && { provider }),
    ...(operations != null && { operations }),
    ...(queries !== undefined && { queries }),
    ...(mutations !== undefined && { mutations }),
    ...(claim !== undefined && { identityClaim: claim === "cognito:username" ? defaultIdentityClaim[dialect] : claim }),
    ...(allow === "groups" && part(at, "groups").value != null && { groups: listOf("groups") }),
    ...optional("ownerField", text),
    ...optional("groupsField", text),
    ...optional("groupClaim", text),
  };
  if (allow === "groups" && given.groups === undefined && given.groupsField === undefined) {
    reader.problems.report(`${at.path} names no groups.`, "Give groups or groupsField.");
    return null;
  }
  return completeRule(given, dialect);
}
