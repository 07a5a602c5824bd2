/** The frozen description of a GraphQL schema: models, fields, indexes and auth rules. */
export { type AuthProvider, authProviders, providerOfRule } from "./auth-provider.ts";
export { isRelationIndex, upperFirst } from "./derived-names.ts";
export type {
  AuthOperation,
  AuthRule,
  CrdtKind,
  EmbeddedDescription,
  EnumDescription,
  FacetDescription,
  FieldDescription,
  FieldType,
  IndexDescription,
  ModelDescription,
  OperationNames,
  Relation,
  ScalarName,
  SchemaDescription,
} from "./description.ts";
export { facetsOf } from "./facets.ts";
export type { UnhashedSchema } from "./freeze-schema.ts";
export { freezeSchema } from "./freeze-schema.ts";
export type { FieldOwner } from "./lookup.ts";
export {
  embeddedNamed,
  enumNamed,
  facetOfField,
  fieldNamed,
  fieldsOfFacet,
  indexNamed,
  isListField,
  keyFields,
  modelNamed,
  relationFields,
  ruledFields,
  storedFields,
} from "./lookup.ts";
export { readingOperations, readingPart, roleText, rulesOfField } from "./read-rules.ts";
export type { SchemaProblem } from "./schema-error.ts";
export { SchemaError } from "./schema-error.ts";
export type { Unsupported } from "./supported.ts";
export { assertSupported, mergedKinds, unsupportedIn } from "./supported.ts";
