/** What `observe` and `observeQuery` deliver, as apps type it. */
import type { OpType } from "./enums.ts";
import type { PersistentModel, PersistentModelConstructor } from "./model-type.ts";
import type { PredicatesGroup } from "./predicates.ts";

export interface SubscriptionMessage<T extends object = PersistentModel> {
  readonly opType: OpType;
  /** The record as it is now; for a deletion as it was. */
  readonly element: T;
  /** Its class. */
  readonly model: PersistentModelConstructor<T>;
  /** Always null: Amplify's messages have the condition of the save there. */
  readonly condition: PredicatesGroup<T> | null;
}

export interface DataStoreSnapshot<T extends object = PersistentModel> {
  /** All records of the result, in its order. */
  readonly items: T[];
  /** True once everything the relay had was received. */
  readonly isSynced: boolean;
}
