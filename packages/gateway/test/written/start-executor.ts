/** Both ways to execute an operation over one relay, apart from any door. */
import type { Identity } from "@tributary/model";
import type { Relay } from "@tributary/relay";
import { generateSchema } from "../../src/api/generate-schema.ts";
import { createOperations, type OperationRequest, type PreparedArgs } from "../../src/execute/operations.ts";
import { defaultGatewayLimits, type GatewayLimits } from "../../src/gateway-limits.ts";
import { createBinder } from "../../src/resolve/bind-resolvers.ts";
import { createRecordBudget } from "../../src/resolve/record-budget.ts";
import { createRecordLoader } from "../../src/resolve/record-loader.ts";
import type { RequestContext } from "../../src/resolve/request-context.ts";
import { createSubscriptionHub } from "../../src/subscriptions/subscription-hub.ts";
import { createExecuteOperation, type ExecuteOperation } from "../../src/written/execute-operation.ts";

export interface Executor {
  /** Arguments to execute a request with, under a budget of its own. Throws for one that is refused. */
  prepare(request: OperationRequest): PreparedArgs;
  readonly executeOperation: ExecuteOperation;
  /** How often the store was asked to write a page, and how often it did. */
  stepped(): number;
  byStore(): number;
}

/** The time is the same in all answers. */
export function startExecutor(relay: Relay, identity: Identity, given: Partial<GatewayLimits> = {}): Executor {
  const limits = { ...defaultGatewayLimits, ...given };
  let stepped = 0;
  let byStore = 0;
  const records: Relay["records"] = {
    ...relay.records,
    startedAt: async () => 1_700_000_000_000,
    async queryJson(...asked) {
      const page = await relay.records.queryJson(...asked);
      stepped += 1;
      if (page !== null) byStore += 1;
      return page;
    },
  };
  const still: Relay = { ...relay, records };
  const subscriptions = createSubscriptionHub({ relay, maxQueuedEvents: 1, onFailure: () => {} });
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const services = { relay: still, limits, subscriptions, conflictResolution: {}, now: Date.now, newId: String, log };
  const schema = generateSchema<RequestContext>(relay.schema, createBinder(services), { withSpareNames: true });
  const operations = createOperations(schema, { limits, introspection: "on", persistedQueries: "off" });
  return {
    prepare(request) {
      const budget = createRecordBudget(limits.maxRecordsPerRequest);
      const context = { identity, budget, related: createRecordLoader(records, identity, budget) };
      const prepared = operations.prepare(request, context);
      if (prepared.outcome === "refused") throw new Error(`${request.query}: ${JSON.stringify(prepared.errors)}`);
      return prepared.args;
    },
    executeOperation: createExecuteOperation(services, schema),
    stepped: () => stepped,
    byStore: () => byStore,
  };
}
