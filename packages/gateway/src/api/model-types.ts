/** The object type of a model with its metadata fields, and the page type of its lists. */
import { type FieldDescription, type ModelDescription, type SchemaDescription, storedFields } from "@tributary/schema";
import {
  GraphQLBoolean,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from "graphql";
import type { FieldTypes } from "./field-types.ts";
import type { NamedTypes } from "./named-types.ts";
import { awsTimestamp } from "./scalars/aws-timestamp.ts";

export interface ModelTypes {
  record(model: ModelDescription): GraphQLObjectType;
  connection(model: ModelDescription): GraphQLObjectType;
}

type Fields = GraphQLFieldConfigMap<unknown, unknown>;

const metadata: Fields = {
  _version: { type: new GraphQLNonNull(GraphQLInt) },
  _deleted: { type: GraphQLBoolean },
  _lastChangedAt: { type: new GraphQLNonNull(awsTimestamp) },
};

export function createModelTypes(schema: SchemaDescription, types: NamedTypes, fieldTypes: FieldTypes): ModelTypes {
  return { record, connection };

  function record(model: ModelDescription): GraphQLObjectType {
    return types.named(model.name, (name) => new GraphQLObjectType({ name, fields: () => recordFields(model) }));
  }

  function connection(model: ModelDescription): GraphQLObjectType {
    return types.named(`Model${model.name}Connection`, (name) => {
      const fields = (): Fields => ({
        items: { type: new GraphQLNonNull(new GraphQLList(record(model))) },
        nextToken: { type: GraphQLString },
        startedAt: { type: awsTimestamp },
      });
      return new GraphQLObjectType({ name, fields });
    });
  }

  /** Metadata stands before what the schema does not write out: all implied fields in v1, foreign keys and owners in v2. */
  function recordFields(model: ModelDescription): Fields {
    const stored = storedFields(model);
    const isInFront = (field: FieldDescription): boolean =>
      !field.isImplied ||
      model.primaryKey.includes(field.name) ||
      (schema.dialect === "v2" && isTimestamp(model, field));
    return {
      ...outputs(stored.filter(isInFront)),
      ...metadata,
      ...outputs(stored.filter((field) => !isInFront(field))),
    };
  }

  function outputs(fields: readonly FieldDescription[]): Fields {
    return Object.fromEntries(fields.map((field) => [field.name, { type: fieldTypes.output(field) }]));
  }
}

export function isTimestamp(model: ModelDescription, field: FieldDescription): boolean {
  return field.name === model.timestamps.createdAt || field.name === model.timestamps.updatedAt;
}
