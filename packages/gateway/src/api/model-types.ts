/** The object type of a model with its metadata fields, and the page type of its lists. */
import type { FieldDescription, ModelDescription } from "@tributary/schema";
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from "graphql";
import type { ApiShape } from "./api-shape.ts";
import type { FieldTypes } from "./field-types.ts";
import type { NamedTypes } from "./named-types.ts";
import { awsTimestamp } from "./scalars/aws-timestamp.ts";
import type { TypeNames, Way } from "./type-names.ts";

export interface ModelTypes {
  record(model: ModelDescription): GraphQLObjectType;
  connection(model: ModelDescription, way: Way): GraphQLObjectType;
}

/** The field of a relation; null for one that is not served. */
export type RelationType<Context> = (
  model: ModelDescription,
  field: FieldDescription,
) => GraphQLFieldConfig<unknown, Context> | null;

const metadata = {
  _version: { type: new GraphQLNonNull(GraphQLInt) },
  _deleted: { type: GraphQLBoolean },
  _lastChangedAt: { type: new GraphQLNonNull(awsTimestamp) },
};

/** The field that `@versioned` adds is another name of `_version`. */
const version = {
  type: new GraphQLNonNull(GraphQLInt),
  resolve: (source: unknown) =>
    typeof source === "object" && source !== null && "_version" in source ? source._version : null,
};

export function createModelTypes<Context>(
  { dialect, conflictDetection }: ApiShape,
  names: TypeNames,
  types: NamedTypes,
  fieldTypes: FieldTypes,
  relationType: RelationType<Context>,
): ModelTypes {
  type Fields = GraphQLFieldConfigMap<unknown, Context>;
  return { record, connection };

  function record(model: ModelDescription): GraphQLObjectType {
    return types.named(
      model.name,
      (name) => new GraphQLObjectType<unknown, Context>({ name, fields: () => recordFields(model) }),
    );
  }

  function connection(model: ModelDescription, way: Way): GraphQLObjectType {
    return types.named(names.connection(model, way), (name) => {
      const fields = (): Fields => ({
        items: { type: new GraphQLNonNull(new GraphQLList(record(model))) },
        nextToken: { type: GraphQLString },
        ...(conflictDetection === "on" ? { startedAt: { type: awsTimestamp } } : {}),
      });
      return new GraphQLObjectType<unknown, Context>({ name, fields });
    });
  }

  /** Metadata stands before what the schema does not write out: all implied fields in v1, foreign keys and owners in v2. */
  function recordFields(model: ModelDescription): Fields {
    const served = model.fields.filter((field) => !isHidden(model, field));
    const isInFront = (field: FieldDescription): boolean =>
      !field.isImplied || model.primaryKey.includes(field.name) || (dialect === "v2" && isTimestamp(model, field));
    return {
      ...outputs(model, served.filter(isInFront)),
      ...(conflictDetection === "on" ? metadata : {}),
      ...outputs(
        model,
        served.filter((field) => !isInFront(field)),
      ),
      ...(model.versioned === null ? {} : { [model.versioned.field]: version }),
    };
  }

  /** Foreign keys that the first dialect implies can be written and not read. */
  function isHidden(model: ModelDescription, field: FieldDescription): boolean {
    if (dialect === "v2" || !field.isImplied || field.relation !== null) return false;
    return !model.primaryKey.includes(field.name) && !isTimestamp(model, field) && !isOwner(model, field);
  }

  function outputs(model: ModelDescription, fields: readonly FieldDescription[]): Fields {
    return Object.fromEntries(
      fields.flatMap((field) => {
        const config = field.relation === null ? { type: fieldTypes.output(field) } : relationType(model, field);
        return config === null ? [] : [[field.name, config]];
      }),
    );
  }
}

/** Whether a rule of the model or of one of its fields takes the field for the owner's name. */
export function isOwner(model: ModelDescription, field: FieldDescription): boolean {
  return [model, ...model.fields].some(({ auth }) => auth.some((rule) => rule.ownerField === field.name));
}

export function isTimestamp(model: ModelDescription, field: FieldDescription): boolean {
  return field.name === model.timestamps.createdAt || field.name === model.timestamps.updatedAt;
}
