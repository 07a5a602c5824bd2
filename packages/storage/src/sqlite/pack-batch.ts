/**
 * A batch as bytes, for handing it to another thread: one buffer that changes hands costs a tenth of what cloning its rows does.
 *
 * Cells that are as those of the row before in the table are not written again: of many rows that come at once, half are.
 *
 * A number comes out as the number it was, -0 included; text that is no well-formed Unicode as SQLite would have stored it.
 * The bytes are read by the code that wrote them, in the same process: there is no version, and nothing is judged.
 */
import { deserialize, serialize } from "node:v8";
import type { Batch, Cell, Condition, Expectation, Row, SeqCell, Write } from "../adapter.ts";

/** Its buffer is its own, so that it can be handed over. */
export type PackedBatch = Uint8Array<ArrayBuffer>;

/** Where each kind of write stands here is its number. */
const kinds = ["insert", "upsert", "replace", "update", "delete", "deleteWhere", "expect"] as const;

/** What a cell begins with. */
const NULL = 0;
const BYTE = 1;
const NUMBER = 2;
const TEXT = 3;
const BYTES = 4;
/** As in the row before. */
const SAME = 5;

/** Most bytes of a UTF-16 unit in UTF-8. */
const UNIT_BYTES = 3;

const COUNT_BYTES = 4;
const NUMBER_BYTES = 8;

/** Enough for a small batch; larger ones begin with what the last one took. */
const MIN_BYTES = 16 * 1024;

export interface BatchPacker {
  pack(batch: Batch): PackedBatch;
}

/** One packer packs one batch after the other. */
export function createBatchPacker(): BatchPacker {
  let expectedBytes = MIN_BYTES;
  return {
    pack(batch) {
      const out = createOutput(expectedBytes);
      writeBatch(out, batch);
      expectedBytes = Math.max(MIN_BYTES, Math.ceil(out.at * 1.25));
      return new Uint8Array(out.bytes.buffer as ArrayBuffer, 0, out.at);
    },
  };
}

/** Byte cells share memory with `packed`. */
export function unpackBatch(packed: PackedBatch): Batch {
  const input: Input = { bytes: Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength), at: 0 };
  const sequence = readFlag(input) ? { count: Number(readCell(input)), at: Number(readCell(input)) } : undefined;
  const names = readNames(input);
  const writes: Write[] = new Array(readCount(input));
  const before: RowsBefore = new Array(names.length);
  for (let i = 0; i < writes.length; i++) writes[i] = readWrite(input, names, before);
  return sequence === undefined ? { writes } : { writes, sequence };
}

interface Output {
  /** Fills a buffer of its own. */
  bytes: Buffer;
  at: number;
}

function createOutput(bytes: number): Output {
  return { bytes: Buffer.allocUnsafeSlow(bytes), at: 0 };
}

/** Sees to it that so many bytes can be written. */
function reserve(out: Output, count: number): void {
  if (out.at + count <= out.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(out.bytes.length * 2, out.at + count));
  out.bytes.copy(larger, 0, 0, out.at);
  out.bytes = larger;
}

function writeBatch(out: Output, { writes, sequence }: Batch): void {
  writeByte(out, sequence === undefined ? 0 : 1);
  if (sequence !== undefined) {
    writeCell(out, sequence.count);
    writeCell(out, sequence.at);
  }
  const numbers = numberNames(writes);
  writeCount(out, numbers.size);
  for (const name of numbers.keys()) writeCell(out, name);
  writeCount(out, writes.length);
  const before: RowsBefore = new Array(numbers.size);
  for (const write of writes) writeWrite(out, write, numbers, before);
}

type NameNumbers = ReadonlyMap<string, number>;

/** Tables and columns come by number: a batch names few of them, often. */
function numberNames(writes: readonly Write[]): Map<string, number> {
  const numbers = new Map<string, number>();
  const add = (name: string): void => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
  };
  for (const write of writes) {
    add(write.table);
    if ("seq" in write && write.seq !== undefined) add(write.seq.column);
    if ("expect" in write && write.expect !== undefined && write.expect !== null) add(write.expect.column);
    if (write.kind === "update") for (const column of write.columns) add(column);
  }
  return numbers;
}

/** The last row of each table, by the number of its name. */
type RowsBefore = (Row | undefined)[];

function writeWrite(out: Output, write: Write, numbers: NameNumbers, before: RowsBefore): void {
  writeByte(out, kinds.indexOf(write.kind));
  const table = numberOf(write.table, numbers);
  writeCount(out, table);
  switch (write.kind) {
    case "insert":
    case "upsert":
      writeRow(out, write.row, table, before);
      writeSeq(out, write.seq, numbers);
      return;
    case "replace":
      writeRow(out, write.row, table, before);
      writeSeq(out, write.seq, numbers);
      writeExpectation(out, write.expect, numbers);
      return;
    case "update":
      writeCells(out, write.key);
      writeCount(out, write.columns.length);
      for (const column of write.columns) writeName(out, column, numbers);
      writeCells(out, write.cells);
      writeExpectation(out, write.expect, numbers);
      return;
    case "delete":
      writeCells(out, write.key);
      writeExpectation(out, write.expect, numbers);
      return;
    case "deleteWhere":
      writeCell(out, serialize(write.where));
      return;
    case "expect":
      writeCells(out, write.key);
      writeExpectation(out, write.expect ?? undefined, numbers);
  }
}

function writeRow(out: Output, row: Row, table: number, before: RowsBefore): void {
  writeCells(out, row, before[table]);
  before[table] = row;
}

function writeCells(out: Output, cells: readonly Cell[], before: readonly Cell[] = []): void {
  let most = COUNT_BYTES;
  for (let i = 0; i < cells.length; i++) most += mostBytes(cells[i] ?? null);
  reserve(out, most);
  const { bytes } = out;
  let at = putCount(bytes, out.at, cells.length);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? null;
    if (Object.is(cell, before[i])) bytes[at++] = SAME;
    else at = putCell(bytes, at, cell);
  }
  out.at = at;
}

function writeCell(out: Output, cell: Cell): void {
  reserve(out, mostBytes(cell));
  out.at = putCell(out.bytes, out.at, cell);
}

/** Bytes of a cell, its tag included, at most. */
function mostBytes(cell: Cell): number {
  if (typeof cell === "string") return 1 + COUNT_BYTES + cell.length * UNIT_BYTES;
  return cell === null || typeof cell === "number" ? 1 + NUMBER_BYTES : 1 + COUNT_BYTES + cell.length;
}

/** Like all that put something: room for it is there, and the answer is where it ends. */
function putCell(bytes: Buffer, at: number, cell: Cell): number {
  if (cell === null) {
    bytes[at] = NULL;
    return at + 1;
  }
  if (typeof cell === "string") return putText(bytes, at, cell);
  if (typeof cell === "number") return putNumber(bytes, at, cell);
  bytes[at] = BYTES;
  const from = putCount(bytes, at + 1, cell.length);
  bytes.set(cell, from);
  return from + cell.length;
}

function putNumber(bytes: Buffer, at: number, number: number): number {
  if (number >= 0 && number < 256 && Number.isInteger(number) && !Object.is(number, -0)) {
    bytes[at] = BYTE;
    bytes[at + 1] = number;
    return at + 2;
  }
  bytes[at] = NUMBER;
  return bytes.writeDoubleLE(number, at + 1);
}

function putText(bytes: Buffer, at: number, text: string): number {
  bytes[at] = TEXT;
  const from = at + 1 + COUNT_BYTES;
  const length = putShortAscii(bytes, text, from) ? text.length : bytes.write(text, from);
  putCount(bytes, at + 1, length);
  return from + length;
}

function putCount(bytes: Buffer, at: number, count: number): number {
  bytes[at] = count;
  bytes[at + 1] = count >>> 8;
  bytes[at + 2] = count >>> 16;
  bytes[at + 3] = count >>> 24;
  return at + COUNT_BYTES;
}

/** Longer texts are written faster by `Buffer`, whose call costs as much as these many bytes. */
const SHORT_UNITS = 64;

/** False when it is another text: then what it left behind `from` is nothing. */
function putShortAscii(bytes: Buffer, text: string, from: number): boolean {
  const { length } = text;
  if (length > SHORT_UNITS) return false;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return false;
    bytes[from + i] = unit;
  }
  return true;
}

function writeSeq(out: Output, seq: SeqCell | undefined, numbers: NameNumbers): void {
  writeByte(out, seq === undefined ? 0 : 1);
  if (seq === undefined) return;
  writeName(out, seq.column, numbers);
  writeCount(out, seq.offset);
}

function writeExpectation(out: Output, expect: Expectation | undefined, numbers: NameNumbers): void {
  writeByte(out, expect === undefined ? 0 : 1);
  if (expect === undefined) return;
  writeName(out, expect.column, numbers);
  writeCell(out, expect.value);
}

function writeName(out: Output, name: string, numbers: NameNumbers): void {
  writeCount(out, numberOf(name, numbers));
}

function numberOf(name: string, numbers: NameNumbers): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`the name ${name} was not numbered`);
  return number;
}

function writeByte(out: Output, byte: number): void {
  reserve(out, 1);
  out.bytes[out.at] = byte;
  out.at += 1;
}

function writeCount(out: Output, count: number): void {
  reserve(out, COUNT_BYTES);
  out.at = putCount(out.bytes, out.at, count);
}

interface Input {
  readonly bytes: Buffer;
  at: number;
}

function readNames(input: Input): readonly string[] {
  const names: string[] = new Array(readCount(input));
  for (let i = 0; i < names.length; i++) names[i] = String(readCell(input));
  return names;
}

function readWrite(input: Input, names: readonly string[], before: RowsBefore): Write {
  const kind = kinds[readByte(input)];
  const number = readCount(input);
  const table = nameOf(number, names);
  switch (kind) {
    case "insert":
    case "upsert": {
      const row = readRow(input, number, before);
      const seq = readSeq(input, names);
      return seq === undefined ? { kind, table, row } : { kind, table, row, seq };
    }
    case "replace": {
      const row = readRow(input, number, before);
      return { kind, table, row, ...seqOf(readSeq(input, names)), ...expectationOf(readExpectation(input, names)) };
    }
    case "update": {
      const key = readCells(input);
      const columns: string[] = new Array(readCount(input));
      for (let i = 0; i < columns.length; i++) columns[i] = readName(input, names);
      const cells = readCells(input);
      return { kind, table, key, columns, cells, ...expectationOf(readExpectation(input, names)) };
    }
    case "delete":
      return { kind, table, key: readCells(input), ...expectationOf(readExpectation(input, names)) };
    case "deleteWhere": {
      const where = deserialize(readCell(input) as Uint8Array) as Condition | undefined;
      return where === undefined ? { kind, table } : { kind, table, where };
    }
    case "expect":
      return { kind, table, key: readCells(input), expect: readExpectation(input, names) ?? null };
    default:
      throw new Error(`what stands before byte ${input.at} is no write`);
  }
}

function seqOf(seq: SeqCell | undefined): { readonly seq?: SeqCell } {
  return seq === undefined ? {} : { seq };
}

function expectationOf(expect: Expectation | undefined): { readonly expect?: Expectation } {
  return expect === undefined ? {} : { expect };
}

function readRow(input: Input, table: number, before: RowsBefore): Row {
  const row = readCells(input, before[table]);
  before[table] = row;
  return row;
}

function readCells(input: Input, before: readonly Cell[] = []): Cell[] {
  const cells: Cell[] = new Array(readCount(input));
  for (let i = 0; i < cells.length; i++) cells[i] = readCell(input, before[i]);
  return cells;
}

function readCell(input: Input, before: Cell = null): Cell {
  const tag = readByte(input);
  switch (tag) {
    case NULL:
      return null;
    case SAME:
      return before;
    case BYTE:
      return readByte(input);
    case NUMBER:
      return readNumber(input);
    case TEXT: {
      const from = readLength(input);
      return input.bytes.toString("utf8", from, input.at);
    }
    default:
      return readBytes(input);
  }
}

function readSeq(input: Input, names: readonly string[]): SeqCell | undefined {
  return readFlag(input) ? { column: readName(input, names), offset: readCount(input) } : undefined;
}

function readExpectation(input: Input, names: readonly string[]): Expectation | undefined {
  return readFlag(input) ? { column: readName(input, names), value: readCell(input) } : undefined;
}

function readName(input: Input, names: readonly string[]): string {
  return nameOf(readCount(input), names);
}

function nameOf(number: number, names: readonly string[]): string {
  const name = names[number];
  if (name === undefined) throw new Error(`the batch has no name ${number}`);
  return name;
}

function readFlag(input: Input): boolean {
  return readByte(input) === 1;
}

function readByte(input: Input): number {
  const byte = input.bytes[input.at];
  if (byte === undefined) throw new Error("the batch ends too early");
  input.at += 1;
  return byte;
}

function readCount(input: Input): number {
  const { bytes, at } = input;
  input.at = at + COUNT_BYTES;
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return low + (bytes[at + 3] ?? 0) * 0x1000000;
}

function readNumber(input: Input): number {
  const number = input.bytes.readDoubleLE(input.at);
  input.at += 8;
  return number;
}

function readBytes(input: Input): Uint8Array {
  const from = readLength(input);
  const { buffer, byteOffset } = input.bytes;
  return new Uint8Array(buffer, byteOffset + from, input.at - from);
}

/** Answers where what has the length begins, and goes behind it. */
function readLength(input: Input): number {
  const length = readCount(input);
  const from = input.at;
  input.at += length;
  return from;
}
