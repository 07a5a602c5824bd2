/** `onCreateX`, `onUpdateX`, `onDeleteX`: the records of committed changes, whoever made them. */
import type { StoredRecord } from "@tributary/relay";
import type { GraphQLResolveInfo } from "graphql";
import type { RootOperation } from "../api/root-operation.ts";
import { readEventFilter } from "../subscriptions/event-filter.ts";
import type { Arguments } from "./arguments.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

export function subscribeToRecords(
  { relay, limits, subscriptions }: GatewayServices,
  { model, operation, owners }: Extract<RootOperation, { kind: "subscribe" }>,
  args: Arguments,
  { identity }: RequestContext,
  info: GraphQLResolveInfo,
): AsyncGenerator<StoredRecord, undefined, undefined> {
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(info);
  const filter = readEventFilter(model, owners, args, limits);
  return subscriptions.subscribe({ identity, model, operation, filter });
}
