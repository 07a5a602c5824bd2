/**
 * `index.d.ts`: for each model and embedded type the type of its instances, eager and lazy, and the class that makes them.
 *
 * Models of the second dialect tell their identifier and read-only fields inside the type, those of the first tell the read-only
 * fields in a type beside it.
 */
import type { Blueprint, EmbeddedBlueprint, FieldBlueprint, ModelBlueprint } from "./blueprint.ts";
import { enumMembers } from "./enum-members.ts";
import { nativeScalar } from "./native-scalar.ts";

export function declarations(blueprint: Blueprint, datastore: string): string {
  const { dialect, models, embedded, enums } = blueprint;
  const all = [...models.values()];
  const blocks = [
    ...[...enums.values()].map((entry) => {
      const members = enumMembers(entry).map(([member, value]) => `  ${member} = "${value}"`);
      return `export enum ${entry.name} {\n${members.join(",\n")}\n}`;
    }),
    ...[...embedded.values()].map((type) => embeddedDeclaration(type, blueprint)),
    ...(dialect === "v1" ? all.flatMap(metaDataDeclaration) : []),
    ...all.map((model) => modelDeclaration(model, blueprint)),
  ];
  return [imports(blueprint, datastore), ...blocks].join("\n\n");
}

function imports({ dialect, models }: Blueprint, datastore: string): string {
  const all = [...models.values()];
  const identifiers = dialect === "v1" ? [] : all.map((model) => identifierType(model));
  const relations = all.flatMap(({ fields }) => fields.filter(({ typeName }) => models.has(typeName)));
  const lazy = relations.map(({ isList }) => (isList ? "AsyncCollection" : "AsyncItem"));
  const base = [
    "ModelInit",
    "MutableModel",
    ...(dialect === "v1" || all.length === 0 ? [] : ["__modelMeta__"]),
    ...identifiers,
  ];
  const ignored = ["LazyLoading", "LazyLoadingDisabled", ...lazy];
  const from = `from "${datastore}";`;
  return [
    `import { ${[...new Set(base)].join(", ")} } ${from}`,
    "// @ts-ignore",
    `import { ${[...new Set(ignored)].join(", ")} } ${from}`,
  ].join("\n");
}

function embeddedDeclaration({ name, fields }: EmbeddedBlueprint, blueprint: Blueprint): string {
  return [
    instanceType(`Eager${name}`, [], fields, (field) => eagerProperty(field, blueprint)),
    instanceType(`Lazy${name}`, [], fields, (field) => lazyProperty(field, blueprint)),
    chosenType(name),
    `export declare const ${name}: (new (init: ModelInit<${name}>) => ${name})`,
  ].join("\n\n");
}

function modelDeclaration(model: ModelBlueprint, blueprint: Blueprint): string {
  const { name, fields } = model;
  const meta = blueprint.dialect === "v1" ? [] : [metaProperty(model)];
  const parameters = blueprint.dialect === "v1" && readOnlyFields(model) !== "" ? `${name}, ${name}MetaData` : name;
  const draft = `MutableModel<${parameters}>`;
  return [
    instanceType(`Eager${name}`, meta, fields, (field) => eagerProperty(field, blueprint)),
    instanceType(`Lazy${name}`, meta, fields, (field) => lazyProperty(field, blueprint)),
    chosenType(name),
    `export declare const ${name}: (new (init: ModelInit<${parameters}>) => ${name}) & {
  copyOf(source: ${name}, mutator: (draft: ${draft}) => ${draft} | void): ${name};
}`,
  ].join("\n\n");
}

function metaDataDeclaration(model: ModelBlueprint): readonly string[] {
  const readOnly = readOnlyFields(model);
  return readOnly === "" ? [] : [`type ${model.name}MetaData = {\n  readOnlyFields: ${readOnly};\n}`];
}

function metaProperty(model: ModelBlueprint): string {
  const [first = ""] = model.key.fields;
  const names = model.key.fields.map((field) => `'${field}'`).join(", ");
  const key = identifierType(model) === "CompositeIdentifier" ? `[${names}]` : `'${first}'`;
  const readOnly = readOnlyFields(model);
  return [
    "  readonly [__modelMeta__]: {",
    `    identifier: ${identifierType(model)}<${model.name}, ${key}>;`,
    ...(readOnly === "" ? [] : [`    readOnlyFields: ${readOnly};`]),
    "  };",
  ].join("\n");
}

/** The type by which Amplify's DataStore tells who makes the key of a model. */
export function identifierType({ key }: ModelBlueprint): string {
  if (key.kind === "managed") return "ManagedIdentifier";
  if (key.kind === "optionallyManaged") return "OptionallyManagedIdentifier";
  return key.fields.length > 1 ? "CompositeIdentifier" : "CustomIdentifier";
}

/** The names of a model's read-only fields as a union; empty when it has none. */
export function readOnlyFields({ fields }: ModelBlueprint): string {
  return fields
    .filter(({ isReadOnly }) => isReadOnly)
    .map(({ name }) => `'${name}'`)
    .join(" | ");
}

function instanceType(
  name: string,
  meta: readonly string[],
  fields: readonly FieldBlueprint[],
  property: (field: FieldBlueprint) => string,
): string {
  return [`type ${name} = {`, ...meta, ...fields.map((field) => `  readonly ${property(field)};`), "}"].join("\n");
}

function chosenType(name: string): string {
  return `export declare type ${name} = LazyLoading extends LazyLoadingDisabled ? Eager${name} : Lazy${name}`;
}

function eagerProperty(field: FieldBlueprint, blueprint: Blueprint): string {
  return `${field.name}${mayBeNull(field) ? "?" : ""}: ${valueType(field, blueprint)}`;
}

function lazyProperty(field: FieldBlueprint, blueprint: Blueprint): string {
  if (!blueprint.models.has(field.typeName)) return eagerProperty(field, blueprint);
  if (field.isList) return `${field.name}: AsyncCollection<${field.typeName}>`;
  return `${field.name}: AsyncItem<${field.typeName}${field.isNullable ? " | undefined" : ""}>`;
}

function valueType(field: FieldBlueprint, { enums }: Blueprint): string {
  const element = nativeScalar(field.typeName) ?? field.typeName;
  const value = field.isList ? `${field.isNullable ? `(${element} | null)` : element}[]` : element;
  const key = `keyof typeof ${field.typeName}`;
  const keys = enums.has(field.typeName) ? ` | ${field.isList ? `Array<${key}>` : key}` : "";
  return `${value}${keys}${mayBeNull(field) ? " | null" : ""}`;
}

/** Whether a field as a whole may be null. */
export function mayBeNull({ isList, isListNullable, isNullable }: FieldBlueprint): boolean {
  return isList ? isListNullable === true : isNullable;
}
