/**
 * Everything that an app imports beside the datastore itself: the names of Amplify's `@aws-amplify/datastore`, and Tributary's
 * own. Each platform's entry exports all of it. `docs/api.md` says of each name what it does here.
 */

export {
  FinishedPredicate as PredicateInternalsKey,
  type PredicateProducer,
  type SortProducer,
} from "@tributary/model";
export type { RefusedChange, StorageAdapter } from "@tributary/storage";
export type {
  AuthModeStrategy,
  AuthModeStrategyParams,
  AuthModeStrategyReturn,
  GraphQLAuthMode,
  ModelAuthModes,
} from "./amplify/auth-mode.ts";
export {
  AuthModeStrategyType,
  LimitTimerRaceResolvedValues,
  ModelAttributeAuthAllow,
  ModelAttributeAuthProvider,
  ModelOperation,
  NAMESPACES,
  OpType,
  ProcessName,
  QueryOne,
  SortDirection,
} from "./amplify/enums.ts";
export { GraphQLScalarType } from "./amplify/graphql-scalar-type.ts";
export type {
  ModelPredicate,
  ModelPredicateAggregateExtender,
  ModelPredicateExtender,
  ModelPredicateNegation,
  ModelPredicateOperator,
  ObserveQueryOptions,
  PaginationInput,
  ProducerModelPredicate,
  ProducerPaginationInput,
  ProducerSortPredicate,
  RecursiveModelPredicate,
  RecursiveModelPredicateAggregateExtender,
  RecursiveModelPredicateExtender,
  RecursiveModelPredicateNegation,
  RecursiveModelPredicateOperator,
  SortPredicate,
  SortPredicateExpression,
  V5ModelPredicate,
  ValuePredicate,
} from "./amplify/model-predicate.ts";
export { utils } from "./amplify/model-tests.ts";
export type {
  __modelMeta__,
  CompositeIdentifier,
  CustomIdentifier,
  DefaultPersistentModelMetaData,
  Identifier,
  IdentifierBrand,
  IdentifierFieldOrIdentifierObject,
  IdentifierFields,
  IdentifierFieldsForInit,
  IdentifierFieldsObject,
  IdentifierFieldValue,
  LazyLoading,
  LazyLoadingDisabled,
  ManagedIdentifier,
  MetadataOrDefault,
  MetadataReadOnlyFields,
  ModelClassOf,
  ModelInit,
  ModelInitBase,
  ModelInstanceMetadata,
  ModelMembers,
  MutableModel,
  OptionallyManagedIdentifier,
  PersistentModel,
  PersistentModelConstructor,
  PersistentModelMetaData,
  SettableFieldType,
} from "./amplify/model-type.ts";
export {
  type AllFieldOperators,
  ModelPredicateCreator,
  ModelSortPredicateCreator,
  type PredicateAll,
  type PredicateObject,
  Predicates,
  type PredicatesGroup,
  type SortPredicateObject,
  type SortPredicatesGroup,
} from "./amplify/predicates.ts";
export {
  type AssociatedWith,
  type EnumFieldType,
  type FieldAttribute,
  type InternalSchema,
  isAssociatedWith,
  isEnumFieldType,
  isFieldAssociation,
  isGraphQLScalarType,
  isIdentifierObject,
  isModelAttributeAuth,
  isModelAttributeCompositeKey,
  isModelAttributeKey,
  isModelAttributePrimaryKey,
  isModelFieldType,
  isNonModelFieldType,
  isPredicateGroup,
  isPredicateObj,
  isSchemaModel,
  isSchemaModelWithAttributes,
  isTargetNameAssociation,
  type ModelAssociation,
  type ModelAttribute,
  type ModelAttributeAuth,
  type ModelAttributeAuthProperty,
  type ModelAttributeKey,
  type ModelAttributes,
  type ModelAuthRule,
  type ModelField,
  type ModelFields,
  type ModelFieldType,
  type NonModelFieldType,
  type Schema,
  type Schema as DataStoreSchema,
  type SchemaEnum,
  type SchemaModel,
  type SchemaModels,
  type SchemaNamespace,
  type SchemaNamespaces,
  type SchemaNonModel,
  type SchemaNonModels,
  type TargetNameAssociation,
  type UserSchema,
} from "./amplify/schema-object.ts";
export type { DataStoreSnapshot, SubscriptionMessage } from "./amplify/subscription-message.ts";
export type { App, DataStoreConstructor, TypeConstructorMap } from "./app.ts";
export type { DataStoreInstance, SyncStatus } from "./data-store.ts";
export type {
  AuthProviders,
  ConfigureInput,
  DataStoreAuth,
  DataStoreConfig,
  ErrorHandler,
} from "./data-store-config.ts";
export type { DataStoreProblem, ErrorType, SyncError } from "./data-store-problem.ts";
export type { Hub as HubInstance, HubCapsule, HubPayload } from "./hub.ts";
export { AsyncCollection } from "./models/async-collection.ts";
export { AsyncItem } from "./models/async-item.ts";
export type { NonModelTypeConstructor } from "./models/embedded-class.ts";
export type { ModelClass, ModelDraft, ModelInstance } from "./models/model-class.ts";
export type { Observable, Observer, Subscription } from "./observable.ts";
export type { Aggregate, AggregateOptions } from "./records/aggregate-records.ts";
export type { SaveStatus } from "./records/save-status.ts";
export type { SearchOptions } from "./records/search-records.ts";
export type { Transaction } from "./records/transaction.ts";
export type { UndoManager, UndoOptions } from "./records/undo-manager.ts";
export { type ConflictHandler, DISCARD, type SyncConflict } from "./sync-conflict.ts";
export {
  type ModelSyncExpression,
  type SyncExpression,
  type SyncExpressionProducer,
  syncExpression,
} from "./sync-expression.ts";
