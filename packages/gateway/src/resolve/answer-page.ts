/**
 * A page of a list: the next `limit` records of a range of keys, of which those are answered that pass the filter.
 *
 * The store finds the range, orders it and stops at the limit. The filter is held against what was looked at, as AppSync does:
 * so one request costs as many records as it asks for, however few pass, and a page can be short or empty with more to come.
 */
import type { SortKey } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import { allOf, type FilterTest, passes } from "../filter/filter-test.ts";
import { planFilter } from "../filter/plan-filter.ts";
import { readFilter } from "../filter/read-filter.ts";
import { type Arguments, textArgument } from "./arguments.ts";
import { type Position, queryHash, startOf, writeToken } from "./next-token.ts";
import { type Page, readPage } from "./read-page.ts";
import { type ConnectionSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

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

export async function answerPage(
  { relay, limits }: GatewayServices,
  { identity, budget }: RequestContext,
  info: GraphQLResolveInfo,
  { model, range, order, limit, name, args }: ListRequest,
): Promise<ConnectionSource> {
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(info);
  const filter = readFilter(model, args.filter, limits.maxFilterNodes);
  const { where, ...keys } = planFilter(model, allOf(range));
  const plan = {
    ...keys,
    where: null,
    accepts: (record: Parameters<typeof passes>[2]) => passes(model, filter, record),
  };
  const hash = (): string => queryHash(name, args);
  const readOn = async (): Promise<{ readonly position: Position; readonly page: Page }> => {
    const position = await startOf(textArgument(args, "nextToken"), hash, order, () => relay.records.startedAt());
    const after = position.place.kind === "records" ? position.place.after : null;
    return {
      position,
      page: await readPage(relay.records, identity, { model: model.name, range: where, plan, order, limit, after }),
    };
  };
  const { position, page } = await budget.spend(readOn, ({ page: { cost } }) => cost);
  const { startedAt } = position;
  return {
    items: page.records.map(recordSource),
    nextToken:
      page.behind === null ? null : writeToken(hash(), { place: { kind: "records", after: page.behind }, startedAt }),
    startedAt,
  };
}
