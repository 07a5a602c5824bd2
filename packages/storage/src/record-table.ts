/**
 * The table of a model: one column a stored field, then the columns that a store keeps beside them.
 *
 * Invariant: column order is that of the schema's stored fields, so that a row's field cells are a prefix of it.
 */
import type { JsonValue, Values } from "@tributary/model";
import { type FieldDescription, type ModelDescription, storedFields } from "@tributary/schema";
import type { Cell, ColumnLayout, ColumnType, Row, TableLayout } from "./adapter.ts";

/** How one model's records become rows and back. */
export interface RecordTable {
  readonly model: ModelDescription;
  readonly layout: TableLayout;
  readonly fields: readonly FieldDescription[];
  /** Names of the field columns, in column order. */
  readonly fieldColumns: readonly string[];
  /** A row: the cells of the fields, null for those missing in `values`, then those of the columns beside them, documents last. */
  encode(values: Values, own: readonly Cell[], documents: readonly Cell[]): Row;
  /** Reads the field cells at the start of a row. */
  decode(row: Row): Values;
  /** The cell of one field's value. Throws a `RangeError` for a field without a column. */
  encodeField(field: string, value: JsonValue): Cell;
  /** The value of one field's cell. Throws a `RangeError` for a field without a column. */
  decodeField(field: string, cell: Cell): JsonValue;
  /** The primary key cells out of a record's values. */
  keyCells(values: Values): Cell[];
}

/** The column type that holds a field. Lists, embedded objects and AWSJSON are JSON text. */
export function columnTypeOf(field: FieldDescription): ColumnType {
  if (field.isList || field.type.kind === "embedded") return "json";
  if (field.type.kind !== "scalar") return "text";
  switch (field.type.name) {
    case "Int":
    case "AWSTimestamp":
      return "integer";
    case "Float":
      return "real";
    case "Boolean":
      return "boolean";
    case "AWSJSON":
      return "json";
    default:
      return "text";
  }
}

/**
 * The cell of a value in a column. A value of another kind than the column's has no cell and becomes null: a document may hold
 * what an earlier schema allowed.
 */
export function encodeCell(type: ColumnType, value: JsonValue | undefined): Cell {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "json":
      return JSON.stringify(value);
    case "boolean":
      return typeof value === "boolean" ? Number(value) : null;
    case "integer":
    case "real":
      return typeof value === "number" ? value : null;
    default:
      return typeof value === "string" ? value : null;
  }
}

export function decodeCell(type: ColumnType, cell: Cell | undefined): JsonValue {
  if (cell === null || cell === undefined || cell instanceof Uint8Array) return null;
  if (type === "json") return JSON.parse(String(cell)) as JsonValue;
  if (type === "boolean") return cell === 1;
  return cell;
}

/** Lays out the table of a model: its fields, then `meta` columns. */
export function createRecordTable(model: ModelDescription, meta: readonly ColumnLayout[]): RecordTable {
  const fields = storedFields(model);
  const types = fields.map(columnTypeOf);
  const names = fields.map((field) => field.name);
  const keyPositions = model.primaryKey.map((name) => names.indexOf(name));
  const layout: TableLayout = {
    name: model.name,
    columns: [...fields.map((field, i) => ({ name: field.name, type: types[i] ?? "text" })), ...meta],
    primaryKey: model.primaryKey,
    indexes: model.indexes.map((index) => ({ name: `${model.name}.${index.name}`, columns: index.fields })),
    meaning: projectionOf(model, fields),
  };
  return {
    model,
    layout,
    fields,
    fieldColumns: names,
    encode(values, own, documents) {
      // Of the length it will have: what grows by and by takes twice the room, for as long as a commit is under way.
      const row: Cell[] = new Array(names.length + own.length + documents.length);
      let at = 0;
      for (; at < names.length; at++) row[at] = encodeCell(types[at] ?? "text", values[names[at] ?? ""]);
      for (let i = 0; i < own.length; i++, at++) row[at] = own[i] ?? null;
      for (let i = 0; i < documents.length; i++, at++) row[at] = documents[i] ?? null;
      return row;
    },
    decode(row) {
      const values: Record<string, JsonValue> = {};
      for (let i = 0; i < names.length; i++) values[names[i] ?? ""] = decodeCell(types[i] ?? "text", row[i]);
      return values;
    },
    encodeField(field, value) {
      const at = names.indexOf(field);
      if (at < 0) throw new RangeError(`${model.name} has no stored field ${field}`);
      return encodeCell(types[at] ?? "text", value);
    },
    decodeField(field, cell) {
      const at = names.indexOf(field);
      if (at < 0) throw new RangeError(`${model.name} has no stored field ${field}`);
      return decodeCell(types[at] ?? "text", cell);
    },
    keyCells(values) {
      return keyPositions.map((at) => encodeCell(types[at] ?? "text", values[names[at] ?? ""]));
    },
  };
}

/** All that a record's row depends on besides its documents, as text: rows of another projection are made anew. */
function projectionOf(model: ModelDescription, fields: readonly FieldDescription[]): string {
  const kinds = fields.map(({ name, type, isList, crdt }) => [
    name,
    type.kind === "scalar" ? type.name : type.kind,
    isList,
    crdt,
  ]);
  return JSON.stringify([kinds, model.facets.map((facet) => facet.fields), model.timestamps]);
}
