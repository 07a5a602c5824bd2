/**
 * A query for one page of records, as text around a row shape: its answer is made of these without being resolved field by
 * field. Null for any other query.
 */
import type { SchemaDescription } from "@tributary/schema";
import type { RowShape } from "@tributary/storage";
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  type OperationDefinitionNode,
} from "graphql";
import type { RootOperation } from "../api/root-operation.ts";
import { collectFields, type SelectionScope } from "../resolve/collect-fields.ts";
import type { ConnectionSource } from "../resolve/record-source.ts";
import type { FieldPlace } from "../resolve/unauthorized.ts";
import { compileRow, nameOf, selectionsOf } from "./compile-row.ts";

/** What a query's field stands for when it answers a page. */
export type PageOperation = Extract<RootOperation, { kind: "list" | "index" | "sync" }>;

export interface CompiledOperation {
  readonly operation: PageOperation;
  readonly place: FieldPlace;
  /** The arguments that the field has, and those that it is asked with. */
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  readonly shape: RowShape;
  /** The answer's text before and behind the items. */
  around(source: ConnectionSource<unknown>): { readonly before: string; readonly behind: string };
}

export interface CompileContext {
  readonly description: SchemaDescription;
  readonly schema: GraphQLSchema;
  /** The fields of Query. */
  readonly queries: ReadonlyMap<string, RootOperation>;
}

export function compileOperation(
  { description, schema, queries }: CompileContext,
  { selectionSet }: OperationDefinitionNode,
  scope: SelectionScope,
): CompiledOperation | null {
  const query = schema.getQueryType();
  if (!query) return null;
  const [root, ...others] = collectFields(query.name, [selectionSet], scope);
  if (root === undefined || others.length > 0) return null;
  const [key, nodes] = root;
  const [node] = nodes;
  const field = query.getFields()[nameOf(nodes)];
  const asked = queries.get(nameOf(nodes));
  if (node === undefined || field === undefined || !isPage(asked)) return null;
  const typeName = getNamedType(field.type).name;
  const members = [...collectFields(typeName, selectionsOf(nodes), scope)];
  const [items, ...otherItems] = members.filter(([, own]) => nameOf(own) === "items");
  if (items === undefined || otherItems.length > 0) return null;
  const shape = compileRow(description, asked.model, items[1], scope);
  if (shape === null) return null;
  const at = members.indexOf(items);
  const texts = members.map(([name, own]) => memberText(name, nameOf(own), typeName));
  const [before, behind] = [texts.slice(0, at), texts.slice(at + 1)];
  const open = `{"data":{${JSON.stringify(key)}:{`;
  return {
    operation: asked,
    place: { fieldName: field.name, parentType: query },
    field,
    node,
    shape,
    around: (source) => ({
      before: `${open}${before.map((write) => `${write(source)},`).join("")}${JSON.stringify(items[0])}:[`,
      behind: `]${behind.map((write) => `,${write(source)}`).join("")}}}}`,
    }),
  };
}

function isPage(operation: RootOperation | undefined): operation is PageOperation {
  return operation?.kind === "list" || operation?.kind === "index" || operation?.kind === "sync";
}

/** A member of a page beside its items. */
function memberText(key: string, name: string, typeName: string): (source: ConnectionSource<unknown>) => string {
  const prefix = `${JSON.stringify(key)}:`;
  switch (name) {
    case "nextToken":
      return ({ nextToken }) => prefix + JSON.stringify(nextToken);
    case "startedAt":
      return ({ startedAt }) => prefix + JSON.stringify(startedAt);
    default:
      return () => prefix + JSON.stringify(typeName);
  }
}
