/**
 * Reads a client's records: queries with predicates and sorts that lead through relations, and what the relay says of each record.
 *
 * It sits beside the record store on the same adapter and writes nothing. Records that are deleted are not there.
 */
import { isOwnSort, type JoinedPredicate, type JoinedSortKey, type JsonValue, type Values } from "@tributary/model";
import { type ModelDescription, modelNamed, type SchemaDescription, storedFields } from "@tributary/schema";
import type { Cell, Condition, Measure, Row, StorageAdapter } from "./adapter.ts";
import { columnIndex } from "./condition.ts";
import { both, planJoinedPredicate, planJoinedSort } from "./plan-query.ts";
import type { RecordTable } from "./record-table.ts";
import { createReplicaTable } from "./replica-tables.ts";
import { resolveExists } from "./resolve-exists.ts";
import { sortedPage } from "./sorted-page.ts";

export interface RecordQuery {
  readonly model: string;
  /** Null for all records. */
  readonly where: JoinedPredicate | null;
  readonly sort: readonly JoinedSortKey[];
  /** Null for all. */
  readonly limit: number | null;
  readonly offset: number;
}

/** A record as it is read: its values, and what the relay said of it. */
export interface ReadRecord {
  readonly values: Values;
  /** 0 until the relay has versioned it. */
  readonly version: number;
  /** ms since 1970; null until the relay has. */
  readonly changedAt: number | null;
}

export interface ReplicaReader {
  query(query: RecordQuery): Promise<readonly ReadRecord[]>;
  /** Values of the records whose `fields` hold these values; none where a value is null. */
  related(model: string, fields: readonly string[], values: Values): Promise<readonly ReadRecord[]>;
  count(model: string, where: JoinedPredicate | null): Promise<number>;
  /** A list a group: the values of `groupBy`, then the measures; groups ascending. */
  aggregate(aggregation: RecordAggregation): Promise<readonly (readonly JsonValue[])[]>;
  /** Records in which every word of the text begins a word of one of the fields; the best first. */
  search(search: RecordSearch): Promise<readonly ReadRecord[]>;
}

export interface RecordAggregation {
  readonly model: string;
  readonly where: JoinedPredicate | null;
  /** Fields that hold one scalar or enum value. */
  readonly groupBy: readonly string[];
  readonly measures: readonly Measure[];
}

export interface RecordSearch {
  readonly model: string;
  readonly where: JoinedPredicate | null;
  /** Some of what `searchableFields` names. */
  readonly fields: readonly string[];
  readonly text: string;
  readonly limit: number;
}

/** The fields that a text search of the model covers: single texts, but for the key. */
export function searchableFields(model: ModelDescription): string[] {
  const texts = storedFields(model).filter(
    ({ type, isList }) => type.kind === "scalar" && type.name === "String" && !isList,
  );
  return texts.map((field) => field.name).filter((name) => !model.primaryKey.includes(name));
}

const isStored: Condition = { kind: "compare", column: "$deleted", op: "eq", value: 0 };

/** `adapter` is open, with the tables of a replica's store of this schema. */
export function createReplicaReader(adapter: StorageAdapter, schema: SchemaDescription): ReplicaReader {
  const tables = new Map<string, RecordTable>();

  function tableOf(name: string): RecordTable {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const model = modelNamed(schema, name);
    if (model === undefined) throw new RangeError(`the schema has no model ${name}`);
    const table = createReplicaTable(model);
    tables.set(name, table);
    return table;
  }

  async function conditionOf(model: ModelDescription, where: JoinedPredicate | null): Promise<Condition> {
    const planned = where === null ? undefined : planJoinedPredicate(schema, model, where, isStored);
    const condition = both(planned, isStored) ?? isStored;
    return adapter.capabilities.joins === true ? condition : resolveExists(adapter, condition);
  }

  async function read(
    table: RecordTable,
    scan: Omit<Parameters<StorageAdapter["scan"]>[0], "table" | "columns">,
  ): Promise<ReadRecord[]> {
    const columns = [...table.fieldColumns, "$version", "$changedAt"];
    const rows = await adapter.scan({ table: table.layout.name, columns, ...scan });
    return rows.map((row) => readRecord(table, row, table.fields.length, table.fields.length + 1));
  }

  async function lookUp(model: string, where: JoinedPredicate): Promise<readonly ReadRecord[]> {
    const table = tableOf(model);
    return read(table, { where: await conditionOf(table.model, where) });
  }

  return {
    async query({ model, where, sort, limit, offset }) {
      const table = tableOf(model);
      const condition = await conditionOf(table.model, where);
      if (adapter.capabilities.joins !== true && !isOwnSort(sort)) {
        const all = await read(table, { where: condition });
        return sortedPage(schema, lookUp, { model: table.model, sort, limit, offset }, all);
      }
      return read(table, {
        where: condition,
        order: planJoinedSort(schema, table.model, sort, isStored),
        ...(limit === null ? {} : { limit }),
        ...(offset === 0 ? {} : { offset }),
      });
    },
    async related(model, fields, values) {
      const table = tableOf(model);
      const cells = fields.map((field): Cell => table.encodeField(field, values[field] ?? null));
      if (cells.includes(null)) return [];
      const of = fields.map((column, i): Condition => ({ kind: "compare", column, op: "eq", value: cells[i] ?? null }));
      return read(table, { where: { kind: "and", of: [...of, isStored] } });
    },
    async count(model, where) {
      const table = tableOf(model);
      return adapter.count(model, await conditionOf(table.model, where));
    },
    async aggregate({ model, where, groupBy, measures }) {
      const table = tableOf(model);
      const condition = await conditionOf(table.model, where);
      const rows = await adapter.aggregate({ table: model, where: condition, groupBy, measures });
      return rows.map((row) =>
        row.map((cell, i) => valueOfCell(table, groupBy[i] ?? measures[i - groupBy.length], cell)),
      );
    },
    async search({ model, where, fields, text, limit }) {
      const table = tableOf(model);
      const rows = await adapter.search({
        table: model,
        indexed: searchableFields(table.model),
        columns: fields,
        text,
        where: await conditionOf(table.model, where),
        limit,
      });
      const version = columnIndex(table.layout, "$version");
      const changedAt = columnIndex(table.layout, "$changedAt");
      return rows.map((row) => readRecord(table, row, version, changedAt));
    },
  };
}

/** The value that a cell of an aggregation stands for: of a field, or a measure of one. */
function valueOfCell(table: RecordTable, of: string | Measure | undefined, cell: Cell): JsonValue {
  const field = typeof of === "string" ? of : of?.op === "min" || of?.op === "max" ? of.column : null;
  return field === null ? (cell as number | null) : table.decodeField(field, cell);
}

function readRecord(table: RecordTable, row: Row, versionAt: number, changedAtAt: number): ReadRecord {
  const changedAt = row[changedAtAt];
  return {
    values: table.decode(row),
    version: Number(row[versionAt]),
    changedAt: typeof changedAt === "number" ? changedAt : null,
  };
}
