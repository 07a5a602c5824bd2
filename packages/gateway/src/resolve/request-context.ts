/** What resolvers know of the request they work for. */
import type { Identity } from "@tributary/model";
import type { Logger, Relay } from "@tributary/relay";
import type { GatewayLimits } from "../gateway-limits.ts";
import type { SubscriptionHub } from "../subscriptions/subscription-hub.ts";
import type { ConflictResolution } from "./conflict-resolution.ts";
import type { RecordBudget } from "./record-budget.ts";
import type { RecordLoader } from "./record-loader.ts";

/** What all requests share. */
export interface GatewayServices {
  readonly relay: Relay;
  readonly limits: GatewayLimits;
  readonly subscriptions: SubscriptionHub;
  readonly conflictResolution: ConflictResolution;
  /** ms since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Logger;
}

export interface RequestContext {
  readonly identity: Identity;
  readonly budget: RecordBudget;
  /** Reads what records lead to, within the budget. */
  readonly related: RecordLoader;
}
