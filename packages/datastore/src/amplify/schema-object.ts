/** The types of Amplify's schema object, as generated model files hold it, and the guards that tell its parts apart. */

import type { ScalarName } from "@tributary/schema";
import { keyFields, type ModelDescription } from "@tributary/schema";
import { modelOfClass } from "../models/schema-classes.ts";
import type { ModelAttributeAuthAllow, ModelAttributeAuthProvider } from "./enums.ts";
import { GraphQLScalarType } from "./graphql-scalar-type.ts";

/** What `schema.js` exports. */
export type Schema = UserSchema & SchemaVersions;

export interface UserSchema {
  readonly models: SchemaModels;
  readonly nonModels?: SchemaNonModels;
  readonly enums: Readonly<Record<string, SchemaEnum>>;
}

interface SchemaVersions {
  readonly codegenVersion: string;
  readonly version: string;
}

/** A schema by namespaces, of which an app's is `user`. */
export type InternalSchema = SchemaVersions & { readonly namespaces: SchemaNamespaces };

export type SchemaNamespaces = Readonly<Record<string, SchemaNamespace>>;

export type SchemaNamespace = UserSchema & { readonly name: string };

export type SchemaModels = Readonly<Record<string, SchemaModel>>;

export type SchemaNonModels = Readonly<Record<string, SchemaNonModel>>;

export interface SchemaModel {
  readonly name: string;
  readonly pluralName: string;
  readonly syncable?: boolean;
  readonly attributes?: ModelAttributes;
  readonly fields: ModelFields;
  readonly allFields?: ModelFields;
}

export interface SchemaNonModel {
  readonly name: string;
  readonly fields: ModelFields;
}

export interface SchemaEnum {
  readonly name: string;
  readonly values: readonly string[];
}

export type ModelFields = Readonly<Record<string, ModelField>>;

export interface ModelField {
  readonly name: string;
  readonly type: ScalarName | ModelFieldType | NonModelFieldType | EnumFieldType;
  readonly isArray: boolean;
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  readonly isArrayNullable?: boolean;
  readonly association?: ModelAssociation;
  readonly attributes?: readonly FieldAttribute[];
}

export interface ModelFieldType {
  readonly model: string;
}

export interface NonModelFieldType {
  readonly nonModel: string;
}

export interface EnumFieldType {
  readonly enum: string;
}

export interface ModelAttribute {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export type ModelAttributes = readonly ModelAttribute[];

export type FieldAttribute = ModelAttribute;

export interface AssociatedWith {
  readonly connectionType: "HAS_MANY" | "HAS_ONE";
  readonly associatedWith: string | readonly string[];
  readonly targetName?: string;
  readonly targetNames?: readonly string[];
}

export interface TargetNameAssociation {
  readonly connectionType: "BELONGS_TO";
  readonly targetName?: string;
  readonly targetNames?: readonly string[];
}

export type ModelAssociation = AssociatedWith | TargetNameAssociation;

export interface ModelAttributeKey extends ModelAttribute {
  readonly type: "key";
  readonly properties: { readonly name?: string; readonly fields: readonly string[] };
}

export interface ModelAttributeAuth extends ModelAttribute {
  readonly type: "auth";
  readonly properties: { readonly rules: readonly ModelAuthRule[] };
}

export interface ModelAuthRule {
  readonly allow: string;
  readonly provider?: string;
  readonly operations?: readonly string[];
  readonly ownerField?: string;
  readonly identityClaim?: string;
  readonly groups?: readonly string[];
  readonly groupClaim?: string;
  readonly groupsField?: string;
}

/** A rule with the names of `ModelAttributeAuthAllow` and `ModelAttributeAuthProvider`. */
export interface ModelAttributeAuthProperty extends Omit<ModelAuthRule, "allow" | "provider" | "groupsField"> {
  readonly allow: ModelAttributeAuthAllow;
  readonly provider?: ModelAttributeAuthProvider;
}

type Given = Readonly<Record<string, unknown>>;

function asObject(value: unknown): Given {
  return typeof value === "object" && value !== null ? (value as Given) : {};
}

export function isSchemaModel(value: unknown): value is SchemaModel {
  return asObject(value).pluralName !== undefined;
}

export function isSchemaModelWithAttributes(value: unknown): value is SchemaModel {
  return isSchemaModel(value) && value.attributes !== undefined;
}

export function isAssociatedWith(value: unknown): value is AssociatedWith {
  return asObject(value).associatedWith !== undefined;
}

export function isTargetNameAssociation(value: unknown): value is TargetNameAssociation {
  const { targetName, targetNames } = asObject(value);
  return targetName !== undefined || targetNames !== undefined;
}

export function isFieldAssociation(value: unknown, fieldName: string): boolean {
  const { connectionType } = asObject(asObject(asObject(asObject(value).fields)[fieldName]).association);
  return connectionType !== undefined;
}

export function isModelAttributeAuth(attribute: ModelAttribute): attribute is ModelAttributeAuth {
  return attribute.type === "auth" && Array.isArray(attribute.properties?.rules);
}

export function isModelAttributeKey(attribute: ModelAttribute): attribute is ModelAttributeKey {
  const { fields } = attribute.properties ?? {};
  return attribute.type === "key" && Array.isArray(fields) && fields.length > 0;
}

export function isModelAttributePrimaryKey(attribute: ModelAttribute): attribute is ModelAttributeKey {
  return isModelAttributeKey(attribute) && attribute.properties.name === undefined;
}

/** An index whose key has a field to sort by. */
export function isModelAttributeCompositeKey(attribute: ModelAttribute): attribute is ModelAttributeKey {
  return (
    isModelAttributeKey(attribute) && attribute.properties.name !== undefined && attribute.properties.fields.length > 2
  );
}

export function isGraphQLScalarType(value: unknown): value is ScalarName {
  return typeof value === "string" && typeof (GraphQLScalarType as Given)[value] === "number";
}

export function isModelFieldType(value: unknown): value is ModelFieldType {
  return asObject(value).model !== undefined;
}

export function isNonModelFieldType(value: unknown): value is NonModelFieldType {
  return asObject(value).nonModel !== undefined;
}

export function isEnumFieldType(value: unknown): value is EnumFieldType {
  return asObject(value).enum !== undefined;
}

/** Whether `value` has every field of the key, of a model class or a schema object's model. */
export function isIdentifierObject(value: unknown, model: unknown): boolean {
  const fields = keyFieldsOf(model);
  const given = asObject(value);
  return fields.length > 0 && fields.every((field) => given[field] !== undefined);
}

function keyFieldsOf(model: unknown): readonly string[] {
  const known: ModelDescription | undefined = modelOfClass(model);
  if (known !== undefined) return keyFields(known).map(({ name }) => name);
  if (!isSchemaModel(model)) return [];
  const key = (model.attributes ?? []).find(isModelAttributePrimaryKey);
  return key?.properties.fields ?? ["id"];
}

export function isPredicateObj(value: unknown): boolean {
  return asObject(value).field !== undefined;
}

export function isPredicateGroup(value: unknown): boolean {
  return asObject(value).type !== undefined;
}
