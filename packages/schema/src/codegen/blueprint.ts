/**
 * What model files are written from: the declarations of a schema as Amplify's generator understands them.
 *
 * It is not the schema description: directives stand in it as they are written, and an implied field is there only if Amplify
 * puts it into model files, with the nullability it has there. Whether a schema makes sense is not judged here; only schemas
 * that `parseSchema` accepts come this far.
 */

/** One directive of a declaration, or one that another implies. */
export interface DirectiveBlueprint {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The field it stands on, noted when its model was looked through for relations; part of the version digest. */
  fieldName?: string;
}

/** How a relation is told in model files; the names are those of fields. */
export type AssociationBlueprint =
  | { readonly kind: "HAS_MANY"; readonly associatedWith: readonly string[] }
  | { readonly kind: "HAS_ONE"; readonly associatedWith: readonly string[]; readonly targetNames: readonly string[] }
  | { readonly kind: "BELONGS_TO"; readonly targetNames: readonly string[] };

export interface FieldBlueprint {
  readonly name: string;
  /** The named type: a scalar, an enum, an embedded type or a model. */
  readonly typeName: string;
  readonly isList: boolean;
  /** Whether the value may be null, an element of it when the field is a list. */
  readonly isNullable: boolean;
  /** Whether the list itself may be null; undefined when the field is no list. */
  readonly isListNullable: boolean | undefined;
  readonly isReadOnly: boolean;
  readonly directives: readonly DirectiveBlueprint[];
  association: AssociationBlueprint | null;
}

export interface EmbeddedBlueprint {
  readonly name: string;
  readonly fields: readonly FieldBlueprint[];
}

export interface ModelBlueprint {
  readonly name: string;
  fields: FieldBlueprint[];
  directives: DirectiveBlueprint[];
  readonly key: KeyBlueprint;
}

/** `managed`: `id`, made by the DataStore. `optionallyManaged`: `id`, which the app may give. `custom`: given by the app. */
export interface KeyBlueprint {
  readonly kind: "managed" | "optionallyManaged" | "custom";
  readonly fields: readonly string[];
}

export interface EnumBlueprint {
  readonly name: string;
  readonly values: readonly string[];
}

export interface Blueprint {
  readonly dialect: "v1" | "v2";
  readonly models: ReadonlyMap<string, ModelBlueprint>;
  readonly embedded: ReadonlyMap<string, EmbeddedBlueprint>;
  readonly enums: ReadonlyMap<string, EnumBlueprint>;
}

/**
 * What the blueprint is for. In the first dialect model files hold an `id` for every model and no foreign key of a relation, while
 * introspection keeps what is the key.
 */
export type BlueprintUse = "models" | "introspection";

/** The field of this name. */
export function blueprintField(model: ModelBlueprint, name: string): FieldBlueprint | undefined {
  return model.fields.find((field) => field.name === name);
}

/** The first directive of this name. */
export function directiveOn(
  owner: { readonly directives: readonly DirectiveBlueprint[] },
  name: string,
): DirectiveBlueprint | undefined {
  return owner.directives.find((directive) => directive.name === name);
}

/** An argument that lists names; empty when it is not given. */
export function namesIn(directive: DirectiveBlueprint, argument: string): readonly string[] {
  const value = directive.arguments[argument];
  return Array.isArray(value) ? value.map(String) : [];
}

/** An argument that is a text; undefined when it is not given, or null. */
export function textIn(directive: DirectiveBlueprint, argument: string): string | undefined {
  const value = directive.arguments[argument];
  return typeof value === "string" ? value : undefined;
}

/** A single-valued field that a declaration implies. */
export function addedField(
  name: string,
  typeName: string,
  { isNullable, isReadOnly = false }: { readonly isNullable: boolean; readonly isReadOnly?: boolean },
): FieldBlueprint {
  return {
    name,
    typeName,
    isList: false,
    isNullable,
    isListNullable: undefined,
    isReadOnly,
    directives: [],
    association: null,
  };
}

/** Adds a field unless the model has one of its name. */
export function addFieldOnce(model: ModelBlueprint, field: FieldBlueprint): void {
  if (blueprintField(model, field.name) === undefined) model.fields.push(field);
}

/** Notes on every directive of a model's fields where it stands. */
export function noteFieldNames(model: ModelBlueprint): void {
  for (const field of model.fields) for (const directive of field.directives) directive.fieldName = field.name;
}
