/** The inputs of the mutations. */
import { type FieldDescription, type ModelDescription, storedFields } from "@tributary/schema";
import {
  GraphQLID,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLNonNull,
} from "graphql";
import type { ApiShape } from "./api-shape.ts";
import type { FieldTypes } from "./field-types.ts";
import { isOwner, isTimestamp } from "./model-types.ts";
import type { NamedTypes } from "./named-types.ts";
import type { WriteOperation } from "./root-operation.ts";
import type { TypeNames } from "./type-names.ts";

export interface WriteInputs {
  input(model: ModelDescription, operation: WriteOperation): GraphQLInputObjectType;
}

export function createWriteInputs(
  { dialect, conflictDetection }: ApiShape,
  names: TypeNames,
  types: NamedTypes,
  fieldTypes: FieldTypes,
): WriteInputs {
  return {
    input: (model, operation) =>
      types.named(names.input(model, operation), (name) => {
        const fields = (): GraphQLInputFieldConfigMap => ({
          ...Object.fromEntries(
            writableFields(model, operation).map((field) => [field.name, { type: inputType(model, field, operation) }]),
          ),
          ...(operation === "create" ? {} : expectedVersion(model)),
          ...(conflictDetection === "on" ? { _version: { type: GraphQLInt } } : {}),
        });
        return new GraphQLInputObjectType({ name, fields });
      }),
  };

  /** What `@versioned` asks for beside the version that every write may name. */
  function expectedVersion({ versioned }: ModelDescription): GraphQLInputFieldConfigMap {
    return versioned === null ? {} : { [versioned.input]: { type: new GraphQLNonNull(GraphQLInt) } };
  }

  /** What a creation fills in. The second dialect's type says so of the usual timestamps also where the model keeps none. */
  function mayBeLeftOut(model: ModelDescription, field: FieldDescription): boolean {
    if (isTimestamp(model, field)) return true;
    return dialect === "v2" ? isDrawnId(field) || isUsualTimestamp(field) : isDrawnId(field) && isId(field);
  }

  function inputType(model: ModelDescription, field: FieldDescription, operation: WriteOperation): GraphQLInputType {
    if (operation === "create") {
      return fieldTypes.input(field, mayBeLeftOut(model, field) ? "nullable" : "declared");
    }
    if (operation === "delete" && !model.hasCustomKey) return new GraphQLNonNull(GraphQLID);
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

/** The id that is a random one when a creation gives none. */
export function isDrawnId(field: FieldDescription): boolean {
  if (field.name !== "id" || field.isList || field.type.kind !== "scalar") return false;
  return field.type.name === "ID" || field.type.name === "String";
}

function isUsualTimestamp({ name, type, isList }: FieldDescription): boolean {
  if (name !== "createdAt" && name !== "updatedAt") return false;
  return !isList && (type.name === "AWSDateTime" || type.name === "String");
}

function isId({ type }: FieldDescription): boolean {
  return type.name === "ID";
}

function isImpliedOwner(model: ModelDescription, field: FieldDescription): boolean {
  return field.isImplied && isOwner(model, field);
}
