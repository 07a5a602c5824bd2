/** Functions of the app that work on any model: they are written with the library's own types. */
import {
  DataStore,
  type IdentifierFieldOrIdentifierObject,
  type ModelInit,
  type MutableModel,
  type PersistentModel,
  type PersistentModelConstructor,
  type PersistentModelMetaData,
  type Predicates,
  type ProducerPaginationInput,
  type RecursiveModelPredicateExtender,
  SortDirection,
  type SubscriptionMessage,
} from "@aws-amplify/datastore";

export async function create<T extends PersistentModel>(
  model: PersistentModelConstructor<T>,
  init: ModelInit<T, PersistentModelMetaData<T>>,
): Promise<T> {
  return DataStore.save(new model(init));
}

export async function change<T extends PersistentModel>(
  model: PersistentModelConstructor<T>,
  key: IdentifierFieldOrIdentifierObject<T, PersistentModelMetaData<T>>,
  edit: (draft: MutableModel<T, PersistentModelMetaData<T>>) => void,
): Promise<T | undefined> {
  const found = await DataStore.query(model, key);
  return found && DataStore.save(model.copyOf(found, edit));
}

export async function list<T extends PersistentModel>(
  model: PersistentModelConstructor<T>,
  criteria?: RecursiveModelPredicateExtender<T> | typeof Predicates.ALL,
  options?: ProducerPaginationInput<T>,
): Promise<T[]> {
  return DataStore.query(model, criteria, options);
}

export function onChange<T extends PersistentModel>(
  model: PersistentModelConstructor<T>,
  heard: (message: SubscriptionMessage<T>) => void,
): () => void {
  const subscription = DataStore.observe(model).subscribe(heard);
  return () => subscription.unsubscribe();
}

export const directionOf = (isUp: boolean): SortDirection =>
  isUp ? SortDirection.ASCENDING : SortDirection.DESCENDING;
