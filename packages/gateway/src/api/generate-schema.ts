/**
 * The GraphQL schema that is served for a schema description: the API that Amplify generates for the same document.
 *
 * Relations are not followed yet: a model's type holds its own fields and foreign keys. What a field does is bound in from
 * outside; without it the schema can be printed and validated against, but answers nothing.
 */
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import {
  GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLString,
  specifiedDirectives,
} from "graphql";
import { awsSubscribe } from "./aws-subscribe.ts";
import { createComparisonInputs } from "./comparison-inputs.ts";
import { createFieldTypes } from "./field-types.ts";
import { createFilterInputs } from "./filter-inputs.ts";
import { createKeyArguments } from "./key-arguments.ts";
import { createModelTypes } from "./model-types.ts";
import { createNamedTypes } from "./named-types.ts";
import { type RootField, type RootOperation, rootFields } from "./root-operation.ts";
import { awsTimestamp } from "./scalars/aws-timestamp.ts";
import { createWriteInputs } from "./write-inputs.ts";

/** What a root field does when it is asked for. */
export type Binding<Context> = Pick<GraphQLFieldConfig<unknown, Context>, "resolve" | "subscribe">;

export function generateSchema<Context = unknown>(
  schema: SchemaDescription,
  bind: (operation: RootOperation) => Binding<Context> = () => ({}),
): GraphQLSchema {
  const types = createNamedTypes();
  const fieldTypes = createFieldTypes(schema, types);
  const models = createModelTypes(schema, types, fieldTypes);
  const inputs = createWriteInputs(types, fieldTypes);
  const comparisons = createComparisonInputs(types, fieldTypes);
  const filters = createFilterInputs(schema, types, comparisons);
  const keys = createKeyArguments(schema, types, fieldTypes, comparisons);
  const fields = rootFields(schema);

  for (const { name } of schema.enums) fieldTypes.enumType(name);
  const query = rootType("Query");
  return new GraphQLSchema({
    // A schema without a query cannot be executed at all.
    query: query ?? new GraphQLObjectType({ name: "Query", fields: { _empty: { type: GraphQLString } } }),
    mutation: rootType("Mutation"),
    subscription: rootType("Subscription"),
    types: types.all(),
    directives: [...specifiedDirectives, awsSubscribe],
  });

  function rootType(name: RootField["type"]): GraphQLObjectType | null {
    const own = fields.filter((field) => field.type === name);
    if (own.length === 0) return null;
    const map: GraphQLFieldConfigMap<unknown, Context> = {};
    for (const { name, operation } of own) {
      map[name] = { type: outputType(operation), args: argumentsOf(operation), ...bind(operation) };
    }
    return new GraphQLObjectType({ name, fields: map });
  }

  function outputType(operation: RootOperation): GraphQLOutputType {
    switch (operation.kind) {
      case "get":
      case "write":
      case "subscribe":
        return models.record(operation.model);
      case "list":
      case "index":
      case "sync":
        return models.connection(operation.model);
    }
  }

  function argumentsOf(operation: RootOperation): GraphQLFieldConfigArgumentMap {
    const { model } = operation;
    switch (operation.kind) {
      case "get":
        return keys.whole(model);
      case "list": {
        if (operation.path === null) return page(model);
        return { ...keys.path(model, operation.path), ...page(model), sortDirection: { type: sortDirection() } };
      }
      case "index":
        return { ...keys.path(model, operation.path), sortDirection: { type: sortDirection() }, ...page(model) };
      case "sync":
        return { ...page(model), lastSync: { type: awsTimestamp } };
      case "write":
        return {
          input: { type: new GraphQLNonNull(inputs.input(model, operation.operation)) },
          condition: { type: filters.condition(model) },
        };
      case "subscribe": {
        const filter = filters.subscription(model);
        const owners = operation.owners.map((name) => [name, { type: GraphQLString }]);
        return { ...(filter === null ? {} : { filter: { type: filter } }), ...Object.fromEntries(owners) };
      }
    }
  }

  function page(model: ModelDescription): GraphQLFieldConfigArgumentMap {
    return { filter: { type: filters.filter(model) }, limit: { type: GraphQLInt }, nextToken: { type: GraphQLString } };
  }

  function sortDirection(): GraphQLEnumType {
    return types.named("ModelSortDirection", (name) => new GraphQLEnumType({ name, values: { ASC: {}, DESC: {} } }));
  }
}
