/**
 * The types of one generated schema, each made when it is first named: a GraphQL schema may hold no two types of one name.
 */
import type { GraphQLNamedType } from "graphql";

export interface NamedTypes {
  /** The type of this name, made by `make` unless it was named before. */
  named<T extends GraphQLNamedType>(name: string, make: (name: string) => T): T;
  all(): GraphQLNamedType[];
}

export function createNamedTypes(): NamedTypes {
  const types = new Map<string, GraphQLNamedType>();
  return {
    named<T extends GraphQLNamedType>(name: string, make: (name: string) => T): T {
      const known = types.get(name);
      // One name is only ever asked for with one kind of maker, so what is known is what `make` makes.
      if (known !== undefined) return known as T;
      const made = make(name);
      types.set(name, made);
      return made;
    },
    all: () => [...types.values()],
  };
}
