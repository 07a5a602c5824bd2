/** The types of predicates and sorts on a declared model: which operators a field's type has, and how they are put together. */
import type { FinishedPredicate, PredicateBuilder, predicateAll, SortBuilder } from "@tributary/model";
import type { AsyncCollection } from "../models/async-collection.ts";
import type { __modelMeta__, SettledFieldType } from "./model-type.ts";

type Scalar<T> = Exclude<T, null | undefined>;

interface EqualityOperators<T> {
  eq(value: T | null | undefined): FinishedPredicate;
  ne(value: T | null | undefined): FinishedPredicate;
  in(values: readonly T[]): FinishedPredicate;
  notIn(values: readonly T[]): FinishedPredicate;
}

interface OrderOperators<T> extends EqualityOperators<T> {
  gt(value: T): FinishedPredicate;
  ge(value: T): FinishedPredicate;
  lt(value: T): FinishedPredicate;
  le(value: T): FinishedPredicate;
  between(from: T, to: T): FinishedPredicate;
}

interface TextOperators<T> extends OrderOperators<T> {
  contains(value: string): FinishedPredicate;
  notContains(value: string): FinishedPredicate;
  beginsWith(value: string): FinishedPredicate;
}

interface ListOperators<Element> {
  eq(value: readonly Element[] | null | undefined): FinishedPredicate;
  ne(value: readonly Element[] | null | undefined): FinishedPredicate;
  contains(value: Scalar<Element>): FinishedPredicate;
  notContains(value: Scalar<Element>): FinishedPredicate;
}

/** The operators of a field by what it holds. */
export type ValuePredicate<Value> = [Value] extends [boolean]
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

type RelatedModel<Value> = Value extends AsyncCollection<infer Many> ? Many : Scalar<SettledFieldType<Scalar<Value>>>;

/** A predicate's model: own fields, and relations to be followed. */
export type RecursiveModelPredicate<T> = string extends keyof T
  ? PredicateBuilder
  : {
      readonly [Field in Exclude<keyof T, typeof __modelMeta__>]-?: IsRelation<Scalar<T[Field]>> extends true
        ? RecursiveModelPredicate<RelatedModel<Scalar<T[Field]>>>
        : ValuePredicate<Scalar<T[Field]>>;
    } & Groups<RecursiveModelPredicate<T>>;

export type RecursiveModelPredicateExtender<T> = (
  lambda: RecursiveModelPredicate<T>,
) => FinishedPredicate | typeof predicateAll;
export type RecursiveModelPredicateAggregateExtender<T> = (
  lambda: RecursiveModelPredicate<T>,
) => readonly FinishedPredicate[];
export type RecursiveModelPredicateNegateExtender<T> = (lambda: RecursiveModelPredicate<T>) => FinishedPredicate;
export type RecursiveModelPredicateOperator<T> = (
  predicates: RecursiveModelPredicateAggregateExtender<T>,
) => FinishedPredicate;

/** A condition's model: own fields only. */
export type V5ModelPredicate<T> = string extends keyof T
  ? PredicateBuilder
  : {
      readonly [Field in Exclude<keyof T, typeof __modelMeta__> as IsRelation<Scalar<T[Field]>> extends true
        ? never
        : Field]-?: ValuePredicate<Scalar<T[Field]>>;
    } & Groups<V5ModelPredicate<T>>;

export type ModelPredicateExtender<T> = (lambda: V5ModelPredicate<T>) => FinishedPredicate | typeof predicateAll;
export type ModelPredicateAggregateExtender<T> = (lambda: V5ModelPredicate<T>) => readonly FinishedPredicate[];
export type ModelPredicateNegateExtender<T> = (lambda: V5ModelPredicate<T>) => FinishedPredicate;
export type ModelPredicateOperator<T> = (predicates: ModelPredicateAggregateExtender<T>) => FinishedPredicate;
export type ModelPredicate<T> = V5ModelPredicate<T>;

/** A sort's model: each call answers it, so that fields chain. */
export type SortPredicate<T> = string extends keyof T
  ? SortBuilder
  : {
      readonly [Field in Exclude<keyof T, typeof __modelMeta__> as IsRelation<Scalar<T[Field]>> extends true
        ? never
        : Field]-?: (direction: "ASCENDING" | "DESCENDING") => SortPredicate<T>;
    };

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
