/**
 * Scalars that are text on the wire and in the store.
 *
 * What comes in is checked strictly; what is stored goes out as it is, because a reader can do nothing about it.
 */
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

export interface TextScalarOptions {
  readonly name: string;
  readonly description: string;
  /** What a value looks like, for error messages. */
  readonly example: string;
  readonly isValid: (text: string) => boolean;
}

export function createTextScalar({ name, description, example, isValid }: TextScalarOptions): GraphQLScalarType {
  const parse = (value: unknown): string => {
    if (typeof value === "string" && isValid(value)) return value;
    throw new GraphQLError(`${name} cannot be ${show(value)}; write it like ${example}`);
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => (typeof value === "string" ? value : String(value)),
    parseValue: parse,
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING) return parse(node.value);
      throw new GraphQLError(`${name} is written as a string, like ${JSON.stringify(example)}`, { nodes: node });
    },
  });
}

/** A value as an error message can bear it. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
