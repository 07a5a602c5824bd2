/**
 * From the definitions of a document to drafts of models, embedded types and enums, without their directives.
 *
 * Amplify's sandbox line `input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }` is accepted and means nothing here:
 * whether a relay runs as a sandbox is said where it is started. Every other kind of definition is refused.
 */
import {
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type InputObjectTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from "graphql";
import { didYouMean, nearestName } from "../suggestion.ts";
import { directiveNamed, directiveNames } from "./directives.ts";
import type { Dialect, EmbeddedDraft, EnumDraft, FieldDraft, ModelDraft, SchemaDraft } from "./draft.ts";
import { declaredField } from "./field-type.ts";
import { defaultOperations, pluralOf } from "./naming.ts";
import { type Problems, placeOf } from "./problems.ts";
import { isFreeFieldName, isFreeTypeName } from "./reserved-names.ts";

/** A draft together with the declaration whose directives are still to be read. */
export interface DeclaredTypes {
  readonly draft: SchemaDraft;
  readonly models: readonly { readonly model: ModelDraft; readonly node: ObjectTypeDefinitionNode }[];
  readonly embedded: readonly { readonly type: EmbeddedDraft; readonly node: ObjectTypeDefinitionNode }[];
}

/** Reads all type definitions. Names first, then fields, as types refer to each other in any order. */
export function readDocument(document: DocumentNode, dialect: Dialect, problems: Problems): DeclaredTypes {
  const draft: SchemaDraft = {
    dialect,
    models: new Map(),
    enums: new Map(),
    embedded: new Map(),
    joins: new Map(),
    connections: new Map(),
    connectionsOverFields: [],
    problems,
  };
  const { objects, enums, refusedNames } = sortDefinitions(document, problems);
  for (const node of enums) draft.enums.set(node.name.value, readEnum(node, problems));
  const models = objects.filter(isModel).map((node) => {
    const model = newModel(node, dialect);
    draft.models.set(model.name, model);
    return { model, node };
  });
  const embedded = objects
    .filter((node) => !isModel(node))
    .map((node) => {
      const type: EmbeddedDraft = { name: node.name.value, at: node, fields: [] };
      draft.embedded.set(type.name, type);
      return { type, node };
    });
  for (const { model, node } of models) model.fields.push(...readFields(node, true));
  for (const { type, node } of embedded) type.fields.push(...readFields(node, false));
  return { draft, models, embedded };

  function readFields(node: ObjectTypeDefinitionNode, ofModel: boolean): readonly FieldDraft[] {
    const typeName = node.name.value;
    const fields = new Map<string, FieldDraft>();
    for (const fieldNode of node.fields ?? []) {
      const name = fieldNode.name.value;
      const label = `Field ${typeName}.${name}`;
      const first = fields.get(name);
      if (first !== undefined) {
        const message = `${label} is declared twice, first at ${placeOf(first.at)}.`;
        problems.report(fieldNode, message, "Remove or rename one of them.");
        continue;
      }
      if (fieldNode.arguments !== undefined && fieldNode.arguments.length > 0)
        problems.report(fieldNode, `${label} takes arguments, but fields are stored values.`, "Remove the arguments.");
      if (ofModel) isFreeFieldName(name, label, fieldNode, problems);
      else if (name.startsWith("__"))
        problems.report(fieldNode, `${label} begins with "__", which GraphQL reserves.`, "Choose another name.");
      const field = declaredField(fieldNode, typeName, draft, refusedNames);
      // What an embedded type holds is written and merged as one value with the field that holds it.
      if (!ofModel) field.crdt = "REGISTER";
      fields.set(name, field);
    }
    return [...fields.values()];
  }
}

/** A type is meant as a model also when its `@model` is misspelled; the misspelling is reported with the directives. */
function isModel(node: ObjectTypeDefinitionNode): boolean {
  return (node.directives ?? []).some(({ name }) => {
    if (directiveNamed(name.value) !== undefined) return name.value === "model";
    return nearestName(name.value, directiveNames) === "model";
  });
}

function newModel(node: ObjectTypeDefinitionNode, dialect: Dialect): ModelDraft {
  const name = node.name.value;
  return {
    name,
    at: node,
    pluralName: pluralOf(name),
    fields: [],
    primaryKey: undefined,
    hasCustomKey: false,
    indexes: [],
    timestamps: { createdAt: "createdAt", updatedAt: "updatedAt" },
    auth: [],
    operations: defaultOperations(name, dialect),
    versioned: null,
  };
}

function readEnum(node: EnumTypeDefinitionNode, problems: Problems): EnumDraft {
  const name = node.name.value;
  const values = new Set<string>();
  for (const valueNode of node.values ?? []) {
    const value = valueNode.name.value;
    if (values.has(value))
      problems.report(valueNode, `Enum ${name} has the value "${value}" twice.`, "Remove one of them.");
    for (const directive of valueNode.directives ?? [])
      problems.report(
        directive,
        `@${directive.name.value} stands on an enum value.`,
        "Remove it: enums take no directives.",
      );
    values.add(value);
  }
  for (const directive of node.directives ?? [])
    problems.report(
      directive,
      `@${directive.name.value} stands on enum ${name}.`,
      "Remove it: enums take no directives.",
    );
  if (values.size === 0) problems.report(node, `Enum ${name} has no values.`, "Give it at least one value.");
  return { name, at: node, values: [...values] };
}

interface SortedDefinitions {
  readonly objects: readonly ObjectTypeDefinitionNode[];
  readonly enums: readonly EnumTypeDefinitionNode[];
  readonly refusedNames: ReadonlySet<string>;
}

function sortDefinitions(document: DocumentNode, problems: Problems): SortedDefinitions {
  const objects = new Map<string, ObjectTypeDefinitionNode>();
  const enums = new Map<string, EnumTypeDefinitionNode>();
  const refusedNames = new Set<string>();
  const firstByLowerCase = new Map<string, ObjectTypeDefinitionNode | EnumTypeDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.ENUM_TYPE_DEFINITION) {
      if ("name" in node && node.name !== undefined) refusedNames.add(node.name.value);
      refuse(node, problems);
      continue;
    }
    const name = node.name.value;
    const first = firstByLowerCase.get(name.toLowerCase());
    if (!isFreeTypeName(name, node, problems)) refusedNames.add(name);
    else if (first !== undefined) {
      const same = first.name.value === name;
      const what = same ? "is declared twice, first" : `differs only in letter case from "${first.name.value}"`;
      problems.report(node, `Type "${name}" ${what} at ${placeOf(first)}.`, "Remove or rename one of them.");
      if (!same) refusedNames.add(name);
    } else {
      firstByLowerCase.set(name.toLowerCase(), node);
      if (node.kind === Kind.ENUM_TYPE_DEFINITION) enums.set(name, node);
      else {
        objects.set(name, node);
        checkObject(node, problems);
      }
    }
  }
  return { objects: [...objects.values()], enums: [...enums.values()], refusedNames };
}

function checkObject(node: ObjectTypeDefinitionNode, problems: Problems): void {
  const name = node.name.value;
  for (const base of node.interfaces ?? [])
    problems.report(base, `Type ${name} implements ${base.name.value}.`, "Remove it: interfaces are not supported.");
  if ((node.fields ?? []).length === 0)
    problems.report(node, `Type ${name} has no fields.`, "Give it at least one field.");
}

/** Refuses a definition that is neither a type nor an enum. */
function refuse(
  node: Exclude<DefinitionNode, ObjectTypeDefinitionNode | EnumTypeDefinitionNode>,
  problems: Problems,
): void {
  if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && node.name.value === "AMPLIFY") {
    checkSandboxLine(node, problems);
    return;
  }
  const [what, hint] = refusals[node.kind];
  const name = "name" in node && node.name !== undefined ? ` "${node.name.value}"` : "";
  problems.report(node, `${what}${name} cannot stand in a schema of models.`, hint);
  const misplaced = ("directives" in node ? (node.directives ?? []) : []).find(({ name }) => name.value === "model");
  if (misplaced !== undefined)
    problems.report(
      misplaced,
      `@model stands on ${what.toLowerCase()}${name}.`,
      "Make it a type: only types can be models.",
    );
}

type RefusedKind = Exclude<DefinitionNode["kind"], Kind.OBJECT_TYPE_DEFINITION | Kind.ENUM_TYPE_DEFINITION>;

const intoType = "Write its parts into the declaration itself.";
const refusals: Readonly<Record<RefusedKind, readonly [what: string, hint: string]>> = {
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: [
    "Input",
    "Remove it: inputs are generated. For a value inside a record declare a type without @model.",
  ],
  [Kind.INTERFACE_TYPE_DEFINITION]: ["Interface", "Declare a type, and repeat the common fields in it."],
  [Kind.UNION_TYPE_DEFINITION]: ["Union", "Declare a type with an optional field for each member."],
  [Kind.SCALAR_TYPE_DEFINITION]: ["Scalar", "Use one of the AWS scalars; AWSJSON holds anything."],
  [Kind.DIRECTIVE_DEFINITION]: ["Directive", "Remove it: the directives of a schema are built in."],
  [Kind.DIRECTIVE_EXTENSION]: ["Extension of directive", "Remove it: the directives of a schema are built in."],
  [Kind.SCHEMA_DEFINITION]: ["A schema definition", "Remove it: the root types are generated."],
  [Kind.SCHEMA_EXTENSION]: ["A schema extension", "Remove it: the root types are generated."],
  [Kind.OBJECT_TYPE_EXTENSION]: ["Extension of type", intoType],
  [Kind.ENUM_TYPE_EXTENSION]: ["Extension of enum", intoType],
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: ["Extension of input", "Remove it: inputs are generated."],
  [Kind.INTERFACE_TYPE_EXTENSION]: ["Extension of interface", "Declare types instead."],
  [Kind.UNION_TYPE_EXTENSION]: ["Extension of union", "Declare types instead."],
  [Kind.SCALAR_TYPE_EXTENSION]: ["Extension of scalar", "Remove it: scalars cannot be extended."],
  [Kind.OPERATION_DEFINITION]: ["An operation", "Keep queries and mutations in the app, not in the schema."],
  [Kind.FRAGMENT_DEFINITION]: ["Fragment", "Keep queries and mutations in the app, not in the schema."],
};

const sandboxSettings: readonly string[] = ["globalAuthRule", "global_auth_rule"];

function checkSandboxLine(node: InputObjectTypeDefinitionNode, problems: Problems): void {
  for (const field of node.fields ?? []) {
    const name = field.name.value;
    if (sandboxSettings.includes(name)) continue;
    const hint = didYouMean(
      name,
      sandboxSettings,
      "The only setting is globalAuthRule, which is accepted and ignored.",
    );
    problems.report(field, `Setting "${name}" of input AMPLIFY is unknown.`, hint);
  }
}
