/**
 * The names of types that are made for a model, as each dialect writes them. They differ for models whose name begins with a
 * small letter: the first dialect leaves it small but in inputs of mutations, the second makes it a capital but in what
 * indexes and relations lead to.
 */
import { type ModelDescription, type SchemaDescription, upperFirst } from "@tributary/schema";

export interface TypeNames {
  connection(model: ModelDescription, way: Way): string;
  filter(model: ModelDescription, way: Way): string;
  condition(model: ModelDescription): string;
  subscriptionFilter(model: ModelDescription): string;
  input(model: ModelDescription, operation: "create" | "update" | "delete"): string;
}

/** What leads to records: `list` and `sync` queries, or keys that are looked up, by indexes and relations. */
export type Way = "list" | "key";

export function createTypeNames(dialect: SchemaDescription["dialect"]): TypeNames {
  const named = (model: ModelDescription, way: Way = "list"): string =>
    dialect === "v2" && way === "list" ? upperFirst(model.name) : model.name;
  return {
    connection: (model, way) => `Model${named(model, way)}Connection`,
    filter: (model, way) => `Model${named(model, way)}FilterInput`,
    condition: (model) => `Model${named(model)}ConditionInput`,
    subscriptionFilter: (model) => `ModelSubscription${named(model)}FilterInput`,
    input: (model, operation) => `${upperFirst(operation)}${upperFirst(model.name)}Input`,
  };
}
