/** The types of predicates and sorts on a declared model: which operators a field's type has, and how they are put together. */
import type { FinishedPredicate, PredicateBuilder, predicateAll, SortBuilder } from "@tributary/model";
import type { AsyncCollection } from "../models/async-collection.ts";
import type { __modelMeta__, SettableFieldType } from "./model-type.ts";

type Present<T> = Exclude<T, null | undefined>;

/** What a condition compares with. An optional field's own value is no error, so null is there too. */
type Operand<T> = T | null | undefined;

interface EqualityOperators<T> {
  eq(value: Operand<T>): FinishedPredicate;
  ne(value: Operand<T>): FinishedPredicate;
  in(values: readonly Operand<T>[]): FinishedPredicate;
  notIn(values: readonly Operand<T>[]): FinishedPredicate;
}

interface OrderOperators<T> extends EqualityOperators<T> {
  gt(value: Operand<T>): FinishedPredicate;
  ge(value: Operand<T>): FinishedPredicate;
  lt(value: Operand<T>): FinishedPredicate;
  le(value: Operand<T>): FinishedPredicate;
  between(from: Operand<T>, to: Operand<T>): FinishedPredicate;
}

interface TextOperators<T> extends OrderOperators<T> {
  contains(value: Operand<string>): FinishedPredicate;
  notContains(value: Operand<string>): FinishedPredicate;
  beginsWith(value: Operand<string>): FinishedPredicate;
}

interface ListOperators<Element> {
  eq(value: Operand<readonly Element[]>): FinishedPredicate;
  ne(value: Operand<readonly Element[]>): FinishedPredicate;
  contains(value: Operand<Element>): FinishedPredicate;
  notContains(value: Operand<Element>): FinishedPredicate;
}

/** The operators of a field by what it holds. */
export type ValuePredicate<_Model, Value> = [Value] extends [boolean]
  ? EqualityOperators<boolean>
  : [Value] extends [number]
    ? OrderOperators<number>
    : [Value] extends [string]
      ? TextOperators<Value>
      : [Value] extends [readonly (infer Element)[]]
        ? ListOperators<Element>
        : EqualityOperators<Value>;

interface Groups<Model> {
  and(parts: (model: Model) => readonly FinishedPredicate[]): FinishedPredicate;
  or(parts: (model: Model) => readonly FinishedPredicate[]): FinishedPredicate;
  not(part: (model: Model) => FinishedPredicate): FinishedPredicate;
}

type IsRelation<Value> = Value extends Promise<unknown> | AsyncCollection<unknown> ? true : false;

type RelatedModel<Value> =
  Value extends AsyncCollection<infer Many> ? Many : Present<SettableFieldType<Present<Value>>>;

/** A predicate's model: own fields, and relations to be followed. */
export type RecursiveModelPredicate<T> = string extends keyof T
  ? PredicateBuilder
  : {
      readonly [Field in Exclude<keyof T, typeof __modelMeta__>]-?: IsRelation<Present<T[Field]>> extends true
        ? RecursiveModelPredicate<RelatedModel<Present<T[Field]>>>
        : ValuePredicate<T, Present<T[Field]>>;
    } & Groups<RecursiveModelPredicate<T>>;

export type RecursiveModelPredicateExtender<T> = (
  lambda: RecursiveModelPredicate<T>,
) => FinishedPredicate | typeof predicateAll;
export type RecursiveModelPredicateAggregateExtender<T> = (
  lambda: RecursiveModelPredicate<T>,
) => readonly FinishedPredicate[];
export type RecursiveModelPredicateOperator<T> = (
  predicates: RecursiveModelPredicateAggregateExtender<T>,
) => FinishedPredicate;
export type RecursiveModelPredicateNegation<T> = (
  predicate: (lambda: RecursiveModelPredicate<T>) => FinishedPredicate,
) => FinishedPredicate;

/** A condition's model: own fields only. */
export type V5ModelPredicate<T> = string extends keyof T
  ? PredicateBuilder
  : {
      readonly [Field in Exclude<keyof T, typeof __modelMeta__> as IsRelation<Present<T[Field]>> extends true
        ? never
        : Field]-?: ValuePredicate<T, Present<T[Field]>>;
    } & Groups<V5ModelPredicate<T>>;

export type ModelPredicateExtender<T> = (lambda: V5ModelPredicate<T>) => FinishedPredicate | typeof predicateAll;
export type ModelPredicateAggregateExtender<T> = (lambda: V5ModelPredicate<T>) => readonly FinishedPredicate[];
export type ModelPredicateOperator<T> = (predicates: ModelPredicateAggregateExtender<T>) => FinishedPredicate;
export type ModelPredicateNegation<T> = (
  predicate: (lambda: V5ModelPredicate<T>) => FinishedPredicate,
) => FinishedPredicate;
export type ModelPredicate<T> = V5ModelPredicate<T>;
export type ProducerModelPredicate<T> = ModelPredicateExtender<T>;

/** A sort's model: own fields, and relations to one to be followed. Each call answers `Root`, where the sort starts, so that keys chain. */
export type SortPredicate<T, Root = T> = string extends keyof T
  ? SortBuilder
  : {
      readonly [Field in Exclude<keyof T, typeof __modelMeta__> as Present<T[Field]> extends AsyncCollection<unknown>
        ? never
        : Field]-?: IsRelation<Present<T[Field]>> extends true
        ? SortPredicate<RelatedModel<Present<T[Field]>>, Root>
        : (direction: "ASCENDING" | "DESCENDING") => SortPredicate<Root>;
    };

/** What a field of a sort's model is. */
export type SortPredicateExpression<T, _Field = unknown> = (direction: "ASCENDING" | "DESCENDING") => SortPredicate<T>;

/** Widened to `unknown` in the answer, since a builder is all it can be. */
export type ProducerSortPredicate<T> = (sort: SortPredicate<T>) => unknown;

export interface ProducerPaginationInput<T> {
  readonly sort?: ProducerSortPredicate<T>;
  /** From 0; needs `limit`. */
  readonly page?: number;
  /** Most records to answer; 0 or none for all. */
  readonly limit?: number;
}

export type PaginationInput<T> = ProducerPaginationInput<T>;

export interface ObserveQueryOptions<T> {
  readonly sort?: ProducerSortPredicate<T>;
  /** How long changes are gathered before a snapshot, in ms. Default 0: those of one turn of the event loop. */
  readonly debounceMs?: number;
}
