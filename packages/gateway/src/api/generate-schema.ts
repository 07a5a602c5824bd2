/**
 * The GraphQL schema that is served for a schema description: the API that Amplify generates for the same document.
 *
 * What a field does is bound in from outside; without it the schema can be printed and validated against, but answers
 * nothing.
 */
import {
  type FieldDescription,
  isRelationIndex,
  type ModelDescription,
  type SchemaDescription,
} from "@tributary/schema";
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
import type { ApiShape } from "./api-shape.ts";
import { awsDirectives } from "./aws-directives.ts";
import { createComparisonInputs } from "./comparison-inputs.ts";
import { createFieldTypes } from "./field-types.ts";
import { createFilterInputs } from "./filter-inputs.ts";
import { createKeyArguments } from "./key-arguments.ts";
import { keyPath } from "./key-path.ts";
import { createModelTypes } from "./model-types.ts";
import { createNamedTypes } from "./named-types.ts";
import { type RelationOperation, relationOperation } from "./relation-operation.ts";
import { outputOf, type RootField, type RootOperation } from "./root-operation.ts";
import { awsTimestamp } from "./scalars/aws-timestamp.ts";
import { servedFields } from "./served-fields.ts";
import { createTypeNames, type Way } from "./type-names.ts";
import { createWriteInputs } from "./write-inputs.ts";

/** What a root field or a relation does when it is asked for. */
export type Binding<Context> = Pick<GraphQLFieldConfig<unknown, Context>, "resolve" | "subscribe">;

export type Bind<Context> = (operation: RootOperation | RelationOperation) => Binding<Context>;

/** Unless given, `conflictDetection` is `on`, and spare names are left out. */
export type SchemaOptions = Partial<Omit<ApiShape, "dialect">>;

export function generateSchema<Context = unknown>(
  schema: SchemaDescription,
  bind: Bind<Context> = () => ({}),
  { conflictDetection = "on", withSpareNames = false }: SchemaOptions = {},
): GraphQLSchema {
  const shape: ApiShape = { dialect: schema.dialect, conflictDetection, withSpareNames };
  const names = createTypeNames(schema.dialect);
  const types = createNamedTypes();
  const fieldTypes = createFieldTypes(schema, types);
  const models = createModelTypes(shape, names, types, fieldTypes, relationType);
  const inputs = createWriteInputs(shape, names, types, fieldTypes);
  const comparisons = createComparisonInputs(schema.dialect, types, fieldTypes);
  const filters = createFilterInputs(schema, shape, names, types, comparisons);
  const keys = createKeyArguments(schema, types, fieldTypes, comparisons);
  const fields = servedFields(schema, shape);

  for (const { name } of schema.enums) fieldTypes.enumType(name);
  for (const { name } of schema.embedded) fieldTypes.embeddedType(name);
  comparisons.standard();
  sortDirection();
  for (const model of schema.models) if (model.isSyncable) declareModel(model);
  const query = rootType("Query");
  return new GraphQLSchema({
    // A schema without a query cannot be executed at all.
    query: query ?? new GraphQLObjectType({ name: "Query", fields: { _empty: { type: GraphQLString } } }),
    mutation: rootType("Mutation"),
    subscription: rootType("Subscription"),
    types: types.all(),
    directives: [...specifiedDirectives, ...awsDirectives],
  });

  /** A model's type, the inputs of what it contains and the conditions on its keys are there, whether a field asks for them or not. */
  function declareModel(model: ModelDescription): void {
    models.record(model);
    for (const { type } of model.fields) if (type.kind === "embedded") fieldTypes.embeddedInput(type.name);
    if (model.hasCustomKey) keys.sort(model, keyPath(model, null, model.primaryKey));
    for (const { name, fields } of model.indexes) {
      if (!isRelationIndex(name)) keys.sort(model, keyPath(model, name, fields));
    }
  }

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
    const output = outputOf(operation);
    return output === "record" ? models.record(operation.model) : models.connection(operation.model, output);
  }

  function relationType(owner: ModelDescription, field: FieldDescription): GraphQLFieldConfig<unknown, Context> | null {
    const operation = relationOperation(schema, owner, field);
    if (operation === null) return null;
    const { model } = operation;
    if (operation.kind === "related") {
      const type = models.record(model);
      return { type: field.isRequired ? new GraphQLNonNull(type) : type, ...bind(operation) };
    }
    const args = {
      ...keys.sort(model, operation.path),
      ...page(model, "key"),
      sortDirection: { type: sortDirection() },
    };
    return { type: models.connection(model, "key"), args, ...bind(operation) };
  }

  function argumentsOf(operation: RootOperation): GraphQLFieldConfigArgumentMap {
    const { model } = operation;
    switch (operation.kind) {
      case "get":
        return keys.whole(model);
      case "list": {
        if (operation.path === null) return page(model, "list");
        return {
          ...keys.path(model, operation.path),
          ...page(model, "list"),
          sortDirection: { type: sortDirection() },
        };
      }
      case "index":
        return {
          ...keys.path(model, operation.path),
          sortDirection: { type: sortDirection() },
          ...page(model, "key"),
        };
      case "sync":
        return { ...page(model, "list"), lastSync: { type: awsTimestamp } };
      case "write":
        return {
          input: { type: new GraphQLNonNull(inputs.input(model, operation.operation)) },
          condition: { type: filters.condition(model) },
        };
      case "subscribe": {
        const filter = filters.subscription(model);
        const type = operation.areOwnersRequired ? new GraphQLNonNull(GraphQLString) : GraphQLString;
        const owners = operation.owners.map((name) => [name, { type }]);
        return { ...(filter === null ? {} : { filter: { type: filter } }), ...Object.fromEntries(owners) };
      }
    }
  }

  function page(model: ModelDescription, way: Way): GraphQLFieldConfigArgumentMap {
    return {
      filter: { type: filters.filter(model, way) },
      limit: { type: GraphQLInt },
      nextToken: { type: GraphQLString },
    };
  }

  function sortDirection(): GraphQLEnumType {
    return types.named("ModelSortDirection", (name) => new GraphQLEnumType({ name, values: { ASC: {}, DESC: {} } }));
  }
}
