/**
 * A schema while it is being read: what the directives of a document fill in, step by step, until it can be described.
 *
 * Everything here is private to the reading of one document. A `null` type or key stands for something that could not be
 * understood and has been reported; whoever meets it stays silent.
 */
import type { ASTNode } from "graphql";
import type {
  AuthRule,
  CrdtKind,
  FieldType,
  IndexDescription,
  ModelDescription,
  OperationNames,
  Relation,
  SchemaDescription,
} from "../description.ts";
import type { Problems } from "./problems.ts";
import type { LocatedName } from "./value-reader.ts";

export type Dialect = SchemaDescription["dialect"];

export interface FieldDraft {
  readonly name: string;
  /** Where to point when something is wrong with it: its declaration, or what implied it. */
  readonly at: ASTNode;
  readonly type: FieldType | null;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isElementRequired: boolean;
  readonly isReadOnly: boolean;
  readonly isImplied: boolean;
  crdt: CrdtKind;
  relation: Relation | null;
  /** Whether a relation directive, however broken, stands on the field. */
  isMeantAsRelation: boolean;
  /** The name of the directive that makes this field a relation. */
  relationDirective: string | null;
  /** Undefined for none. */
  defaultValue: unknown;
  auth: readonly AuthRule[];
}

export interface IndexDraft extends IndexDescription {
  readonly at: ASTNode;
}

export interface ModelDraft {
  readonly name: string;
  readonly at: ASTNode;
  readonly pluralName: string;
  readonly fields: FieldDraft[];
  /** Undefined until a directive or the default sets it; null when that failed. */
  primaryKey: { readonly fields: readonly string[]; readonly at: ASTNode } | null | undefined;
  hasCustomKey: boolean;
  readonly indexes: IndexDraft[];
  timestamps: ModelDescription["timestamps"];
  auth: readonly AuthRule[];
  operations: OperationNames;
  versioned: ModelDescription["versioned"];
}

export interface EmbeddedDraft {
  readonly name: string;
  readonly at: ASTNode;
  readonly fields: FieldDraft[];
}

export interface EnumDraft {
  readonly name: string;
  readonly at: ASTNode;
  readonly values: readonly string[];
}

/** One of the two fields that a many-to-many relation ties together. */
export interface JoinSide {
  readonly model: ModelDraft;
  readonly field: FieldDraft;
  readonly at: ASTNode;
}

/** One field of a first-dialect connection. */
export interface ConnectionSide extends JoinSide {
  readonly related: ModelDraft;
  readonly keyField: LocatedName | undefined;
  readonly sortField: LocatedName | undefined;
  readonly limit: number;
}

export interface SchemaDraft {
  readonly dialect: Dialect;
  readonly models: Map<string, ModelDraft>;
  readonly enums: Map<string, EnumDraft>;
  readonly embedded: Map<string, EmbeddedDraft>;
  /** Sides of many-to-many relations, by the name of the relation. */
  readonly joins: Map<string, JoinSide[]>;
  /** Halves of named connections of the first dialect, by name and models. */
  readonly connections: Map<string, readonly ConnectionSide[]>;
  /** Connections of the first dialect that name the fields they go by. */
  readonly connectionsOverFields: ConnectionSide[];
  readonly problems: Problems;
}

/** The field of this name, declared or implied. */
export function draftField(owner: { readonly fields: readonly FieldDraft[] }, name: string): FieldDraft | undefined {
  return owner.fields.find((field) => field.name === name);
}

/** The key fields, or null when the key could not be understood. */
export function draftKey(model: ModelDraft): readonly FieldDraft[] | null {
  const names = model.primaryKey?.fields;
  if (names === undefined) return null;
  const fields = names.flatMap((name) => draftField(model, name) ?? []);
  return fields.length === names.length ? fields : null;
}

/** A single-valued field that the document implies rather than declares. */
export function impliedField(
  at: ASTNode,
  field: Pick<FieldDraft, "name" | "type"> & Partial<Pick<FieldDraft, "isRequired" | "isReadOnly">>,
): FieldDraft {
  return {
    name: field.name,
    at,
    type: field.type,
    isList: false,
    isRequired: field.isRequired ?? false,
    isElementRequired: false,
    isReadOnly: field.isReadOnly ?? false,
    isImplied: true,
    crdt: "REGISTER",
    relation: null,
    isMeantAsRelation: false,
    relationDirective: null,
    defaultValue: undefined,
    auth: [],
  };
}
