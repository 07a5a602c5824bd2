/** `listXs` and the queries over indexes: pages of records in key order, deleted ones included unless the filter says otherwise. */
import type { JsonValue, Predicate, SortKey } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { GraphQLResolveInfo } from "graphql";
import type { KeyPath } from "../api/root-operation.ts";
import { allOf, type FilterTest } from "../filter/filter-test.ts";
import { operandOf } from "../filter/operand.ts";
import { planFilter } from "../filter/plan-filter.ts";
import { readFilter } from "../filter/read-filter.ts";
import { sortKeyPredicate } from "../filter/sort-key-condition.ts";
import { GatewayError } from "../gateway-error.ts";
import { type Arguments, pageSize, textArgument } from "./arguments.ts";
import { type Position, queryHash, readToken, writeToken } from "./next-token.ts";
import { readPage } from "./read-page.ts";
import { type ConnectionSource, recordSource } from "./record-source.ts";
import type { GatewayServices, RequestContext } from "./request-context.ts";
import { unauthorized } from "./unauthorized.ts";

export async function listRecords(
  { relay, limits }: GatewayServices,
  { model, path }: { readonly model: ModelDescription; readonly path: KeyPath | null },
  args: Arguments,
  { identity, budget }: RequestContext,
  info: GraphQLResolveInfo,
): Promise<ConnectionSource> {
  if (!relay.records.canReadModel(identity, model.name)) throw unauthorized(info);
  const limit = pageSize(args, limits);
  budget.take(limit);
  const plan = planFilter(
    model,
    allOf([...pathTests(path, args), readFilter(model, args.filter, limits.maxFilterNodes)]),
  );
  const order = orderOf(model, path, args);
  const hash = queryHash(info.fieldName, args);
  const position = await startOf(textArgument(args, "nextToken"), hash, order, () => relay.records.startedAt());
  const after = position.place.kind === "records" ? position.place.after : null;
  const page = await readPage(relay.records, identity, { model: model.name, plan, order, limit, after });
  const { startedAt } = position;
  return {
    items: page.records.map(recordSource),
    nextToken:
      page.behind === null ? null : writeToken(hash, { place: { kind: "records", after: page.behind }, startedAt }),
    startedAt,
  };
}

/** Where a query goes on, or where it begins: the time is taken before anything is read. */
export async function startOf(
  token: string | null,
  hash: string,
  order: readonly SortKey[],
  startedAt: () => Promise<number>,
): Promise<Position> {
  if (token === null) return { place: { kind: "records", after: null }, startedAt: await startedAt() };
  return readToken(
    token,
    hash,
    order.map(({ field }) => field),
  );
}

/** In the order of the primary key. */
export function keyOrder(model: ModelDescription, direction: SortKey["direction"] = "ASCENDING"): SortKey[] {
  return model.primaryKey.map((field) => ({ field, direction }));
}

/** By the sort fields of the path, then by what is left of the key. */
function orderOf(model: ModelDescription, path: KeyPath | null, args: Arguments): SortKey[] {
  const direction = args.sortDirection === "DESC" ? "DESCENDING" : "ASCENDING";
  if (path === null || !isAsked(args, path.partition.name)) return keyOrder(model, direction);
  const fields = [...path.sort.map(({ name }) => name), ...model.primaryKey];
  const named = [...new Set(fields)].filter((name) => name !== path.partition.name);
  return named.length === 0 ? keyOrder(model, direction) : named.map((field) => ({ field, direction }));
}

/** What the key arguments ask. An index holds only records that have a value in every one of its fields. */
function pathTests(path: KeyPath | null, args: Arguments): FilterTest[] {
  if (path === null) return [];
  const { index, partition, sort, sortArgument } = path;
  if (!isAsked(args, partition.name)) {
    assertNoPath(path, args);
    return [];
  }
  const tests = [test(partition.name, "eq", operandOf(args[partition.name]))];
  if (index !== null) tests.push(...sort.map(({ name }) => test(name, "ne", null)));
  const condition = sortArgument === null ? null : sortKeyPredicate(sortArgument, sort, args[sortArgument]);
  if (condition !== null) tests.push({ kind: "predicate", predicate: condition });
  return tests;
}

function assertNoPath({ index, partition, sortArgument }: KeyPath, args: Arguments): void {
  if (index !== null) {
    throw new GatewayError(
      "InvalidArgumentsError",
      `${partition.name} is missing; an index is asked by its first field`,
    );
  }
  for (const argument of ["sortDirection", sortArgument]) {
    if (argument === null || !isAsked(args, argument)) continue;
    const message = `${argument} needs ${partition.name}: only records of one ${partition.name} are sorted`;
    throw new GatewayError("InvalidArgumentsError", message);
  }
}

function isAsked(args: Arguments, name: string): boolean {
  return args[name] !== null && args[name] !== undefined;
}

function test(field: string, op: "eq" | "ne", value: JsonValue): FilterTest {
  const predicate: Predicate = { kind: "field", field, op, value };
  return { kind: "predicate", predicate };
}
