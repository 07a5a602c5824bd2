/**
 * From the document of a schema to the blueprint of its model files: declared fields and directives, then keys, timestamps, join
 * models and relations. Types keep the order of declaration.
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeNode,
  valueFromASTUntyped,
} from "graphql";
import { associateConnections } from "./associate-connections.ts";
import { associateRelations } from "./associate-relations.ts";
import {
  addedField,
  addFieldOnce,
  type Blueprint,
  type BlueprintUse,
  blueprintField,
  type DirectiveBlueprint,
  directiveOn,
  type EmbeddedBlueprint,
  type EnumBlueprint,
  type FieldBlueprint,
  type KeyBlueprint,
  type ModelBlueprint,
  namesIn,
  noteFieldNames,
} from "./blueprint.ts";
import { withFullRules } from "./full-rules.ts";
import { addJoinBlueprints } from "./join-blueprints.ts";
import { addKeyDirectives } from "./key-directives.ts";

export function readBlueprint(document: DocumentNode, dialect: Blueprint["dialect"], use: BlueprintUse): Blueprint {
  const models = new Map<string, ModelBlueprint>();
  const embedded = new Map<string, EmbeddedBlueprint>();
  const enums = new Map<string, EnumBlueprint>();
  for (const node of document.definitions) {
    if (node.kind === Kind.ENUM_TYPE_DEFINITION)
      enums.set(node.name.value, { name: node.name.value, values: (node.values ?? []).map(({ name }) => name.value) });
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const name = node.name.value;
    if (node.directives?.some((directive) => directive.name.value === "model"))
      models.set(name, readModel(node, dialect, use));
    else embedded.set(name, { name, fields: (node.fields ?? []).map(readField) });
  }
  if (dialect === "v1") associateConnections(models, use);
  else {
    for (const model of models.values()) addKeyDirectives(model);
    addJoinBlueprints(models);
    associateRelations(models);
  }
  for (const model of models.values()) model.directives = withFullRules(model.directives);
  return { dialect, models, embedded, enums };
}

function readModel(node: ObjectTypeDefinitionNode, dialect: Blueprint["dialect"], use: BlueprintUse): ModelBlueprint {
  const directives = readDirectives(node.directives);
  const declared = (node.fields ?? []).map(readField);
  const key = dialect === "v1" ? keyByDirective(directives) : keyByField(declared);
  const model: ModelBlueprint = { name: node.name.value, fields: declared, directives, key };
  if (key.kind === "managed" || (dialect === "v1" && use === "models")) ensureId(model);
  // A model that names its key is looked through for it.
  if (dialect === "v2" && key.kind !== "managed") noteFieldNames(model);
  addTimestamps(model);
  const id = blueprintField(model, "id");
  if (id !== undefined) model.fields = [id, ...model.fields.filter((field) => field !== id)];
  return model;
}

function ensureId(model: ModelBlueprint): void {
  const declared = blueprintField(model, "id");
  if (declared === undefined) model.fields.unshift(addedField("id", "ID", { isNullable: false }));
}

function keyByField(fields: readonly FieldBlueprint[]): KeyBlueprint {
  const first = fields.find((field) => directiveOn(field, "primaryKey") !== undefined);
  const directive = first === undefined ? undefined : directiveOn(first, "primaryKey");
  if (first === undefined || directive === undefined) return { kind: "managed", fields: ["id"] };
  return keyOver([first.name, ...namesIn(directive, "sortKeyFields")]);
}

function keyByDirective(directives: readonly DirectiveBlueprint[]): KeyBlueprint {
  const directive = directives.find(({ name, arguments: given }) => name === "key" && given.name == null);
  return directive === undefined ? { kind: "managed", fields: ["id"] } : keyOver(namesIn(directive, "fields"));
}

function keyOver(fields: readonly string[]): KeyBlueprint {
  return { kind: fields.join() === "id" ? "optionallyManaged" : "custom", fields };
}

function addTimestamps(model: ModelBlueprint): void {
  const given = directiveOn(model, "model")?.arguments.timestamps;
  if (given === null) return;
  for (const usual of ["createdAt", "updatedAt"]) {
    const renamed = isRecord(given) ? given[usual] : undefined;
    const name = typeof renamed === "string" ? renamed : usual;
    addFieldOnce(model, addedField(name, "AWSDateTime", { isNullable: true, isReadOnly: true }));
  }
}

function readField(node: FieldDefinitionNode): FieldBlueprint {
  const isRequired = node.type.kind === Kind.NON_NULL_TYPE;
  const outer = node.type.kind === Kind.NON_NULL_TYPE ? node.type.type : node.type;
  const isList = outer.kind === Kind.LIST_TYPE;
  return {
    name: node.name.value,
    typeName: nameOfType(node.type),
    isList,
    isNullable: outer.kind === Kind.LIST_TYPE ? outer.type.kind !== Kind.NON_NULL_TYPE : !isRequired,
    isListNullable: isList ? !isRequired : undefined,
    isReadOnly: false,
    directives: readDirectives(node.directives),
    association: null,
  };
}

function readDirectives(nodes: readonly ConstDirectiveNode[] | undefined): DirectiveBlueprint[] {
  return (nodes ?? []).map((node) => ({
    name: node.name.value,
    arguments: Object.fromEntries(
      (node.arguments ?? []).map(({ name, value }) => [name.value, withLists(name.value, valueFromASTUntyped(value))]),
    ),
  }));
}

/** Arguments whose single value stands for a list of one; model files hold the list. */
const listArguments: readonly string[] = ["rules", "operations", "groups", "fields", "sortKeyFields"];

function withLists(name: string, value: unknown): unknown {
  const listed = listArguments.includes(name) && value != null && !Array.isArray(value) ? [value] : value;
  if (name !== "rules" || !Array.isArray(listed)) return listed;
  return listed.map((rule) =>
    isRecord(rule) ? Object.fromEntries(Object.entries(rule).map(([key, part]) => [key, withLists(key, part)])) : rule,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOfType(node: TypeNode): string {
  return node.kind === Kind.NAMED_TYPE ? node.name.value : nameOfType(node.type);
}
