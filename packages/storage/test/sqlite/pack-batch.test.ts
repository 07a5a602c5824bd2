import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch, Cell } from "../../src/adapter.ts";
import { createBatchPacker, unpackBatch } from "../../src/sqlite/pack-batch.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const cell = fc.oneof(
  fc.constant(null),
  fc.string({ unit: "grapheme" }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 255, 256, -1, Number.MAX_SAFE_INTEGER),
  fc.uint8Array(),
);
const cells = fc.array(cell, { maxLength: 6 });
const maybe = <Member extends string, Value>(member: Member, value: fc.Arbitrary<Value>) =>
  fc.option(fc.record({ [member]: value }), { nil: {} });
const seq = maybe("seq", fc.record({ column: name, offset: fc.nat() }));
const expectation = fc.record({ column: name, value: cell });
const expected = maybe("expect", expectation);
const condition = fc.record({ kind: fc.constant("compare"), column: name, op: fc.constant("eq"), value: cell });

const parts = (kind: string, ...more: readonly fc.Arbitrary<object>[]) =>
  fc.tuple(fc.record({ kind: fc.constant(kind), table: name }), ...more).map((all) => Object.assign({}, ...all));
const row = fc.record({ row: cells });
const key = fc.record({ key: cells });

const write = fc.oneof(
  parts("insert", row, seq),
  parts("upsert", row, seq),
  parts("replace", row, seq, expected),
  parts("update", key, fc.record({ columns: fc.array(name, { maxLength: 4 }), cells }), expected),
  parts("delete", key, expected),
  parts("deleteWhere", maybe("where", condition)),
  parts("expect", key, fc.record({ expect: fc.option(expectation) })),
);
const batch: fc.Arbitrary<Batch> = fc
  .tuple(
    fc.record({ writes: fc.array(write, { maxLength: 12 }) }),
    maybe("sequence", fc.record({ count: fc.nat(), at: fc.nat(Number.MAX_SAFE_INTEGER) })),
  )
  .map(([writes, sequence]) => ({ ...writes, ...sequence }) as Batch);

/** Views of a buffer as plain byte arrays, so that equality is of bytes. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, plain(inner)]));
}

describe("createBatchPacker", () => {
  it("STORE-30 any batch comes out as it went in, one after the other", () => {
    const packer = createBatchPacker();
    fc.assert(
      fc.property(batch, (given) => {
        expect(plain(unpackBatch(packer.pack(given)))).toStrictEqual(plain(given));
      }),
      { seed: 30, numRuns: 2000 },
    );
  });

  it("STORE-30 a row comes out as it went in, whatever the row before it in its table was", () => {
    const packer = createBatchPacker();
    const few = fc.constantFrom<Cell>(null, 0, -0, 1, 256, "", "a", "é", new Uint8Array(), new Uint8Array([1]));
    const rows = fc.array(
      fc.record({
        kind: fc.constantFrom("insert", "upsert", "replace"),
        table: fc.constantFrom("T", "U"),
        row: fc.array(few, { maxLength: 4 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(rows, (writes) => {
        expect(plain(unpackBatch(packer.pack({ writes } as Batch)))).toStrictEqual(plain({ writes }));
      }),
      { seed: 30, numRuns: 2000 },
    );
  });

  it("STORE-30 a batch of any size comes out as it went in", () => {
    const packer = createBatchPacker();
    const large: Batch = {
      writes: Array.from({ length: 3000 }, (_, i) => ({
        kind: "insert",
        table: "T",
        row: [`k${i}`, "é".repeat(i), new Uint8Array(i % 700).fill(i)],
      })),
    };
    for (let i = 0; i < 2; i++) expect(plain(unpackBatch(packer.pack(large)))).toStrictEqual(large);
  });
});
