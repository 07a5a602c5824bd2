/**
 * `syncXs`: what changed since `lastSync`, each record once with its latest state; everything when that is too long ago.
 *
 * `startedAt` is taken before the first page is read and answered on every page, so that a client that comes back with it
 * misses nothing that was committed while it was paging.
 */

import type { StoredRecord } from "@tributary/relay";
import type { ModelDescription } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import { type FilterPlan, planFilter } from "../filter/plan-filter.ts";
import { readFilter } from "../filter/read-filter.ts";
import { type Arguments, numberArgument, pageSize, textArgument } from "./arguments.ts";
import { keyOrder } from "./key-range.ts";
import { type Place, queryHash, startOf, writeToken } from "./next-token.ts";
import { readPage } from "./read-page.ts";
import { type ConnectionSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

interface SyncPage {
  readonly records: readonly StoredRecord[];
  /** Where the next page begins; null at the end. */
  readonly next: Place | null;
}

interface SyncRequest {
  readonly model: ModelDescription;
  readonly plan: FilterPlan;
  readonly limit: number;
}

export async function syncRecords(
  services: GatewayServices,
  model: ModelDescription,
  args: Arguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<ConnectionSource> {
  const { relay, limits } = services;
  if (!relay.records.canReadModel(context.identity, model.name)) throw unauthorized(info);
  const limit = pageSize(args, limits);
  const request = { model, limit, plan: planFilter(model, readFilter(model, args.filter, limits.maxFilterNodes)) };
  const hash = (): string => queryHash(info.fieldName, args);
  const token = textArgument(args, "nextToken");
  const since = numberArgument(args, "lastSync") ?? 0;
  const readOn = async (): Promise<{ readonly startedAt: number; readonly page: SyncPage }> => {
    const { place, startedAt } = await startOf(token, hash, keyOrder(model), () => relay.records.startedAt());
    const from: Place = token === null && since > 0 ? { kind: "changes", afterSeq: 0 } : place;
    return { startedAt, page: await readPlace(services, request, context, since, from) };
  };
  const { startedAt, page } = await context.budget.spend(readOn, ({ page: { records } }) => records.length);
  return {
    items: page.records.map(recordSource),
    nextToken: page.next === null ? null : writeToken(hash(), { place: page.next, startedAt }),
    startedAt,
  };
}

async function readPlace(
  services: GatewayServices,
  request: SyncRequest,
  context: RequestContext,
  since: number,
  place: Place,
): Promise<SyncPage> {
  if (place.kind === "records") return basePage(services, request, context, place);
  const page = await deltaPage(services, request, context, since, place.afterSeq);
  // Changes of that time are no longer kept, perhaps since the last page: everything there is holds them too.
  return page ?? basePage(services, request, context, { kind: "records", after: null });
}

async function basePage(
  { relay }: GatewayServices,
  { model, plan, limit }: SyncRequest,
  { identity }: RequestContext,
  { after }: Extract<Place, { kind: "records" }>,
): Promise<SyncPage> {
  const order = keyOrder(model);
  const page = await readPage(relay.records, identity, { model: model.name, plan, order, limit, after });
  return { records: page.records, next: page.behind === null ? null : { kind: "records", after: page.behind } };
}

async function deltaPage(
  { relay }: GatewayServices,
  { model, plan, limit }: SyncRequest,
  { identity }: RequestContext,
  since: number,
  afterSeq: number,
): Promise<SyncPage | null> {
  const { where } = plan;
  const found = await relay.records.delta(identity, { model: model.name, since, where, limit: limit + 1, afterSeq });
  if (found === null) return null;
  const looked = found.slice(0, limit);
  const last = looked.at(-1);
  return {
    records: looked.filter(plan.acceptsChange),
    next: found.length > limit && last !== undefined ? { kind: "changes", afterSeq: last.seq } : null,
  };
}
