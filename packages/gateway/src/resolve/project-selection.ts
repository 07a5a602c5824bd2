/**
 * A record restricted to what a mutation selected, outside of GraphQL's own execution: errors carry the stored record, and
 * clients that repair their copy from it expect the shape they asked for.
 */
import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { RecordSource } from "./record-source.ts";

type Request = Pick<GraphQLResolveInfo, "fragments" | "variableValues">;

/** What `info`'s field would answer for this record. A value that cannot be served becomes null. */
export function projectSelection(info: GraphQLResolveInfo, source: RecordSource): unknown {
  return complete(info.returnType, info.fieldNodes, source, info);
}

function complete(type: GraphQLOutputType, nodes: readonly FieldNode[], value: unknown, request: Request): unknown {
  if (isNonNullType(type)) return complete(type.ofType, nodes, value, request);
  if (value === null || value === undefined) return null;
  if (isListType(type)) {
    return Array.isArray(value) ? value.map((element) => complete(type.ofType, nodes, element, request)) : null;
  }
  if (isLeafType(type)) return serialized(() => type.serialize(value));
  if (!isObjectType(type) || typeof value !== "object") return null;
  return completeObject(
    type,
    nodes.flatMap((node) => node.selectionSet ?? []),
    { ...value },
    request,
  );
}

function completeObject(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  source: RecordSource,
  request: Request,
): Record<string, unknown> {
  const selected = new Map<string, FieldNode[]>();
  for (const set of sets) collect(type, set, request, selected);
  const fields = type.getFields();
  const entries = [...selected].map(([key, nodes]): [string, unknown] => {
    const name = nodes[0]?.name.value ?? key;
    const field = fields[name];
    if (field === undefined) return [key, name === "__typename" ? type.name : null];
    return [key, complete(field.type, nodes, source[name], request)];
  });
  return Object.fromEntries(entries);
}

function collect(
  type: GraphQLObjectType,
  set: SelectionSetNode,
  request: Request,
  selected: Map<string, FieldNode[]>,
): void {
  for (const node of set.selections) {
    if (isLeftOut(node, request)) continue;
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      selected.set(key, [...(selected.get(key) ?? []), node]);
      continue;
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : request.fragments[node.name.value];
    const condition = fragment?.typeCondition?.name.value ?? type.name;
    if (fragment !== undefined && condition === type.name) collect(type, fragment.selectionSet, request, selected);
  }
}

function isLeftOut(node: SelectionNode, { variableValues }: Request): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true) return true;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if === false;
}

function serialized(serialize: () => unknown): unknown {
  try {
    return serialize();
  } catch {
    // The stored value is not one of the type's; the error that carries this says what matters.
    return null;
  }
}
