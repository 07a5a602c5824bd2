/**
 * A model while its `schema.js` is being read: what the file holds, and the fields and indexes gathered so far.
 */
import { isRelationIndex } from "../derived-names.ts";
import type { FieldDescription, FieldType, IndexDescription, SchemaDescription } from "../description.ts";
import { type ModelAttributes, readModelAttributes } from "./model-attributes.ts";
import type { FileField, FileModel } from "./model-file.ts";
import type { ValueReader } from "./value-reader.ts";

export interface ModelDraft {
  readonly file: FileModel;
  readonly attributes: ModelAttributes;
  readonly primaryKey: readonly string[];
  /** By name, in the order of the file; what is implied behind them. */
  readonly fields: Map<string, FieldDescription>;
  readonly indexes: IndexDescription[];
}

export function draftModel(file: FileModel, dialect: SchemaDescription["dialect"], reader: ValueReader): ModelDraft {
  const attributes = readModelAttributes(file, dialect, reader);
  const primaryKey = attributes.primaryKey?.fields ?? ["id"];
  const kept = file.fields.filter(
    (field) => !isSwitchedOff(field, attributes) && !(dialect === "v1" && isLeftOverId(field, primaryKey)),
  );
  const draft: ModelDraft = {
    file,
    attributes,
    primaryKey,
    fields: new Map(kept.map((field) => [field.name, describedField(field)])),
    // Indexes that a relation brought along are laid again with it.
    indexes: attributes.indexes
      .filter(({ name }) => !isRelationIndex(name))
      .map(({ name, fields, queryField }) => ({ name, fields, queryField })),
  };
  if (attributes.primaryKey === null && !draft.fields.has("id"))
    addImplied(draft, "id", { kind: "scalar", name: "ID" }, { isRequired: true });
  return draft;
}

/** Adds a field that the file does not hold. */
export function addImplied(
  draft: ModelDraft,
  name: string,
  type: FieldType,
  { isRequired = false, isReadOnly = false }: { readonly isRequired?: boolean; readonly isReadOnly?: boolean } = {},
): void {
  draft.fields.set(name, {
    name,
    type,
    isList: false,
    isRequired,
    isElementRequired: false,
    isReadOnly,
    isImplied: true,
    crdt: "REGISTER",
    relation: null,
    auth: [],
  });
}

/** Files hold a timestamp under its usual name although `@model` switches it off. */
function isSwitchedOff({ name, isReadOnly }: FileField, { timestamps }: ModelAttributes): boolean {
  return isReadOnly && name !== timestamps.createdAt && name !== timestamps.updatedAt;
}

/** Files of the first dialect hold an id for every model, whatever its key is. */
function isLeftOverId({ name, type, isList, isRequired }: FileField, primaryKey: readonly string[]): boolean {
  return name === "id" && !primaryKey.includes("id") && type.name === "ID" && isRequired && !isList;
}

function describedField(field: FileField): FieldDescription {
  const { name, type, isList, isRequired, isElementRequired, isReadOnly } = field;
  const holdsValues = type.kind === "scalar" || type.kind === "enum";
  return {
    name,
    type,
    isList,
    // The file calls timestamps optional, as only the relay gives them.
    isRequired: isRequired || isReadOnly,
    isElementRequired,
    isReadOnly,
    isImplied: isReadOnly,
    crdt: isList && holdsValues ? "LIST" : "REGISTER",
    relation: null,
    auth: [],
  };
}
