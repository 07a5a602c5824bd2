/** The GraphQL types of a model's fields, going out and coming in. */
import { embeddedNamed, enumNamed, type FieldDescription, type SchemaDescription } from "@tributary/schema";
import {
  GraphQLEnumType as EnumType,
  type GraphQLEnumType,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  type GraphQLType,
} from "graphql";
import type { NamedTypes } from "./named-types.ts";
import { scalarNamed } from "./scalars/scalar-named.ts";

export interface FieldTypes {
  output(field: FieldDescription): GraphQLOutputType;
  /** With the field's own nullability, or nullable whatever it says. */
  input(field: FieldDescription, nullability: "declared" | "nullable"): GraphQLInputType;
  /** One value of a scalar or enum field. */
  element(field: FieldDescription): GraphQLScalarType | GraphQLEnumType;
  enumType(name: string): GraphQLEnumType;
  embeddedType(name: string): GraphQLObjectType;
  embeddedInput(name: string): GraphQLInputObjectType;
}

export function createFieldTypes(schema: SchemaDescription, types: NamedTypes): FieldTypes {
  return { output, input, element, enumType, embeddedType, embeddedInput };

  function output(field: FieldDescription): GraphQLOutputType {
    return nullableUnless(field.isRequired, listed(field, outputElement(field)));
  }

  function input(field: FieldDescription, nullability: "declared" | "nullable"): GraphQLInputType {
    return nullableUnless(field.isRequired && nullability === "declared", listed(field, inputElement(field)));
  }

  function outputElement(field: FieldDescription): GraphQLOutputType {
    return field.type.kind === "embedded" ? embeddedType(field.type.name) : element(field);
  }

  function inputElement(field: FieldDescription): GraphQLInputType {
    return field.type.kind === "embedded" ? embeddedInput(field.type.name) : element(field);
  }

  function element(field: FieldDescription): GraphQLScalarType | GraphQLEnumType {
    switch (field.type.kind) {
      case "scalar":
        return scalarNamed(field.type.name);
      case "enum":
        return enumType(field.type.name);
      case "embedded":
      case "model":
        throw new RangeError(`the field ${field.name} holds ${field.type.name}, which is no scalar`);
    }
  }

  function enumType(name: string): GraphQLEnumType {
    return types.named(name, () => {
      const values = Object.fromEntries((enumNamed(schema, name)?.values ?? []).map((value) => [value, {}]));
      return new EnumType({ name, values });
    });
  }

  function embeddedType(name: string): GraphQLObjectType {
    return types.named(name, () => {
      const fields = () => Object.fromEntries(fieldsOf(name).map((field) => [field.name, { type: output(field) }]));
      return new GraphQLObjectType({ name, fields });
    });
  }

  function embeddedInput(name: string): GraphQLInputObjectType {
    return types.named(`${name}Input`, (inputName) => {
      const fields = (): GraphQLInputFieldConfigMap =>
        Object.fromEntries(fieldsOf(name).map((field) => [field.name, { type: input(field, "declared") }]));
      return new GraphQLInputObjectType({ name: inputName, fields });
    });
  }

  function fieldsOf(name: string): readonly FieldDescription[] {
    return embeddedNamed(schema, name)?.fields ?? [];
  }
}

function listed<T extends GraphQLType>(field: FieldDescription, element: T): T | GraphQLList<T | GraphQLNonNull<T>> {
  if (!field.isList) return element;
  return new GraphQLList(field.isElementRequired ? new GraphQLNonNull(element) : element);
}

function nullableUnless<T extends GraphQLType>(isRequired: boolean, type: T): T | GraphQLNonNull<T> {
  return isRequired ? new GraphQLNonNull(type) : type;
}
