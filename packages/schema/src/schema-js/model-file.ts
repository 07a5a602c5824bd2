/**
 * What a `schema.js` says, checked for its shape: models and embedded types with their fields, associations and attributes. What it
 * means is not told here.
 */
import type { FieldType } from "../description.ts";
import { isScalarName, scalarNames } from "../scalar-names.ts";
import { didYouMean } from "../suggestion.ts";
import { isObject, type Located, type ValueReader } from "./value-reader.ts";

/** How a relation is told; names are those of fields, in single-name and in list form alike. */
export type FileAssociation =
  | { readonly kind: "HAS_MANY"; readonly associatedWith: readonly string[] }
  | { readonly kind: "HAS_ONE" | "BELONGS_TO"; readonly targetNames: readonly string[] };

export interface FileField {
  readonly name: string;
  readonly path: string;
  readonly type: FieldType;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isElementRequired: boolean;
  readonly isReadOnly: boolean;
  readonly association: FileAssociation | null;
}

/** `@model`, `@key`, `@auth` and others, with their arguments. */
export interface FileAttribute {
  readonly type: string;
  readonly properties: Located;
}

export interface FileModel {
  readonly name: string;
  readonly path: string;
  readonly pluralName: string;
  readonly isSyncable: boolean;
  readonly fields: readonly FileField[];
  readonly attributes: readonly FileAttribute[];
}

export interface FileSchema {
  readonly models: readonly FileModel[];
  readonly embedded: readonly { readonly name: string; readonly fields: readonly FileField[] }[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Whether relations are told in the single-name form: by the first dialect, and by early files of the second. */
  readonly hasSingleNames: boolean;
}

export function readFile(whole: Located, reader: ValueReader): FileSchema {
  const { problems } = reader;
  checkCodegenVersion(reader.part(whole, "codegenVersion"), reader);
  const part = (name: string): Located => reader.part(whole, name);
  const names = {
    models: keysOf(part("models")),
    embedded: keysOf(part("nonModels")),
    enums: keysOf(part("enums")),
  };
  let hasSingleNames = false;
  const onSingleName = (): void => {
    hasSingleNames = true;
  };
  const fieldsOf = (owner: Located, isModel: boolean): readonly FileField[] =>
    reader.parts(reader.part(owner, "fields")).map(([name, at]) => {
      checkName(name, at, isModel, reader);
      return readField(name, at, names, onSingleName, reader);
    });
  const models = reader.parts(part("models")).map(([name, at]) => {
    checkTypeName(name, at, reader);
    return {
      name,
      path: at.path,
      pluralName: reader.text(reader.part(at, "pluralName")),
      isSyncable: reader.flag(reader.part(at, "syncable"), true),
      fields: fieldsOf(at, true),
      attributes: reader.part(at, "attributes").value === undefined ? [] : readAttributes(at, reader),
    };
  });
  if (isObject(part("models").value) && names.models.length === 0)
    problems.report("models is empty.", "Generate the file from a schema that has types with @model.");
  const embedded = partsOf(part("nonModels"), reader).map(([name, at]) => {
    checkTypeName(name, at, reader);
    return { name, fields: fieldsOf(at, false) };
  });
  const enums = partsOf(part("enums"), reader).map(([name, at]) => {
    checkTypeName(name, at, reader);
    return { name, values: reader.entries(reader.part(at, "values")).map((value) => reader.text(value)) };
  });
  return { models, embedded, enums, hasSingleNames };
}

interface TypeNames {
  readonly models: readonly string[];
  readonly embedded: readonly string[];
  readonly enums: readonly string[];
}

/** Files without embedded types or enums may leave them out. */
function partsOf(at: Located, reader: ValueReader): ReturnType<ValueReader["parts"]> {
  return at.value === undefined ? [] : reader.parts(at);
}

function keysOf({ value }: Located): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

/** The same versions that Amplify's `initSchema` takes. */
function checkCodegenVersion(at: Located, { problems }: ValueReader): void {
  const parts = typeof at.value === "string" ? /^(\d+)\.(\d+)/.exec(at.value) : null;
  const [, major, minor] = parts ?? [];
  if (major === "3" && Number(minor) >= 2) return;
  const what = at.value === undefined ? "is missing" : `is ${JSON.stringify(at.value)}`;
  problems.report(
    `${at.path} ${what}, but only files of version 3.2 and later ones of 3 can be read.`,
    "Generate the model files again.",
  );
}

function checkTypeName(name: string, at: Located, reader: ValueReader): void {
  checkName(name, at, false, reader);
  const told = reader.text(reader.part(at, "name"));
  if (told !== "" && told !== name)
    reader.problems.report(`${at.path}.name is "${told}".`, `Give the name under which it stands: "${name}".`);
}

function checkName(name: string, { path }: Located, isModelField: boolean, { problems }: ValueReader): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    problems.report(`${path} has the name "${name}", which is no GraphQL name.`, "Use letters, digits and _ only.");
  else if (name.startsWith(isModelField ? "_" : "__"))
    problems.report(`${path} begins with "_", which is reserved for metadata.`, "Choose another name.");
}

function readField(
  name: string,
  at: Located,
  names: TypeNames,
  onSingleName: () => void,
  reader: ValueReader,
): FileField {
  const isList = reader.flag(reader.part(at, "isArray"), false);
  const isValueRequired = reader.flag(reader.part(at, "isRequired"), false);
  const isListNullable = reader.flag(reader.part(at, "isArrayNullable"), false);
  const association = reader.part(at, "association");
  return {
    name,
    path: at.path,
    type: readType(reader.part(at, "type"), names, reader),
    isList,
    isRequired: isList ? !isListNullable : isValueRequired,
    isElementRequired: isList && isValueRequired,
    isReadOnly: reader.flag(reader.part(at, "isReadOnly"), false),
    association: association.value == null ? null : readAssociation(association, onSingleName, reader),
  };
}

function readType(at: Located, names: TypeNames, reader: ValueReader): FieldType {
  const nothing: FieldType = { kind: "scalar", name: "String" };
  if (typeof at.value === "string") {
    if (isScalarName(at.value)) return { kind: "scalar", name: at.value };
    const hint = didYouMean(at.value, scalarNames, `Use one of ${scalarNames.join(", ")}.`);
    reader.problems.report(`${at.path} is "${at.value}", which is no scalar.`, hint);
    return nothing;
  }
  for (const [key, kind, known] of [
    ["model", "model", names.models],
    ["nonModel", "embedded", names.embedded],
    ["enum", "enum", names.enums],
  ] as const) {
    const part = reader.part(at, key);
    if (part.value === undefined) continue;
    const name = reader.text(part);
    if (name === "" || known.includes(name)) return { kind, name };
    reader.problems.report(
      `${part.path} is "${name}", which the file does not hold.`,
      didYouMean(name, known, "Generate the model files again."),
    );
    return nothing;
  }
  const expected = "the name of a scalar, or an object with model, nonModel or enum";
  const what = at.value === undefined ? "is missing" : "is neither a scalar nor names a type";
  reader.problems.report(`${at.path} ${what}.`, `Give ${expected}.`);
  return nothing;
}

function readAssociation(at: Located, onSingleName: () => void, reader: ValueReader): FileAssociation | null {
  const kind = reader.oneOf(reader.part(at, "connectionType"), ["HAS_MANY", "HAS_ONE", "BELONGS_TO"]);
  const names = (...keys: readonly string[]): readonly string[] => {
    const given = keys.map((key) => reader.part(at, key)).find(({ value }) => value !== undefined);
    if (typeof given?.value === "string") onSingleName();
    return given === undefined ? [] : reader.entries(given, true).map((entry) => reader.text(entry));
  };
  if (kind === undefined) {
    if (reader.part(at, "connectionType").value == null)
      reader.problems.report(`${at.path}.connectionType is missing.`, "Give HAS_MANY, HAS_ONE or BELONGS_TO.");
    return null;
  }
  if (kind !== "HAS_MANY") return { kind, targetNames: names("targetNames", "targetName") };
  const associatedWith = names("associatedWith");
  if (associatedWith.length === 0)
    reader.problems.report(`${at.path}.associatedWith names no field.`, "Name the fields of the other model.");
  return { kind, associatedWith };
}

function readAttributes(model: Located, reader: ValueReader): readonly FileAttribute[] {
  return reader.entries(reader.part(model, "attributes")).map((at) => ({
    type: reader.text(reader.part(at, "type")),
    properties: reader.part(at, "properties"),
  }));
}
