/** The arguments that name a record by its key, or a range of records by the fields they are sorted by. */
import { type FieldDescription, keyFields, type ModelDescription, type SchemaDescription } from "@tributary/schema";
import {
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from "graphql";
import type { ComparisonInputs } from "./comparison-inputs.ts";
import type { FieldTypes } from "./field-types.ts";
import type { NamedTypes } from "./named-types.ts";
import type { KeyPath } from "./root-operation.ts";

export interface KeyArguments {
  /** Every part of the primary key, required. */
  whole(model: ModelDescription): GraphQLFieldConfigArgumentMap;
  /** The partition field, and a condition on what sorts behind it. */
  path(model: ModelDescription, path: KeyPath): GraphQLFieldConfigArgumentMap;
}

export function createKeyArguments(
  schema: SchemaDescription,
  types: NamedTypes,
  fieldTypes: FieldTypes,
  comparisons: ComparisonInputs,
): KeyArguments {
  return { whole, path };

  function whole(model: ModelDescription): GraphQLFieldConfigArgumentMap {
    return Object.fromEntries(
      keyFields(model).map((field) => [field.name, { type: new GraphQLNonNull(fieldTypes.element(field)) }]),
    );
  }

  function path(model: ModelDescription, keyPath: KeyPath): GraphQLFieldConfigArgumentMap {
    const { index, partition, sort, sortArgument } = keyPath;
    const element = fieldTypes.element(partition);
    // The second dialect's index queries cannot be asked without the partition; listing a whole model can.
    const type = index !== null && schema.dialect === "v2" ? new GraphQLNonNull(element) : element;
    const [first] = sort;
    return {
      [partition.name]: { type },
      ...(sortArgument !== null && first !== undefined
        ? { [sortArgument]: { type: sort.length === 1 ? comparisons.ofSortKey(first) : composite(model, keyPath) } }
        : {}),
    };
  }

  /** Conditions on several sort fields together, compared like words: by the first, then the next. */
  function composite(model: ModelDescription, { index, sort }: KeyPath): GraphQLInputObjectType {
    const place = index === null ? "Primary" : typeNamePart(index);
    const key = types.named(`Model${model.name}${place}CompositeKeyInput`, (name) => {
      const fields = Object.fromEntries(sort.map((field) => [field.name, { type: partType(index, field) }]));
      return new GraphQLInputObjectType({ name, fields });
    });
    return types.named(`Model${model.name}${place}CompositeKeyConditionInput`, (name) => {
      const fields: GraphQLInputFieldConfigMap = {
        eq: { type: key },
        le: { type: key },
        lt: { type: key },
        ge: { type: key },
        gt: { type: key },
        between: { type: new GraphQLList(key) },
        beginsWith: { type: key },
      };
      return new GraphQLInputObjectType({ name, fields });
    });
  }

  /** In an index, what is no number is compared as text. */
  function partType(index: string | null, field: FieldDescription): GraphQLInputType {
    if (index === null) return fieldTypes.element(field);
    const name = field.type.kind === "scalar" ? field.type.name : "String";
    const isText = name.startsWith("AWS") && name !== "AWSTimestamp";
    return field.type.kind === "scalar" && !isText ? fieldTypes.element(field) : GraphQLString;
  }
}

/** An index's name as part of a type's: `byCustomer-date` -> `ByCustomerdate`. */
function typeNamePart(name: string): string {
  const letters = name.replace(/[^_0-9A-Za-z]/g, "");
  return letters.charAt(0).toUpperCase() + letters.slice(1);
}
