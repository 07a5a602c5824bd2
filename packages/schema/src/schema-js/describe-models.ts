/** The models of a `schema.js`: fields, relations, then what both imply and what keys need. */
import type { FieldDescription, ModelDescription, SchemaDescription } from "../description.ts";
import { facetsOf } from "../facets.ts";
import { holdsTime } from "../timestamp-field.ts";
import { joinsIn } from "./join-models.ts";
import { addImplied, draftModel, type ModelDraft } from "./model-draft.ts";
import type { FileSchema } from "./model-file.ts";
import { addRelations } from "./relations.ts";
import type { PathProblems, ValueReader } from "./value-reader.ts";

export function describeModels(
  file: FileSchema,
  dialect: SchemaDescription["dialect"],
  reader: ValueReader,
): readonly ModelDescription[] {
  const { problems } = reader;
  const drafts = new Map(file.models.map((model) => [model.name, draftModel(model, dialect, reader)]));
  problems.throwIfAny();
  addRelations({ dialect, drafts, joins: dialect === "v2" ? joinsIn(file) : [], problems });
  for (const draft of drafts.values()) {
    addOwners(draft);
    checkKeys(draft, problems);
  }
  problems.throwIfAny();
  return [...drafts.values()].map(describeModel);
}

function describeModel(draft: ModelDraft): ModelDescription {
  const { file, attributes, primaryKey, indexes } = draft;
  const timestamps = keptTimestamps(draft);
  const fields = [...draft.fields.values()];
  const ordered = [...fields.filter(({ isImplied }) => !isImplied), ...fields.filter(({ isImplied }) => isImplied)];
  return {
    name: file.name,
    pluralName: file.pluralName,
    fields: ordered,
    primaryKey,
    hasCustomKey: attributes.primaryKey !== null,
    indexes,
    facets: facetsOf({ fields: ordered, primaryKey, auth: attributes.auth }),
    timestamps,
    auth: attributes.auth,
    operations: attributes.operations,
    versioned: attributes.versioned,
    isSyncable: file.isSyncable,
  };
}

/** Adds the timestamps that old files leave out. A declared field that cannot hold a time is left to the app. */
function keptTimestamps(draft: ModelDraft): ModelDescription["timestamps"] {
  const kept = (name: string | null): string | null => {
    if (name === null) return null;
    const declared = draft.fields.get(name);
    if (declared !== undefined) return holdsTime(declared) ? name : null;
    addImplied(draft, name, { kind: "scalar", name: "AWSDateTime" }, { isRequired: true, isReadOnly: true });
    return name;
  };
  const { createdAt, updatedAt } = draft.attributes.timestamps;
  return { createdAt: kept(createdAt), updatedAt: kept(updatedAt) };
}

function addOwners(draft: ModelDraft): void {
  for (const { ownerField } of draft.attributes.auth) {
    if (ownerField !== undefined && !draft.fields.has(ownerField))
      addImplied(draft, ownerField, { kind: "scalar", name: "String" });
  }
}

function checkKeys(draft: ModelDraft, problems: PathProblems): void {
  const { file, attributes, primaryKey, fields } = draft;
  const keyPath = attributes.primaryKey?.path ?? `${file.path}.fields.id`;
  for (const [path, names, isPrimary] of [
    [keyPath, primaryKey, true] as const,
    ...attributes.indexes.map((index) => [index.path, index.fields, false] as const),
  ]) {
    if (names.length === 0) problems.report(`${path} names no field.`, "Name at least one.");
    for (const name of names) {
      const fault = keyFault(fields.get(name), isPrimary);
      if (fault !== null)
        problems.report(`${path} names "${name}", which ${fault} in ${file.name}.`, "Generate the file again.");
    }
  }
}

function keyFault(field: FieldDescription | undefined, isPrimary: boolean): string | null {
  if (field === undefined) return "is no field";
  const holdsOne = !field.isList && (field.type.kind === "scalar" || field.type.kind === "enum");
  if (!holdsOne || field.type.name === "AWSJSON") return "is no single scalar or enum";
  return isPrimary && !field.isRequired ? "may be null" : null;
}
