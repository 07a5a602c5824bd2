/** The inputs that compare one field: of filters and conditions, of subscription filters, and of key conditions. */
import type { FieldDescription, SchemaDescription } from "@tributary/schema";
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLScalarType,
  GraphQLString,
} from "graphql";
import { type ComparisonFamily, familyOfKey, familyOfScalar } from "./comparison-family.ts";
import type { FieldTypes } from "./field-types.ts";
import type { NamedTypes } from "./named-types.ts";

export interface ComparisonInputs {
  /** For filters and conditions. */
  ofField(field: FieldDescription): GraphQLInputObjectType;
  /** For subscription filters. */
  ofEvent(field: FieldDescription): GraphQLInputObjectType;
  ofEventFamily(family: ComparisonFamily): GraphQLInputObjectType;
  ofFamily(family: ComparisonFamily): GraphQLInputObjectType;
  /** For the condition on one sort field. */
  ofSortKey(field: FieldDescription): GraphQLInputObjectType;
  scalarOf(family: ComparisonFamily): GraphQLScalarType;
  /** Those that every schema has, used or not. */
  standard(): GraphQLInputObjectType[];
}

const scalars: Readonly<Record<ComparisonFamily, GraphQLScalarType>> = {
  String: GraphQLString,
  ID: GraphQLID,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
};

const families: readonly ComparisonFamily[] = ["String", "ID", "Int", "Float", "Boolean"];

const ordered = ["ne", "eq", "le", "lt", "ge", "gt"] as const;

/** Members of the filter inputs that take one value of the family's scalar. */
const single: Readonly<Record<ComparisonFamily, readonly string[]>> = {
  String: [...ordered, "contains", "notContains", "beginsWith"],
  ID: [...ordered, "contains", "notContains", "beginsWith"],
  Int: ordered,
  Float: ordered,
  Boolean: ["ne", "eq"],
};

const sortable: Readonly<Record<ComparisonFamily, readonly string[]>> = {
  String: ["eq", "le", "lt", "ge", "gt", "beginsWith"],
  ID: ["eq", "le", "lt", "ge", "gt", "beginsWith"],
  Int: ["eq", "le", "lt", "ge", "gt"],
  Float: ["eq", "le", "lt", "ge", "gt"],
  Boolean: ["eq"],
};

const attributeTypes = [
  "binary",
  "binarySet",
  "bool",
  "list",
  "map",
  "number",
  "numberSet",
  "string",
  "stringSet",
  "_null",
] as const;

export type AttributeType = (typeof attributeTypes)[number];

export function createComparisonInputs(
  dialect: SchemaDescription["dialect"],
  types: NamedTypes,
  fieldTypes: FieldTypes,
): ComparisonInputs {
  return { ofField, ofEvent, ofEventFamily, ofFamily, ofSortKey, scalarOf: (family) => scalars[family], standard };

  function standard(): GraphQLInputObjectType[] {
    return [...families.map(ofFamily), size(), ...(dialect === "v2" ? families.map(ofEventFamily) : [])];
  }

  function ofField(field: FieldDescription): GraphQLInputObjectType {
    if (field.type.kind === "scalar") return ofFamily(familyOfScalar(field.type.name));
    // The second dialect gives a required list the comparison of a single value.
    return field.isList && !(dialect === "v2" && field.isRequired) ? ofEnumList(field) : ofEnum(field);
  }

  function ofEvent(field: FieldDescription): GraphQLInputObjectType {
    return ofEventFamily(field.type.kind === "scalar" ? familyOfScalar(field.type.name) : "String");
  }

  function ofEventFamily(family: ComparisonFamily): GraphQLInputObjectType {
    return types.named(`ModelSubscription${family}Input`, (name) => {
      const scalar = scalars[family];
      const fields = members(single[family], scalar);
      if (family !== "Boolean") Object.assign(fields, members(["between", "in", "notIn"], new GraphQLList(scalar)));
      return new GraphQLInputObjectType({ name, fields });
    });
  }

  function ofFamily(family: ComparisonFamily): GraphQLInputObjectType {
    return types.named(`Model${family}Input`, (name) => {
      const scalar = scalars[family];
      const fields: GraphQLInputFieldConfigMap = members(single[family], scalar);
      if (family !== "Boolean") Object.assign(fields, members(["between"], new GraphQLList(scalar)));
      Object.assign(fields, members(["attributeExists"], GraphQLBoolean), members(["attributeType"], attributeType()));
      if (family === "String" || family === "ID") Object.assign(fields, members(["size"], size()));
      return new GraphQLInputObjectType({ name, fields });
    });
  }

  function ofSortKey(field: FieldDescription): GraphQLInputObjectType {
    const family = familyOfKey(field);
    return types.named(`Model${family}KeyConditionInput`, (name) => {
      const scalar = scalars[family];
      const fields = members(sortable[family], scalar);
      if (family !== "Boolean") Object.assign(fields, members(["between"], new GraphQLList(scalar)));
      return new GraphQLInputObjectType({ name, fields });
    });
  }

  function ofEnum(field: FieldDescription): GraphQLInputObjectType {
    return types.named(`Model${field.type.name}Input`, (name) => {
      const type = fieldTypes.enumType(field.type.name);
      return new GraphQLInputObjectType({ name, fields: members(["eq", "ne"], type) });
    });
  }

  function ofEnumList(field: FieldDescription): GraphQLInputObjectType {
    return types.named(`Model${field.type.name}ListInput`, (name) => {
      const type = fieldTypes.enumType(field.type.name);
      const whole = members(["eq", "ne"], new GraphQLList(type));
      return new GraphQLInputObjectType({ name, fields: { ...whole, ...members(["contains", "notContains"], type) } });
    });
  }

  function size(): GraphQLInputObjectType {
    return types.named("ModelSizeInput", (name) => {
      const fields = { ...members(ordered, GraphQLInt), ...members(["between"], new GraphQLList(GraphQLInt)) };
      return new GraphQLInputObjectType({ name, fields });
    });
  }

  function attributeType(): GraphQLEnumType {
    return types.named("ModelAttributeTypes", (name) => {
      return new GraphQLEnumType({ name, values: Object.fromEntries(attributeTypes.map((value) => [value, {}])) });
    });
  }
}

function members(names: readonly string[], type: GraphQLInputType): GraphQLInputFieldConfigMap {
  return Object.fromEntries(names.map((name) => [name, { type }]));
}
