/** The object that `schema.js` exports, and that apps hand to `initSchema`. */

import { isScalarName } from "../scalar-names.ts";
import { pluralOf } from "../sdl/naming.ts";
import type { AssociationBlueprint, Blueprint, FieldBlueprint, ModelBlueprint } from "./blueprint.ts";
import { versionDigest } from "./version-digest.ts";

/** The version of the format; Amplify's `initSchema` takes 3.2 and later ones of 3. */
const CODEGEN_VERSION = "3.4.4";

/** A value that JSON can hold, or an object entry that it leaves out. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function schemaObject(blueprint: Blueprint): JsonObject {
  return {
    models: mapped(blueprint.models, (model) => modelObject(model, blueprint, associationObject)),
    enums: mapped(blueprint.enums, ({ name, values }) => ({ name, values })),
    nonModels: mapped(blueprint.embedded, ({ name, fields }) => ({
      name,
      fields: fieldObjects(fields, blueprint, associationObject),
    })),
    codegenVersion: CODEGEN_VERSION,
    version: versionDigest(blueprint),
  };
}

/** How an association is written; `schema.js` and introspection do it differently. */
export type AssociationWriter = (association: AssociationBlueprint, dialect: Blueprint["dialect"]) => JsonObject;

export function modelObject(
  model: ModelBlueprint,
  blueprint: Blueprint,
  writeAssociation: AssociationWriter,
): JsonObject {
  return {
    name: model.name,
    fields: fieldObjects(model.fields, blueprint, writeAssociation),
    syncable: true,
    pluralName: pluralOf(model.name),
    attributes: model.directives.map((directive) => ({ type: directive.name, properties: directive.arguments })),
  };
}

export function fieldObjects(
  fields: readonly FieldBlueprint[],
  blueprint: Blueprint,
  writeAssociation: AssociationWriter,
): JsonObject {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      {
        name: field.name,
        isArray: field.isList,
        type: typeObject(field.typeName, blueprint),
        isRequired: !field.isNullable,
        attributes: [],
        ...(field.isListNullable !== undefined && { isArrayNullable: field.isListNullable }),
        ...(field.isReadOnly && { isReadOnly: true }),
        ...(field.association !== null && { association: writeAssociation(field.association, blueprint.dialect) }),
      },
    ]),
  );
}

export function mapped<T>(items: ReadonlyMap<string, T>, write: (item: T) => JsonObject): JsonObject {
  return Object.fromEntries([...items].map(([name, item]) => [name, write(item)]));
}

function typeObject(name: string, { models, enums }: Blueprint): string | JsonObject {
  if (isScalarName(name)) return name;
  if (enums.has(name)) return { enum: name };
  return models.has(name) ? { model: name } : { nonModel: name };
}

/** The first dialect tells single names, the second lists. */
function associationObject(association: AssociationBlueprint, dialect: Blueprint["dialect"]): JsonObject {
  const { kind: connectionType } = association;
  const told = (names: readonly string[]): unknown => (dialect === "v1" ? names[0] : names);
  const targets = dialect === "v1" ? "targetName" : "targetNames";
  if (association.kind === "HAS_MANY") return { connectionType, associatedWith: told(association.associatedWith) };
  if (association.kind === "BELONGS_TO") return { connectionType, [targets]: told(association.targetNames) };
  return {
    connectionType,
    associatedWith: told(association.associatedWith),
    [targets]: told(association.targetNames),
  };
}
