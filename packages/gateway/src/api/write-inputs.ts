/** The inputs of the mutations. */
import { type FieldDescription, type ModelDescription, storedFields } from "@tributary/schema";
import {
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLNonNull,
} from "graphql";
import type { FieldTypes } from "./field-types.ts";
import { isTimestamp } from "./model-types.ts";
import type { NamedTypes } from "./named-types.ts";
import type { WriteOperation } from "./root-operation.ts";

export interface WriteInputs {
  input(model: ModelDescription, operation: WriteOperation): GraphQLInputObjectType;
}

const prefixes: Readonly<Record<WriteOperation, string>> = { create: "Create", update: "Update", delete: "Delete" };

export function createWriteInputs(types: NamedTypes, fieldTypes: FieldTypes): WriteInputs {
  return {
    input: (model, operation) =>
      types.named(`${prefixes[operation]}${model.name}Input`, (name) => {
        const fields = (): GraphQLInputFieldConfigMap => ({
          ...Object.fromEntries(
            writableFields(model, operation).map((field) => [field.name, { type: inputType(model, field, operation) }]),
          ),
          _version: { type: GraphQLInt },
        });
        return new GraphQLInputObjectType({ name, fields });
      }),
  };

  function inputType(model: ModelDescription, field: FieldDescription, operation: WriteOperation): GraphQLInputType {
    if (operation === "create") {
      return fieldTypes.input(field, isFilledIn(model, field) ? "nullable" : "declared");
    }
    const type = fieldTypes.input(field, "nullable");
    return model.primaryKey.includes(field.name) ? new GraphQLNonNull(type) : type;
  }
}

/** Fields a caller may write: all that are stored, but for timestamps and owners that the schema does not declare. */
export function writableFields(model: ModelDescription, operation: WriteOperation): readonly FieldDescription[] {
  return storedFields(model).filter((field) => {
    if (operation === "delete") return model.primaryKey.includes(field.name);
    return !field.isReadOnly && !isImpliedOwner(model, field);
  });
}

/** Whether a creation may leave a field out although it is required: the id, which is drawn, and declared timestamps. */
export function isFilledIn(model: ModelDescription, field: FieldDescription): boolean {
  return isTimestamp(model, field) || isDrawnId(field);
}

/** The id that is a random one when a creation gives none. */
export function isDrawnId(field: FieldDescription): boolean {
  if (field.name !== "id" || field.isList || field.type.kind !== "scalar") return false;
  return field.type.name === "ID" || field.type.name === "String";
}

function isImpliedOwner(model: ModelDescription, field: FieldDescription): boolean {
  if (!field.isImplied) return false;
  return [model, ...model.fields].some(({ auth }) => auth.some((rule) => rule.ownerField === field.name));
}
