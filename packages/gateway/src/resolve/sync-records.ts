/**
 * `syncXs`: what changed since `lastSync`, each record once with its latest state; everything when that is too long ago.
 *
 * `startedAt` is taken before the first page is read and answered on every page, so that a client that comes back with it
 * misses nothing that was committed while it was paging.
 */

import type { ModelDescription } from "@tributary/schema";
import { type FilterPlan, planFilter } from "../filter/plan-filter.ts";
import { readFilter } from "../filter/read-filter.ts";
import { type Arguments, numberArgument, pageSize, textArgument } from "./arguments.ts";
import { type Place, queryHash, startOf, writeToken } from "./next-token.ts";
import type { PageForm } from "./page-form.ts";
import { readPage } from "./read-page.ts";
import { LOOKED_PER_RECORD, pageCost } from "./record-budget.ts";
import type { ConnectionSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { type SyncPath, syncPath } from "./sync-path.ts";
import { type FieldPlace, unauthorized } from "./unauthorized.ts";

interface SyncPage<Items> {
  readonly items: Items;
  /** What it takes of the request's budget. */
  readonly cost: number;
  /** Where the next page begins; null at the end. */
  readonly next: Place | null;
}

interface SyncRequest {
  readonly model: ModelDescription;
  readonly plan: FilterPlan;
  /** What is gone through when nothing was synced before. */
  readonly along: SyncPath;
  readonly limit: number;
}

export async function syncRecords<Items>(
  services: GatewayServices,
  model: ModelDescription,
  args: Arguments,
  context: RequestContext,
  field: FieldPlace,
  form: PageForm<Items>,
): Promise<ConnectionSource<Items>> {
  const { relay, limits } = services;
  if (!relay.records.canReadModel(context.identity, model.name)) throw unauthorized(field);
  const limit = pageSize(args, limits);
  const filter = readFilter(model, args.filter, limits.maxFilterNodes);
  const request = { model, limit, plan: planFilter(model, filter), along: syncPath(model, filter) };
  const hash = (): string => queryHash(field.fieldName, args);
  const token = textArgument(args, "nextToken");
  const since = numberArgument(args, "lastSync") ?? 0;
  const readOn = async (): Promise<{ readonly startedAt: number; readonly page: SyncPage<Items> }> => {
    const { place, startedAt } = await startOf(token, hash, request.along.order, () => relay.records.startedAt());
    const from: Place = token === null && since > 0 ? { kind: "changes", afterSeq: 0 } : place;
    return { startedAt, page: await readPlace(services, request, context, since, from, form) };
  };
  const { startedAt, page } = await context.budget.spend(readOn, ({ page: { cost } }) => cost);
  return {
    items: page.items,
    nextToken: page.next === null ? null : writeToken(hash(), { place: page.next, startedAt }),
    startedAt,
  };
}

async function readPlace<Items>(
  services: GatewayServices,
  request: SyncRequest,
  context: RequestContext,
  since: number,
  place: Place,
  form: PageForm<Items>,
): Promise<SyncPage<Items>> {
  if (place.kind === "records") return basePage(services, request, context, place, form);
  const page = await deltaPage(services, request, context, since, place.afterSeq, form);
  // Changes of that time are no longer kept, perhaps since the last page: everything there is holds them too.
  return page ?? basePage(services, request, context, { kind: "records", after: null }, form);
}

async function basePage<Items>(
  { relay }: GatewayServices,
  { model, plan, along, limit }: SyncRequest,
  { identity }: RequestContext,
  { after }: Extract<Place, { kind: "records" }>,
  form: PageForm<Items>,
): Promise<SyncPage<Items>> {
  const page = await readPage(relay.records, identity, { model: model.name, plan, ...along, limit, after }, form);
  return { ...page, next: page.behind === null ? null : { kind: "records", after: page.behind } };
}

async function deltaPage<Items>(
  { relay }: GatewayServices,
  { model, plan, limit }: SyncRequest,
  { identity }: RequestContext,
  since: number,
  afterSeq: number,
  form: PageForm<Items>,
): Promise<SyncPage<Items> | null> {
  const { where } = plan;
  const maxLooked = limit * LOOKED_PER_RECORD;
  const query = { model: model.name, since, where, limit: limit + 1, maxLooked, afterSeq };
  const found = await relay.records.delta(identity, query);
  if (found === null) return null;
  const counted = found.records.slice(0, limit);
  const last = counted.at(-1);
  const behind = found.records.length > limit && last !== undefined ? last.seq : found.behind;
  const { items, led } = await form.ofRecords(counted.filter(plan.acceptsChange));
  return {
    items,
    cost: pageCost(counted.length, found.looked) + led,
    next: behind === null ? null : { kind: "changes", afterSeq: behind },
  };
}
