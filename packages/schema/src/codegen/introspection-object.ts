/** The object of `model-introspection.json`: what `schema.js` holds, and the key of each model. */
import type { AssociationBlueprint, Blueprint } from "./blueprint.ts";
import { fieldObjects, type JsonObject, mapped, modelObject } from "./schema-object.ts";

/** The version of the format. */
const INTROSPECTION_VERSION = 1;

export function introspectionObject(blueprint: Blueprint): JsonObject {
  return {
    version: INTROSPECTION_VERSION,
    models: mapped(blueprint.models, (model) => {
      const [primaryKeyFieldName, ...sortKeyFieldNames] = model.key.fields;
      const isCustomPrimaryKey = model.key.kind === "custom";
      return {
        ...modelObject(model, blueprint, associationObject),
        primaryKeyInfo: { isCustomPrimaryKey, primaryKeyFieldName, sortKeyFieldNames },
      };
    }),
    nonModels: mapped(blueprint.embedded, ({ name, fields }) => ({
      name,
      fields: fieldObjects(fields, blueprint, associationObject),
    })),
    enums: mapped(blueprint.enums, ({ name, values }) => ({ name, values })),
  };
}

/** Connections of the first dialect name no fields here. */
function associationObject(association: AssociationBlueprint, dialect: Blueprint["dialect"]): JsonObject {
  const { kind: connectionType, ...names } = association;
  const told = Object.entries(names).map(([name, fields]) => [name, dialect === "v1" ? [] : fields]);
  return { connectionType, ...Object.fromEntries(told) };
}
