/**
 * The fields that a selection asks of records, as a shape that a store can write them in.
 *
 * Null where the answer is more than what is stored of a record and of those whose keys it holds: lists of other records have
 * ranges and pages of their own.
 */
import {
  embeddedNamed,
  enumNamed,
  type FieldDescription,
  fieldNamed,
  keyFields,
  type ModelDescription,
  type SchemaDescription,
} from "@tributary/schema";
import {
  type LeafShape,
  type RowMember,
  type RowShape,
  recordColumns,
  type ValueMember,
  type ValueShape,
} from "@tributary/storage";
import { type FieldNode, GRAPHQL_MAX_INT, GRAPHQL_MIN_INT, type SelectionSetNode } from "graphql";
import { relationOperation } from "../api/relation-operation.ts";
import { collectFields, type SelectionScope } from "../resolve/collect-fields.ts";

type Nodes = readonly FieldNode[];

export function compileRow(
  schema: SchemaDescription,
  model: ModelDescription,
  nodes: Nodes,
  scope: SelectionScope,
): RowShape | null {
  const members: RowMember[] = [];
  for (const [key, own] of collectFields(model.name, selectionsOf(nodes), scope)) {
    const member = compileMember(schema, model, key, own, scope);
    if (member === null) return null;
    members.push(member);
  }
  return { members };
}

function compileMember(
  schema: SchemaDescription,
  model: ModelDescription,
  key: string,
  nodes: Nodes,
  scope: SelectionScope,
): RowMember | null {
  const name = nameOf(nodes);
  if (name === "__typename") return { kind: "fixed", key, text: model.name };
  const metadata = metadataMember(key, name === model.versioned?.field ? "_version" : name);
  if (metadata !== null) return metadata;
  const field = fieldNamed(model, name);
  if (field === undefined) return null;
  if (field.relation !== null) return compileRelated(schema, model, field, key, nodes, scope);
  const shape = compileField(schema, field, nodes, scope);
  return shape === null ? null : { kind: "column", key, column: name, shape };
}

function metadataMember(key: string, name: string): RowMember | null {
  const { version, changedAt, deletion } = recordColumns;
  switch (name) {
    case "_version":
      return { kind: "column", key, column: version, shape: kept };
    case "_lastChangedAt":
      return { kind: "column", key, column: changedAt, shape: kept };
    case "_deleted":
      return { kind: "column", key, column: deletion, shape: { kind: "mark", isRequired: false } };
    default:
      return null;
  }
}

function compileRelated(
  schema: SchemaDescription,
  owner: ModelDescription,
  field: FieldDescription,
  key: string,
  nodes: Nodes,
  scope: SelectionScope,
): RowMember | null {
  const operation = relationOperation(schema, owner, field);
  if (operation?.kind !== "related") return null;
  const { model, keys } = operation;
  const row = compileRow(schema, model, nodes, scope);
  if (row === null) return null;
  const on = keyFields(model).map(({ name }, i) => ({ own: keys[i] ?? "", other: name }));
  return { kind: "related", key, table: model.name, on, row, isRequired: field.isRequired };
}

function compileField(
  schema: SchemaDescription,
  field: FieldDescription,
  nodes: Nodes,
  scope: SelectionScope,
): ValueShape | null {
  const { isRequired } = field;
  const element = compileElement(schema, field, nodes, scope);
  if (element === null) return null;
  if (!field.isList) return { ...element, isRequired };
  return { kind: "list", of: { ...element, isRequired: field.isElementRequired }, isRequired };
}

type ElementShape = LeafShape | { readonly kind: "object"; readonly members: readonly ValueMember[] };

function compileElement(
  schema: SchemaDescription,
  { type }: FieldDescription,
  nodes: Nodes,
  scope: SelectionScope,
): ElementShape | null {
  switch (type.kind) {
    case "scalar":
      return leafShapes[type.name] ?? anyText;
    case "enum":
      return { kind: "text", among: enumNamed(schema, type.name)?.values ?? [] };
    case "embedded":
      return compileObject(schema, type.name, nodes, scope);
    case "model":
      return null;
  }
}

function compileObject(
  schema: SchemaDescription,
  typeName: string,
  nodes: Nodes,
  scope: SelectionScope,
): ElementShape | null {
  const fields = embeddedNamed(schema, typeName)?.fields ?? [];
  const members: ValueMember[] = [];
  for (const [key, own] of collectFields(typeName, selectionsOf(nodes), scope)) {
    const name = nameOf(own);
    if (name === "__typename") {
      members.push({ kind: "fixed", key, text: typeName });
      continue;
    }
    const field = fields.find((one) => one.name === name);
    const shape = field === undefined ? null : compileField(schema, field, own, scope);
    if (shape === null) return null;
    members.push({ kind: "value", key, name, shape });
  }
  return { kind: "object", members };
}

const anyText: LeafShape = { kind: "text", among: null };
const kept: ValueShape = { kind: "kept", isRequired: false };
const int: LeafShape = { kind: "integer", from: GRAPHQL_MIN_INT, to: GRAPHQL_MAX_INT };
const timestamp: LeafShape = { kind: "integer", from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** What is not text. */
const leafShapes: Readonly<Record<string, LeafShape>> = {
  Int: int,
  AWSTimestamp: timestamp,
  Float: { kind: "number" },
  Boolean: { kind: "boolean" },
  AWSJSON: { kind: "jsonText" },
};

export function selectionsOf(nodes: Nodes): SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

export function nameOf([node]: Nodes): string {
  return node?.name.value ?? "";
}
