/**
 * `models.ts`: a whole models folder as one module of modern TypeScript. It holds the schema, a type and a class for each model and
 * embedded type, and enums as plain objects, so that it needs no compiler option beyond `strict`.
 *
 * Relations are lazy, as they are in Amplify's DataStore unless an app turns that off; such an app takes the JavaScript target.
 */
import {
  addedField,
  type Blueprint,
  blueprintField,
  type EnumBlueprint,
  type FieldBlueprint,
  type ModelBlueprint,
} from "./blueprint.ts";
import { identifierType, mayBeNull, readOnlyFields } from "./declarations.ts";
import { enumMembers } from "./enum-members.ts";
import { nativeScalar } from "./native-scalar.ts";
import { schemaObject } from "./schema-object.ts";

export function typeScriptModule(blueprint: Blueprint, datastore: string): string {
  const models = [...blueprint.models.values()];
  const embedded = [...blueprint.embedded.values()];
  const members = [
    ...models.map(({ name }) => `  ${name}: PersistentModelConstructor<${name}>;`),
    ...embedded.map(({ name }) => `  ${name}: NonModelTypeConstructor<${name}>;`),
  ];
  const names = [...models, ...embedded].map(({ name }) => name);
  return [
    "// Written by `tributary codegen models`. Change the schema and run it again.",
    imports(blueprint, datastore),
    ...[...blueprint.enums.values()].map(enumDeclaration),
    ...embedded.map(({ name, fields }) => interfaceDeclaration(name, [], fields, blueprint)),
    ...models.map((model) => {
      const fields = [...leftOutKeys(model, blueprint), ...model.fields];
      return interfaceDeclaration(model.name, metaProperty(model), fields, blueprint);
    }),
    `export const schema: Schema = ${JSON.stringify(schemaObject(blueprint), null, 2)};`,
    `export const { ${names.join(", ")} } = initSchema(schema) as {\n${members.join("\n")}\n};`,
  ].join("\n\n");
}

function imports({ models, embedded }: Blueprint, datastore: string): string {
  const all = [...models.values()];
  const relations = all.flatMap(({ fields }) => fields.filter(({ typeName }) => models.has(typeName)));
  const types = [
    "__modelMeta__",
    ...relations.map(({ isList }) => (isList ? "AsyncCollection" : "AsyncItem")),
    ...all.map(identifierType),
    ...(embedded.size > 0 ? ["NonModelTypeConstructor"] : []),
    "PersistentModelConstructor",
    "Schema",
  ];
  const entries = [...new Set(types)].sort().map((name) => `  type ${name},`);
  return `import {\n${entries.join("\n")}\n  initSchema,\n} from "${datastore}";`;
}

function enumDeclaration(entry: EnumBlueprint): string {
  const members = enumMembers(entry).map(([member, value]) => `  ${member}: "${value}",`);
  return [
    `export const ${entry.name} = {\n${members.join("\n")}\n} as const;`,
    `export type ${entry.name} = (typeof ${entry.name})[keyof typeof ${entry.name}];`,
  ].join("\n");
}

function interfaceDeclaration(
  name: string,
  meta: readonly string[],
  fields: readonly FieldBlueprint[],
  blueprint: Blueprint,
): string {
  const properties = fields.map((field) => `  readonly ${property(field, blueprint)};`);
  return [`export interface ${name} {`, ...meta, ...properties, "}"].join("\n");
}

/** Parts of the key that are foreign keys of relations: the first dialect holds them as properties, but not among its fields. */
function leftOutKeys(model: ModelBlueprint, { models }: Blueprint): readonly FieldBlueprint[] {
  const leftOut = model.key.fields.filter((name) => blueprintField(model, name) === undefined);
  return leftOut.map((name) => {
    const relation = model.fields.find(
      ({ association }) => association?.kind === "BELONGS_TO" && association.targetNames.includes(name),
    );
    const related = models.get(relation?.typeName ?? "");
    const part = related === undefined ? undefined : blueprintField(related, related.key.fields[0] ?? "");
    return addedField(name, part?.typeName ?? "ID", { isNullable: false });
  });
}

function metaProperty(model: ModelBlueprint): readonly string[] {
  const names = model.key.fields.map((field) => `"${field}"`);
  const key = names.length > 1 ? `[${names.join(", ")}]` : names.join();
  const readOnly = readOnlyFields(model).replaceAll("'", '"');
  return [
    "  readonly [__modelMeta__]: {",
    `    identifier: ${identifierType(model)}<${model.name}, ${key}>;`,
    ...(readOnly === "" ? [] : [`    readOnlyFields: ${readOnly};`]),
    "  };",
  ];
}

function property(field: FieldBlueprint, { models }: Blueprint): string {
  const { name, typeName, isList, isNullable } = field;
  if (models.has(typeName)) {
    const related = isList
      ? `AsyncCollection<${typeName}>`
      : `AsyncItem<${typeName}${isNullable ? " | undefined" : ""}>`;
    return `${name}: ${related}`;
  }
  const element = nativeScalar(typeName) ?? typeName;
  const value = isList ? `readonly ${isNullable ? `(${element} | null)` : element}[]` : element;
  return mayBeNull(field) ? `${name}?: ${value} | null` : `${name}: ${value}`;
}
