/** The arguments that name a record by its key, or a range of records by the fields they are sorted by. */
import {
  type FieldDescription,
  keyFields,
  type ModelDescription,
  type SchemaDescription,
  upperFirst,
} from "@tributary/schema";
import {
  type GraphQLFieldConfigArgumentMap,
  GraphQLID,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
} from "graphql";
import { familyOfKey } from "./comparison-family.ts";
import type { ComparisonInputs } from "./comparison-inputs.ts";
import type { FieldTypes } from "./field-types.ts";
import type { KeyPath, SortPath } from "./key-path.ts";
import type { NamedTypes } from "./named-types.ts";

export interface KeyArguments {
  /** Every part of the primary key, required. */
  whole(model: ModelDescription): GraphQLFieldConfigArgumentMap;
  /** The partition field, and a condition on what sorts behind it. */
  path(model: ModelDescription, path: KeyPath): GraphQLFieldConfigArgumentMap;
  /** The condition on what sorts, alone. */
  sort(model: ModelDescription, path: SortPath): GraphQLFieldConfigArgumentMap;
}

export function createKeyArguments(
  schema: SchemaDescription,
  types: NamedTypes,
  fieldTypes: FieldTypes,
  comparisons: ComparisonInputs,
): KeyArguments {
  return { whole, path, sort };

  /** An `id` that no directive makes the key is an ID here, whatever the schema declares it as. */
  function whole(model: ModelDescription): GraphQLFieldConfigArgumentMap {
    const element = (field: FieldDescription) => (model.hasCustomKey ? fieldTypes.element(field) : GraphQLID);
    return Object.fromEntries(
      keyFields(model).map((field) => [field.name, { type: new GraphQLNonNull(element(field)) }]),
    );
  }

  function path(model: ModelDescription, keyPath: KeyPath): GraphQLFieldConfigArgumentMap {
    const element = fieldTypes.element(keyPath.partition);
    // The second dialect's index queries cannot be asked without the partition; listing a whole model can.
    const type = keyPath.index !== null && schema.dialect === "v2" ? new GraphQLNonNull(element) : element;
    return { [keyPath.partition.name]: { type }, ...sort(model, keyPath) };
  }

  function sort(model: ModelDescription, path: SortPath): GraphQLFieldConfigArgumentMap {
    const [first, ...more] = path.sort;
    if (path.sortArgument === null || first === undefined) return {};
    return { [path.sortArgument]: { type: more.length === 0 ? comparisons.ofSortKey(first) : composite(model, path) } };
  }

  /** Conditions on several sort fields together, compared like words: by the first, then the next. */
  function composite(model: ModelDescription, { index, sort }: SortPath): GraphQLInputObjectType {
    const place = index === null ? "Primary" : typeNamePart(index);
    const key = types.named(`Model${model.name}${place}CompositeKeyInput`, (name) => {
      const fields = Object.fromEntries(
        sort.map((field, i) => [field.name, { type: partType(field, i === sort.length - 1) }]),
      );
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

  /** The last part may be a beginning, so it is no more than what its scalar is compared as. */
  function partType(field: FieldDescription, isLast: boolean): GraphQLInputType {
    return isLast && field.type.kind === "scalar"
      ? comparisons.scalarOf(familyOfKey(field))
      : fieldTypes.element(field);
  }
}

/** An index's name as part of a type's: `byCustomer-date` -> `ByCustomerdate`. */
function typeNamePart(name: string): string {
  return upperFirst(name.replace(/[^_0-9A-Za-z]/g, ""));
}
