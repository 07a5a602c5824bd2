/**
 * Sync expressions: which records of a model a device wants.
 *
 * `syncExpression` checks what it can and keeps the rest until the datastore starts: a producer may be asynchronous, and may
 * answer differently each time.
 */
import {
  buildPredicate,
  type FinishedPredicate,
  type Predicate,
  type PredicateBuilder,
  predicateBuilder,
} from "@tributary/model";
import type { ModelPredicateExtender, V5ModelPredicate } from "./amplify/model-predicate.ts";
import type { ModelClassOf } from "./amplify/model-type.ts";
import type { PredicateAll } from "./amplify/predicates.ts";
import { modelOfClass } from "./models/schema-classes.ts";

export interface ModelSyncExpression {
  /** Name of the model. */
  readonly model: string;
  readonly modelConstructor: unknown;
  /** The predicate as it is now; null for all records. Rejects with a `TypeError` where there is none. */
  readonly read: () => Promise<Predicate | null>;
}

/** What `syncExpression` answers. */
export type SyncExpression = Promise<ModelSyncExpression>;

type Answer<T> =
  | ModelPredicateExtender<T>
  | FinishedPredicate
  | PredicateAll
  | Promise<ModelPredicateExtender<T> | FinishedPredicate | PredicateAll>;

/** A predicate function, `Predicates.ALL`, or what answers one of these, now or later. */
export type SyncExpressionProducer<T> = PredicateAll | Promise<Answer<T>> | ((model: V5ModelPredicate<T>) => Answer<T>);

/** A function that answers a function that answers a predicate: nobody nests deeper. */
const MAX_PRODUCERS = 3;

/** Rejects with a `TypeError` when `modelConstructor` is no model class. */
export async function syncExpression<T extends object>(
  modelConstructor: ModelClassOf<T>,
  producer: SyncExpressionProducer<T>,
): Promise<ModelSyncExpression> {
  const model = modelOfClass(modelConstructor);
  if (model === undefined) throw new TypeError("Constructor is not for a valid model");
  const read = async (): Promise<Predicate | null> => {
    const builder = predicateBuilder(model);
    let given: unknown = await producer;
    for (let depth = 0; typeof given === "function" && depth < MAX_PRODUCERS; depth++) {
      given = await (given as (m: PredicateBuilder) => unknown)(builder);
    }
    const predicate = buildPredicate(model, () => given as FinishedPredicate);
    return predicate.kind === "all" ? null : predicate;
  };
  return { model: model.name, modelConstructor, read };
}
