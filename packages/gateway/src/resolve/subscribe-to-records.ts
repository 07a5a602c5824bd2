/** `onCreateX`, `onUpdateX`, `onDeleteX`: the records of committed changes, whoever made them. */
import type { StoredRecord } from "@tributary/relay";
import type { GraphQLResolveInfo } from "graphql";
import type { RootOperation } from "../api/root-operation.ts";
import { passes } from "../filter/filter-test.ts";
import { readFilter } from "../filter/read-filter.ts";
import type { Arguments } from "./arguments.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

/** An owner argument lets through what has exactly that owner; null is the owner of what has none. */
export function subscribeToRecords(
  { relay, limits, subscriptions }: GatewayServices,
  { model, operation, owners }: Extract<RootOperation, { kind: "subscribe" }>,
  args: Arguments,
  { identity }: RequestContext,
  info: GraphQLResolveInfo,
): AsyncGenerator<StoredRecord, undefined, undefined> {
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(info);
  const test = readFilter(model, args.filter, limits.maxFilterNodes);
  const asked = owners.filter((name) => args[name] !== undefined);
  return subscriptions.subscribe({
    identity,
    model: model.name,
    operation,
    accepts: (record) =>
      asked.every((name) => (record.values[name] ?? null) === args[name]) && passes(model, test, record),
  });
}
