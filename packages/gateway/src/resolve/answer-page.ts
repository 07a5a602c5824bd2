/**
 * A page of a list: the next `limit` records of a range of keys, of which those are answered that pass the filter.
 *
 * The store finds the range, orders it and stops at the limit. The filter is held against what was looked at, as AppSync does:
 * so one request costs as many records as it asks for, however few pass, and a page can be short or empty with more to come.
 */
import type { SortKey } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import { allOf, type FilterTest, passes } from "../filter/filter-test.ts";
import { acceptanceOf, planFilter } from "../filter/plan-filter.ts";
import { readFilter } from "../filter/read-filter.ts";
import { type Arguments, textArgument } from "./arguments.ts";
import { type Position, queryHash, startOf, writeToken } from "./next-token.ts";
import type { PageForm } from "./page-form.ts";
import { type Page, readPage } from "./read-page.ts";
import type { ConnectionSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { type FieldPlace, unauthorized } from "./unauthorized.ts";

export interface ListRequest {
  readonly model: ModelDescription;
  /** What all records of the range have in common. */
  readonly range: readonly FilterTest[];
  readonly order: readonly SortKey[];
  readonly limit: number;
  /** Tells this query from others with the same arguments. */
  readonly name: string;
  readonly args: Arguments;
}

export async function answerPage<Items>(
  { relay, limits }: GatewayServices,
  { identity, budget }: RequestContext,
  place: FieldPlace,
  { model, range, order, limit, name, args }: ListRequest,
  form: PageForm<Items>,
): Promise<ConnectionSource<Items>> {
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(place);
  const filter = readFilter(model, args.filter, limits.maxFilterNodes);
  const { where, ...keys } = planFilter(model, allOf(range));
  const plan = {
    ...keys,
    where: null,
    accepts: (record: Parameters<typeof passes>[2]) => passes(model, filter, record),
    acceptance: acceptanceOf(filter),
  };
  const hash = (): string => queryHash(name, args);
  const readOn = async (): Promise<{ readonly position: Position; readonly page: Page<Items> }> => {
    const position = await startOf(textArgument(args, "nextToken"), hash, order, () => relay.records.startedAt());
    const after = position.place.kind === "records" ? position.place.after : null;
    const request = { model: model.name, range: where, plan, order, limit, after };
    return { position, page: await readPage(relay.records, identity, request, form) };
  };
  const { position, page } = await budget.spend(readOn, ({ page: { cost } }) => cost);
  const { startedAt } = position;
  return {
    items: page.items,
    nextToken:
      page.behind === null ? null : writeToken(hash(), { place: { kind: "records", after: page.behind }, startedAt }),
    startedAt,
  };
}
