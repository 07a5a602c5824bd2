import { defaultGuardCaps } from "@tributary/model";
import { type Change, decodeRelayMessage, encodeTurn, type PushItem } from "@tributary/protocol";
import { describe, expect, it } from "vitest";
import type { BasePosition } from "../src/cursor.ts";
import { createPageReader, type PageReader } from "../src/page-reader.ts";
import { createScope } from "../src/scope.ts";
import { keyHolder, openPipeline, type PipelineBench } from "./fixtures/bench-pipeline.ts";
import { boardSchema } from "./fixtures/board-schema.ts";
import { type BoardWriter, createBoardWriter } from "./fixtures/board-writer.ts";

const scope = createScope(boardSchema, keyHolder, { models: null, expressions: {} }, false);
const plain = { withRows: false, withTombstones: true };

interface Filled {
  readonly bench: PipelineBench;
  readonly writer: BoardWriter;
  readonly pages: PageReader;
  commit(...changes: PushItem["changes"]): Promise<void>;
}

async function open(): Promise<Filled> {
  const bench = await openPipeline({ caps: { ...defaultGuardCaps, maxBytes: 4 * 1024 * 1024 }, maxDocumentBytes: 1e7 });
  let n = 0;
  return {
    bench,
    writer: createBoardWriter(71),
    pages: createPageReader(boardSchema, bench.store),
    async commit(...changes) {
      expect(await bench.push("a", { n: ++n, changes })).toMatchObject({ kind: "ack" });
    },
  };
}

const noteId = (i: number): string => `n${String(i).padStart(5, "0")}`;

async function fill({ writer, commit }: Filled, count: number, body = ""): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const ids = Array.from({ length: Math.min(500, count - from) }, (_, i) => noteId(from + i));
    await commit(...ids.map((id) => writer.create("Note", { id, title: "t", body })));
  }
}

/** Reads the whole base; answers the keys of each page with its model. */
async function readAll(
  pages: PageReader,
  options = plain,
): Promise<{ model: string; keys: (string | null)[]; isLast: boolean }[]> {
  const read = [];
  for (let position: BasePosition | null = pages.firstPosition(scope); position !== null; ) {
    const page = await pages.readBase(scope, position, options);
    read.push({ model: position.model, keys: page.records.map((record) => record.key), isLast: page.isLast });
    position = page.next;
  }
  return read;
}

function decoded(messages: readonly Uint8Array[]): readonly Change[] {
  const turn = decodeRelayMessage(encodeTurn({ answers: [], changes: messages, cursor: null, more: false }));
  return turn.type === "turn" ? turn.changes : [];
}

describe("readBase", () => {
  it("F6 lists every record once, in key order, model after model", async () => {
    const filled = await open();
    await fill(filled, 2500);
    await filled.commit(
      filled.writer.create("Seat", { row: 2, number: 1 }),
      filled.writer.create("Seat", { row: 1, number: 9 }),
    );
    const read = await readAll(filled.pages);
    expect(read.map(({ model, keys, isLast }) => [model, keys.length, isLast])).toEqual([
      ["Note", 1024, false],
      ["Note", 1024, false],
      ["Note", 452, true],
      ["Notice", 0, true],
      ["Ballot", 0, true],
      ["Seat", 2, true],
    ]);
    const notes = read.flatMap(({ model, keys }) => (model === "Note" ? keys : []));
    expect(notes).toEqual(Array.from({ length: 2500 }, (_, i) => noteId(i)));
    expect(read.at(-1)?.keys).toEqual(["[1,9]", "[2,1]"]);
  });

  it("I11 ends a page with the record that fills it, and loses none behind it", async () => {
    const filled = await open();
    for (let i = 0; i < 7; i++) {
      await filled.commit(filled.writer.create("Note", { id: noteId(i), title: "t", body: "x".repeat(600_000) }));
    }
    const read = (await readAll(filled.pages)).filter(({ model }) => model === "Note");
    expect(read.map(({ keys }) => keys.length)).toEqual([2, 2, 2, 1]);
    expect(read.flatMap(({ keys }) => keys)).toEqual(Array.from({ length: 7 }, (_, i) => noteId(i)));
  });

  it("I11 sends a record that is larger than a page in a page of its own", async () => {
    const filled = await open();
    for (let i = 0; i < 3; i++) {
      await filled.commit(filled.writer.create("Note", { id: noteId(i), title: "t", body: "x".repeat(1_500_000) }));
    }
    const read = (await readAll(filled.pages)).filter(({ model }) => model === "Note");
    expect(read.map(({ keys }) => keys.length)).toEqual([1, 1, 1]);
  });

  it("F6 lists tombstones, without documents, for a client that holds records", async () => {
    const filled = await open();
    await fill(filled, 2);
    await filled.commit(filled.writer.remove("Note", noteId(0)));
    const first = { model: "Note", key: null };
    const page = await filled.pages.readBase(scope, first, plain);
    expect(page.records.map(({ key, isDeleted, documents }) => [key, isDeleted, documents.length])).toEqual([
      [noteId(0), true, 0],
      [noteId(1), false, 1],
    ]);
    const fresh = await filled.pages.readBase(scope, first, { withRows: false, withTombstones: false });
    expect(fresh.records.map(({ key }) => key)).toEqual([noteId(1)]);
  });

  it("F6 sends row values, in the order of the fields' names, in place of the key", async () => {
    const filled = await open();
    await filled.commit(filled.writer.create("Note", { id: "n", title: "t", stars: 2, tags: ["a"] }));
    const page = await filled.pages.readBase(
      scope,
      { model: "Note", key: null },
      { withRows: true, withTombstones: true },
    );
    expect(page.records[0]?.key).toBeNull();
    const row = JSON.parse(page.records[0]?.row ?? "") as unknown[];
    const names = ["body", "createdAt", "extra", "id", "stars", "tags", "title", "updatedAt"];
    expect(Object.fromEntries(names.map((name, i) => [name, row[i]]))).toMatchObject({
      id: "n",
      title: "t",
      stars: 2,
      tags: ["a"],
      body: null,
    });
    expect(row).toHaveLength(names.length);
  });
});

describe("readFeed", () => {
  it("I5 brings the latest state of each record once, at its latest change", async () => {
    const filled = await open();
    const { writer, pages } = filled;
    await fill(filled, 3);
    await filled.commit(writer.edit("Note", noteId(0), { body: "b" }));
    await filled.commit(writer.remove("Note", noteId(1)));
    const page = await pages.readFeed(scope, 0, 5);
    expect(decoded(page.messages).map(({ kind, key, version }) => [kind, key, version])).toEqual([
      ["state", noteId(2), 1],
      ["state", noteId(0), 2],
      ["tombstone", noteId(1), 2],
    ]);
    expect([page.seq, page.latestSeq]).toEqual([5, 5]);
    expect(decoded((await pages.readFeed(scope, 4, 5)).messages).map(({ key }) => key)).toEqual([noteId(1)]);
  });

  it("I5 I11 ends a page with the record that fills it, and the next begins right behind", async () => {
    const filled = await open();
    for (let i = 0; i < 5; i++) {
      await filled.commit(filled.writer.create("Note", { id: noteId(i), title: "t", body: "x".repeat(600_000) }));
    }
    const keys: string[][] = [];
    for (let seq = 0; seq < 5; ) {
      const page = await filled.pages.readFeed(scope, seq, 5);
      keys.push(decoded(page.messages).map(({ key }) => key));
      seq = page.seq;
    }
    expect(keys).toEqual([[noteId(0), noteId(1)], [noteId(2), noteId(3)], [noteId(4)]]);
  });

  it("F2 passes over changes that the session does not see", async () => {
    const filled = await open();
    await fill(filled, 300);
    const seats = createScope(boardSchema, keyHolder, { models: ["Seat"], expressions: {} }, false);
    expect(await filled.pages.readFeed(seats, 0, 300)).toEqual({ messages: [], seq: 300, latestSeq: 0 });
  });

  it("I5 comes to the head, also when the last entries of the feed are not there any more", async () => {
    const filled = await open();
    await fill(filled, 2);
    expect(await filled.pages.readFeed(scope, 2, 7)).toEqual({ messages: [], seq: 7, latestSeq: 0 });
  });
});

describe("readWanted", () => {
  it("F4 answers names in their order, and says how many", async () => {
    const filled = await open();
    await fill(filled, 2);
    const names = [noteId(1), "missing", noteId(0)].map((key) => ({ model: "Note", key }));
    const page = await filled.pages.readWanted(scope, names);
    expect(page.count).toBe(3);
    expect(decoded(page.messages).map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      `state ${noteId(1)}`,
      "gone missing",
      `state ${noteId(0)}`,
    ]);
  });
});
