/** The filters over a whole model: of queries, of conditions on writes, and of subscriptions. */
import { type FieldDescription, type ModelDescription, type SchemaDescription, storedFields } from "@tributary/schema";
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType, GraphQLList } from "graphql";
import type { ComparisonInputs } from "./comparison-inputs.ts";
import type { NamedTypes } from "./named-types.ts";

export interface FilterInputs {
  filter(model: ModelDescription): GraphQLInputObjectType;
  condition(model: ModelDescription): GraphQLInputObjectType;
  /** Null where the dialect has no such filter. */
  subscription(model: ModelDescription): GraphQLInputObjectType | null;
}

export function createFilterInputs(
  schema: SchemaDescription,
  types: NamedTypes,
  comparisons: ComparisonInputs,
): FilterInputs {
  const isFirstDialect = schema.dialect === "v1";
  return { filter, condition, subscription };

  function filter(model: ModelDescription): GraphQLInputObjectType {
    return types.named(`Model${model.name}FilterInput`, (name) => {
      const fields = (): GraphQLInputFieldConfigMap => ({
        ...(hasField(model, "id") ? {} : { id: { type: comparisons.ofFamily("ID") } }),
        ...compared(filterable(model)),
        ...combined(self, ["and", "or", "not"]),
        ...deleted(),
      });
      const self: GraphQLInputObjectType = new GraphQLInputObjectType({ name, fields });
      return self;
    });
  }

  function condition(model: ModelDescription): GraphQLInputObjectType {
    return types.named(`Model${model.name}ConditionInput`, (name) => {
      const fields = (): GraphQLInputFieldConfigMap => ({
        ...compared(filterable(model).filter((field) => !model.primaryKey.includes(field.name))),
        ...combined(self, ["and", "or", "not"]),
        ...deleted(),
      });
      const self: GraphQLInputObjectType = new GraphQLInputObjectType({ name, fields });
      return self;
    });
  }

  function subscription(model: ModelDescription): GraphQLInputObjectType | null {
    if (isFirstDialect) return null;
    return types.named(`ModelSubscription${model.name}FilterInput`, (name) => {
      const fields = (): GraphQLInputFieldConfigMap => {
        const listened = filterable(model).filter((field) => !isGroupsField(model, field));
        const compare = (field: FieldDescription) =>
          isOwner(model, field) ? comparisons.ofFamily("String") : comparisons.ofEvent(field);
        return {
          ...Object.fromEntries(listened.map((field) => [field.name, { type: compare(field) }])),
          ...combined(self, ["and", "or"]),
          ...deleted(),
        };
      };
      const self: GraphQLInputObjectType = new GraphQLInputObjectType({ name, fields });
      return self;
    });
  }

  /** Scalars and enums; in the first dialect those that the schema declares. */
  function filterable(model: ModelDescription): FieldDescription[] {
    return storedFields(model).filter((field) => {
      if (field.type.kind === "embedded") return false;
      return !isFirstDialect || !field.isImplied || model.primaryKey.includes(field.name);
    });
  }

  function compared(fields: readonly FieldDescription[]): GraphQLInputFieldConfigMap {
    return Object.fromEntries(fields.map((field) => [field.name, { type: comparisons.ofField(field) }]));
  }

  function deleted(): GraphQLInputFieldConfigMap {
    return isFirstDialect ? {} : { _deleted: { type: comparisons.ofFamily("Boolean") } };
  }
}

function combined(type: GraphQLInputObjectType, names: readonly ("and" | "or" | "not")[]): GraphQLInputFieldConfigMap {
  return Object.fromEntries(names.map((name) => [name, { type: name === "not" ? type : new GraphQLList(type) }]));
}

function hasField(model: ModelDescription, name: string): boolean {
  return storedFields(model).some((field) => field.name === name);
}

function isOwner(model: ModelDescription, field: FieldDescription): boolean {
  return model.auth.some((rule) => rule.ownerField === field.name);
}

function isGroupsField(model: ModelDescription, field: FieldDescription): boolean {
  return model.auth.some((rule) => rule.groupsField === field.name);
}
