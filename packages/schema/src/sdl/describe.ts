/**
 * From a finished draft to the description that everything else reads. Only called when no problem was found.
 */
import type { FieldDescription, ModelDescription } from "../description.ts";
import { facetsOf } from "../facets.ts";
import type { UnhashedSchema } from "../freeze-schema.ts";
import type { FieldDraft, ModelDraft, SchemaDraft } from "./draft.ts";

/** The description of a draft that is complete. */
export function describe(draft: SchemaDraft): UnhashedSchema {
  return {
    dialect: draft.dialect,
    models: [...draft.models.values()].map(describeModel),
    enums: [...draft.enums.values()].map(({ name, values }) => ({ name, values })),
    embedded: [...draft.embedded.values()].map(({ name, fields }) => ({ name, fields: fields.map(describeField) })),
  };
}

function describeModel(model: ModelDraft): ModelDescription {
  const fields = model.fields.map(describeField);
  const primaryKey = model.primaryKey?.fields ?? [];
  return {
    name: model.name,
    pluralName: model.pluralName,
    fields,
    primaryKey,
    hasCustomKey: model.hasCustomKey,
    indexes: model.indexes.map(({ name, fields, queryField }) => ({ name, fields, queryField })),
    facets: facetsOf({ fields, primaryKey, auth: model.auth }),
    timestamps: model.timestamps,
    auth: model.auth,
    operations: model.operations,
    versioned: model.versioned,
    isSyncable: true,
  };
}

function describeField(field: FieldDraft): FieldDescription {
  if (field.type === null) throw new Error(`Field "${field.name}" has no type although nothing was reported.`);
  return {
    name: field.name,
    type: field.type,
    isList: field.isList,
    isRequired: field.isRequired,
    isElementRequired: field.isElementRequired,
    isReadOnly: field.isReadOnly,
    isImplied: field.isImplied,
    crdt: field.crdt,
    relation: field.relation,
    ...(field.defaultValue === undefined ? {} : { defaultValue: field.defaultValue }),
    auth: field.auth,
  };
}
