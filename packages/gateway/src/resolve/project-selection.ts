/**
 * A record restricted to what a mutation selected, outside of GraphQL's own execution: errors carry the stored record, and
 * clients that repair their copy from it expect the shape they asked for, relations included.
 */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { collectFields } from "./collect-fields.ts";
import type { RecordSource } from "./record-source.ts";

interface Request {
  readonly info: GraphQLResolveInfo;
  readonly context: unknown;
}

/** What `info`'s field would answer for this record. A value that cannot be served becomes null. */
export function projectSelection(info: GraphQLResolveInfo, source: RecordSource, context: unknown): Promise<unknown> {
  return complete(info.returnType, info.fieldNodes, source, { info, context });
}

async function complete(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  value: unknown,
  request: Request,
): Promise<unknown> {
  if (isNonNullType(type)) return complete(type.ofType, nodes, value, request);
  if (value === null || value === undefined) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) return null;
    return Promise.all(value.map((element) => complete(type.ofType, nodes, element, request)));
  }
  if (isLeafType(type)) return orNull(() => type.serialize(value));
  if (!isObjectType(type) || typeof value !== "object") return null;
  const sets = nodes.flatMap((node) => node.selectionSet ?? []);
  return completeObject(type, sets, { ...value }, request);
}

async function completeObject(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  source: RecordSource,
  request: Request,
): Promise<Record<string, unknown>> {
  const selected = collectFields(type.name, sets, request.info);
  const fields = type.getFields();
  const entries = [...selected].map(async ([key, nodes]): Promise<[string, unknown]> => {
    const name = nodes[0]?.name.value ?? key;
    const field = fields[name];
    if (field === undefined) return [key, name === "__typename" ? type.name : null];
    const value = await orNull(() => resolved(type, field, nodes, source, request));
    return [key, await complete(field.type, nodes, value, request)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** What the field's resolver answers, if it has one, as a relation's has. */
function resolved(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
  source: RecordSource,
  { info, context }: Request,
): unknown {
  const [node] = nodes;
  if (field.resolve === undefined || node === undefined) return source[field.name];
  const args = getArgumentValues(field, node, info.variableValues);
  const at = { ...info, fieldName: field.name, fieldNodes: nodes, returnType: field.type, parentType: type };
  return field.resolve(source, args, context, at);
}

async function orNull(answer: () => unknown): Promise<unknown> {
  try {
    return await answer();
  } catch {
    // What is stored is not of its type, or may not be read; the error that carries this says what matters.
    return null;
  }
}
