/** The filters over a whole model: of queries, of conditions on writes, and of subscriptions. */
import {
  type AuthRule,
  type FieldDescription,
  fieldNamed,
  type ModelDescription,
  relationFields,
  type SchemaDescription,
  storedFields,
} from "@tributary/schema";
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType, GraphQLList } from "graphql";
import type { ApiShape } from "./api-shape.ts";
import { type ComparisonFamily, familyOfKey } from "./comparison-family.ts";
import type { ComparisonInputs } from "./comparison-inputs.ts";
import { isOwner } from "./model-types.ts";
import type { NamedTypes } from "./named-types.ts";
import { relationOperation } from "./relation-operation.ts";
import type { TypeNames, Way } from "./type-names.ts";

export interface FilterInputs {
  filter(model: ModelDescription, way: Way): GraphQLInputObjectType;
  condition(model: ModelDescription): GraphQLInputObjectType;
  /** Null where the dialect has no such filter. */
  subscription(model: ModelDescription): GraphQLInputObjectType | null;
}

export function createFilterInputs(
  schema: SchemaDescription,
  { dialect, conflictDetection, withSpareNames }: ApiShape,
  typeNames: TypeNames,
  types: NamedTypes,
  comparisons: ComparisonInputs,
): FilterInputs {
  const isFirstDialect = dialect === "v1";
  // Amplify's DataStore sends `not`, which Amplify's schema does not have here.
  const eventGroups = withSpareNames ? (["and", "or", "not"] as const) : (["and", "or"] as const);
  return { filter, condition, subscription };

  function filter(model: ModelDescription, way: Way): GraphQLInputObjectType {
    return types.named(typeNames.filter(model, way), (name) => {
      const fields = (): GraphQLInputFieldConfigMap => ({
        ...anyId(model),
        ...compared(filterable(model)),
        ...combined(self, ["and", "or", "not"]),
        ...deleted(),
      });
      const self: GraphQLInputObjectType = new GraphQLInputObjectType({ name, fields });
      return self;
    });
  }

  function condition(model: ModelDescription): GraphQLInputObjectType {
    return types.named(typeNames.condition(model), (name) => {
      const fields = (): GraphQLInputFieldConfigMap => ({
        ...compared(filterable(model).filter((field) => isConditional(model, field))),
        ...combined(self, ["and", "or", "not"]),
        ...deleted(),
      });
      const self: GraphQLInputObjectType = new GraphQLInputObjectType({ name, fields });
      return self;
    });
  }

  function subscription(model: ModelDescription): GraphQLInputObjectType | null {
    if (isFirstDialect) return null;
    return types.named(typeNames.subscriptionFilter(model), (name) => {
      const fields = (): GraphQLInputFieldConfigMap => {
        const listened = filterable(model).filter((field) => !isGroupsField(model, field));
        const compare = (field: FieldDescription) =>
          isOwner(model, field) ? comparisons.ofFamily("String") : comparisons.ofEvent(field);
        return {
          ...(hasField(model, "id") ? {} : { id: { type: comparisons.ofEventFamily("ID") } }),
          ...strayKeys(model),
          ...Object.fromEntries(listened.map((field) => [field.name, { type: compare(field) }])),
          ...combined(self, eventGroups),
          ...deleted(),
        };
      };
      const self: GraphQLInputObjectType = new GraphQLInputObjectType({ name, fields });
      return self;
    });
  }

  /** Amplify lets one ask for the foreign keys of a has-many relation where it starts. No record of the model has them. */
  function strayKeys(model: ModelDescription): GraphQLInputFieldConfigMap {
    const keys = relationFields(model).flatMap((field) => {
      const operation = relationOperation(schema, model, field);
      return operation?.kind === "connection" && operation.isImplied ? operation.on : [];
    });
    const familyOf = (name: string): ComparisonFamily => {
      const field = fieldNamed(model, name);
      return field === undefined ? "ID" : familyOfKey(field);
    };
    return Object.fromEntries(
      keys.map(({ own, other }) => [other, { type: comparisons.ofEventFamily(familyOf(own)) }]),
    );
  }

  /** In the second dialect a model can be asked for an `id` that it has not. */
  function anyId(model: ModelDescription): GraphQLInputFieldConfigMap {
    return isFirstDialect || hasField(model, "id") ? {} : { id: { type: comparisons.ofFamily("ID") } };
  }

  /** Scalars and enums; in the first dialect those that the schema declares. */
  function filterable(model: ModelDescription): FieldDescription[] {
    return storedFields(model).filter((field) => {
      return field.type.kind !== "embedded" && !(isFirstDialect && field.isImplied);
    });
  }

  /** What names the record, and in the first dialect who owns it, is no condition; in the second the owner always is. */
  function isConditional(model: ModelDescription, field: FieldDescription): boolean {
    if (isFirstDialect && model.auth.some((rule) => names(rule, field))) return false;
    if (!isFirstDialect && isOwner(model, field)) return true;
    if (field.name === "id" && (isFirstDialect || familyOfKey(field) === "ID")) return false;
    return !model.hasCustomKey || !model.primaryKey.includes(field.name);
  }

  function compared(fields: readonly FieldDescription[]): GraphQLInputFieldConfigMap {
    return Object.fromEntries(fields.map((field) => [field.name, { type: comparisons.ofField(field) }]));
  }

  function deleted(): GraphQLInputFieldConfigMap {
    return isFirstDialect || conflictDetection === "off" ? {} : { _deleted: { type: comparisons.ofFamily("Boolean") } };
  }
}

function combined(type: GraphQLInputObjectType, names: readonly ("and" | "or" | "not")[]): GraphQLInputFieldConfigMap {
  return Object.fromEntries(names.map((name) => [name, { type: name === "not" ? type : new GraphQLList(type) }]));
}

function hasField(model: ModelDescription, name: string): boolean {
  return storedFields(model).some((field) => field.name === name);
}

function isGroupsField(model: ModelDescription, field: FieldDescription): boolean {
  return [model, ...model.fields].some(({ auth }) => auth.some((rule) => rule.groupsField === field.name));
}

function names(rule: AuthRule, field: FieldDescription): boolean {
  return rule.ownerField === field.name || rule.groupsField === field.name;
}
