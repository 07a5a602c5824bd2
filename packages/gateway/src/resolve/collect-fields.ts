/** The fields that selections ask of an object, fragments spread out, without those that their directives leave out. */
import {
  type FieldNode,
  type GraphQLDirective,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** What selections may refer to. */
export type SelectionScope = Pick<GraphQLResolveInfo, "fragments" | "variableValues">;

/** By the key that each is answered under, in the order of the answer. No type is part of another here. */
export function collectFields(
  typeName: string,
  sets: readonly SelectionSetNode[],
  scope: SelectionScope,
): ReadonlyMap<string, readonly FieldNode[]> {
  const selected = new Map<string, FieldNode[]>();
  for (const set of sets) collect(typeName, set, scope, selected);
  return selected;
}

function collect(
  typeName: string,
  set: SelectionSetNode,
  scope: SelectionScope,
  selected: Map<string, FieldNode[]>,
): void {
  for (const node of set.selections) {
    if (isLeftOut(node, scope)) continue;
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      const nodes = selected.get(key);
      if (nodes === undefined) selected.set(key, [node]);
      else nodes.push(node);
      continue;
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : scope.fragments[node.name.value];
    const condition = fragment?.typeCondition?.name.value ?? typeName;
    if (fragment !== undefined && condition === typeName) collect(typeName, fragment.selectionSet, scope, selected);
  }
}

function isLeftOut(node: SelectionNode, scope: SelectionScope): boolean {
  return (
    argumentOf(GraphQLSkipDirective, node, scope) === true || argumentOf(GraphQLIncludeDirective, node, scope) === false
  );
}

function argumentOf(directive: GraphQLDirective, node: SelectionNode, { variableValues }: SelectionScope): unknown {
  return getDirectiveValues(directive, node, variableValues)?.if;
}
