/** Queries: one record by its key, or all that meet a predicate, sorted and cut into pages. */
import { buildJoinedSort, type JoinedSortKey, type SortProducer } from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { ReplicaReader, ReplicaRecord } from "@tributary/storage";
import { readCriteria } from "../criteria.ts";
import type { PersistentModel } from "../models/instance.ts";
import { modelIn } from "../models/schema-classes.ts";
import type { RecordContext } from "./record-context.ts";

export interface QueryOptions {
  readonly sort?: unknown;
  /** From 0; needs `limit`. */
  readonly page?: number;
  /** Most records to answer; 0 or none for all. */
  readonly limit?: number;
}

/** Where records are read: one by its key, and many. */
export interface QuerySource {
  record(model: string, key: string): Promise<ReplicaRecord | null>;
  readonly reader: Pick<ReplicaReader, "query">;
}

/** One instance or undefined for a key, a list for anything else. */
export async function queryRecords(
  context: RecordContext,
  modelClass: unknown,
  criteria: unknown,
  options: QueryOptions | undefined,
): Promise<PersistentModel | undefined | PersistentModel[]> {
  const query = readQuery(context, modelClass, criteria, options);
  return context.use(({ store, reader }) =>
    query({
      reader,
      async record(model, key) {
        const [found = null] = await store.records(model, [key]);
        return found;
      },
    }),
  );
}

/** Throws for what names no records; answers the query, to be asked of a source. */
export function readQuery(
  context: RecordContext,
  modelClass: unknown,
  criteria: unknown,
  options: QueryOptions | undefined,
): (source: QuerySource) => Promise<PersistentModel | undefined | PersistentModel[]> {
  const schema = context.schema();
  const model = modelIn(schema, modelClass);
  const { page = 0, limit = 0, sort } = options ?? {};
  assertPage(options ?? {});
  const read = readCriteria(schema, model, criteria, "queried");
  if (read.by === "key") {
    if (options !== undefined) context.warn("Pagination is ignored when querying by id");
    return async (source) => {
      const record = await source.record(model.name, read.key);
      return record === null || record.isDeleted ? undefined : context.toInstance(model, record);
    };
  }
  const query = {
    model: model.name,
    where: read.where,
    sort: readSort(schema, model, sort),
    limit: limit === 0 ? null : limit,
    offset: page * limit,
  };
  return async ({ reader }) => (await reader.query(query)).map((record) => context.toInstance(model, record));
}

export function readSort(schema: SchemaDescription, model: ModelDescription, sort: unknown): JoinedSortKey[] {
  if (sort === undefined || sort === null) return [];
  if (typeof sort !== "function") throw new TypeError("sort is a function, like (s) => s.createdAt('DESCENDING')");
  return buildJoinedSort(schema, model, sort as SortProducer);
}

function assertPage({ page, limit }: QueryOptions): void {
  if (page !== undefined && limit === undefined) throw new RangeError("Limit is required when requesting a page");
  for (const [name, value] of [
    ["Page", page],
    ["Limit", limit],
  ] as const) {
    if (value === undefined) continue;
    if (typeof value !== "number" || Number.isNaN(value)) throw new TypeError(`${name} should be a number`);
    if (value < 0) throw new RangeError(`${name} can't be negative`);
  }
}
