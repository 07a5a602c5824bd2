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
  ModelPredicateNegateExtender,
  ModelPredicateOperator,
  ObserveQueryOptions,
  PaginationInput,
  ProducerPaginationInput,
  ProducerSortPredicate,
  RecursiveModelPredicate,
  RecursiveModelPredicateAggregateExtender,
  RecursiveModelPredicateExtender,
  RecursiveModelPredicateNegateExtender,
  RecursiveModelPredicateOperator,
  SortPredicate,
  V5ModelPredicate,
  ValuePredicate,
} from "./amplify/model-predicate.ts";
export { utils } from "./amplify/model-tests.ts";
export type {
  __modelMeta__,
  CompositeIdentifier,
  CustomIdentifier,
  DefaultPersistentModelMetaData,
  IdentifierFieldOrIdentifierObject,
  IdentifierFields,
  IdentifierFieldsObject,
  IdentifierFieldValue,
  LazyLoading,
  LazyLoadingDisabled,
  ManagedIdentifier,
  MetadataOrDefault,
  MetadataReadOnlyFields,
  ModelClassOf,
  ModelInit,
  ModelInstanceMetadata,
  ModelMembers,
  MutableModel,
  OptionallyManagedIdentifier,
  PersistentModelConstructor,
  PersistentModelMetaData,
  SettledFieldType,
} from "./amplify/model-type.ts";
export {
  ModelPredicateCreator,
  ModelSortPredicateCreator,
  Predicates,
  type PredicatesGroup,
} from "./amplify/predicates.ts";
export {
  type AssociatedWith,
  type EnumFieldType,
  type FieldAttribute,
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
  type ModelAttributeKey,
  type ModelField,
  type ModelFields,
  type ModelFieldType,
  type NonModelFieldType,
  type Schema,
  type Schema as DataStoreSchema,
  type SchemaEnum,
  type SchemaModel,
  type SchemaNonModel,
  type TargetNameAssociation,
} from "./amplify/schema-object.ts";
export type { App, DataStoreConstructor, InitializedClasses } from "./app.ts";
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
export type { DataStoreSnapshot } from "./live/observe-query.ts";
export { AsyncCollection } from "./models/async-collection.ts";
export { AsyncItem } from "./models/async-item.ts";
export type { NonModelTypeConstructor } from "./models/embedded-class.ts";
export type { PersistentModel } from "./models/instance.ts";
export type { ModelClass, ModelDraft, ModelInstance } from "./models/model-class.ts";
export type { Observable, Observer, Subscription } from "./observable.ts";
export type { Aggregate, AggregateOptions } from "./records/aggregate-records.ts";
export type { SubscriptionMessage } from "./records/observe-records.ts";
export type { SaveStatus } from "./records/save-status.ts";
export type { SearchOptions } from "./records/search-records.ts";
export type { Transaction } from "./records/transaction.ts";
export type { UndoManager, UndoOptions } from "./records/undo-manager.ts";
export { type ConflictHandler, DISCARD, type SyncConflict } from "./sync-conflict.ts";
export { type SyncExpression, syncExpression } from "./sync-expression.ts";
