import { keyOf, type Values } from "@tributary/model";
import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StorageAdapter } from "../src/adapter.ts";
import { contended, indexedDb, memory, sqlite } from "./databases.ts";
import { auth, created, modelOf } from "./note-schema.ts";
import { commitOf, commit as commitRelay, openRelay } from "./relay-fixture.ts";
import { openReplica, outboxEntry, put, unsent } from "./replica-fixture.ts";

const schemaOf = (note: string, more = ""): SchemaDescription =>
  parseSchema(`type Note @model ${auth} { id: ID! ${note} } ${more}`);

const first = schemaOf("title: String stars: Int tags: [String] place: String");
const valuesOf = (id: string): Values => ({ id, title: `title ${id}`, stars: 4, tags: ["x", id], place: "7" });

/** Records a, b and the tombstone c, written under `first` into a relay's store. */
async function fillRelay(adapter: StorageAdapter): Promise<void> {
  const store = await openRelay(adapter, first);
  const model = modelOf(first, "Note");
  const records = ["a", "b", "c"].map((id) => {
    const { values, document, update } = created(model, valuesOf(id), 10);
    const isDeleted = id === "c";
    const after = {
      model: "Note",
      key: keyOf(model, values),
      values,
      life: 1,
      version: 1,
      seq: 0,
      changedAt: 10,
      createdAt: 10,
      isDeleted,
      documents: [isDeleted ? null : document],
    };
    return { before: null, after, facet: 0, operation: "create" as const, principal: "p", update };
  });
  await commitRelay(store, commitOf(10, records));
  await store.close();
}

for (const database of [sqlite, indexedDb, memory, contended]) {
  describe(`openTables on ${database.name}`, () => {
    const filled = async (): Promise<() => StorageAdapter> => {
      const place = database.place();
      await fillRelay(place());
      return place;
    };
    const rows = async (adapter: StorageAdapter, schema: SchemaDescription): Promise<(Values | undefined)[]> => {
      const store = await openRelay(adapter, schema);
      const records = await store.records("Note", ["a", "b", "c"]);
      expect(records.map((record) => [record?.version, record?.seq, record?.isDeleted])).toEqual([
        [1, 1, false],
        [1, 2, false],
        [1, 3, true],
      ]);
      expect((await store.feedAfter(0, 9)).map((entry) => entry.key)).toEqual(["a", "b", "c"]);
      await store.close();
      return records.map((record) => record?.values);
    };
    const times = { createdAt: "1970-01-01T00:00:00.010Z", updatedAt: "1970-01-01T00:00:00.010Z" };

    it("REC-2 a field that leaves the schema and comes back has its values again; a tombstone's are lost with the column", async () => {
      const place = await filled();
      const [a, , c] = await rows(place(), schemaOf("stars: Int tags: [String] extra: Boolean"));
      expect(a).toEqual({ id: "a", stars: 4, tags: ["x", "a"], extra: null, ...times });
      expect(c).toEqual({ id: "c", stars: 4, tags: ["x", "c"], extra: null, ...times });
      expect(await rows(place(), first)).toMatchObject([
        valuesOf("a"),
        valuesOf("b"),
        { ...valuesOf("c"), title: null, place: null },
      ]);
    });

    it("REC-2 fields in another order keep their values, tombstones' too", async () => {
      const place = await filled();
      const found = await rows(place(), schemaOf("tags: [String] place: String stars: Int title: String"));
      expect(found).toMatchObject(["a", "b", "c"].map(valuesOf));
    });

    it("REC-2 a field of another type holds what fits it, and nothing else", async () => {
      const place = await filled();
      const retyped = schemaOf("title: Int stars: String tags: AWSJSON place: String");
      const empty = { title: null, stars: null, place: "7" };
      expect(await rows(place(), retyped)).toMatchObject([empty, empty, { ...empty, tags: ["x", "c"] }]);
      expect(await rows(place(), schemaOf("title: String stars: Float tags: [String] place: String"))).toMatchObject([
        valuesOf("a"),
        valuesOf("b"),
        { id: "c", title: null, stars: null, tags: ["x", "c"], place: "7" },
      ]);
    });

    it("REC-2 rows are made anew when only the meaning of a column changes", async () => {
      const place = await filled();
      const [a] = await rows(place(), schemaOf("title: String stars: Int tags: AWSJSON place: String"));
      expect(a?.tags).not.toEqual(["x", "a"]);
      const [again] = await rows(place(), first);
      expect(again?.tags).toEqual(["x", "a"]);
    });

    it("REC-2 a model that leaves the schema and comes back has its records again, even under another layout", async () => {
      const place = await filled();
      const other = parseSchema(`type Other @model ${auth} { id: ID! }`);
      const away = await openRelay(place(), other);
      expect(await away.count("Other")).toBe(0);
      expect(await away.expire({ deltasBefore: 100, tombstonesBefore: 100, limit: 100 })).toBe(6);
      await away.close();
      const [a, b] = await rows(place(), schemaOf("title: String"));
      expect([a?.title, b?.title]).toEqual(["title a", "title b"]);
    });

    it("REC-2 other indexes cost no rewriting of rows", async () => {
      const place = await filled();
      const adapter = place();
      let rebuilt = 0;
      const watched: StorageAdapter = {
        ...adapter,
        rebuild(layout, transform) {
          rebuilt++;
          return adapter.rebuild(layout, transform);
        },
      };
      const indexed = schemaOf('title: String @index(name: "byTitle") stars: Int tags: [String] place: String');
      expect(await rows(watched, indexed)).toMatchObject(["a", "b", "c"].map(valuesOf));
      expect(await rows(watched, first)).toMatchObject(["a", "b", "c"].map(valuesOf));
      expect(rebuilt).toBe(0);
      await adapter.open();
      expect((await adapter.layouts()).find((layout) => layout.name === "Note")?.indexes).toEqual([]);
      await adapter.close();
    });

    it("REC-2 a change that was cut short between two models, or within one, is finished by the next opening", async () => {
      const place = database.place();
      const two = (field: string): SchemaDescription =>
        parseSchema(`type A @model ${auth} { id: ID! ${field} } type B @model ${auth} { id: ID! ${field} }`);
      const store = await openReplica(place(), two("x: Int"));
      for (const model of ["A", "B"]) {
        for (const id of ["p", "q"]) {
          const { document, values } = created(modelOf(two("x: Int"), model), { id, x: 3 });
          const acknowledged = { life: 1, isDeleted: false, documents: [document] };
          await put(store, {
            model,
            key: id,
            values,
            life: 1,
            version: 1,
            changedAt: 1,
            createdAt: 1,
            isDeleted: false,
            revision: 0,
            pending: 0,
            documents: [document],
            acknowledged,
          });
        }
      }
      await store.close();
      const adapter = place();
      const cutShort: StorageAdapter = {
        ...adapter,
        rebuild: (layout, transform) =>
          adapter.rebuild(layout, (row, before) => {
            if (layout.name === "B" && row[0] === "q") throw new Error("cut short");
            return transform(row, before);
          }),
      };
      const wide = two("x: Int y: String");
      await expect(openReplica(cutShort, wide)).rejects.toThrow("cut short");
      await adapter.open();
      const columns = (await adapter.layouts())
        .filter(({ name }) => !name.startsWith("$"))
        .map((layout) => layout.columns.some(({ name }) => name === "y"));
      expect(columns).toEqual([true, false]);
      await adapter.close();
      const done = await openReplica(place(), wide);
      onTestFinished(() => done.close());
      for (const model of ["A", "B"]) {
        expect(await done.records(model, ["p", "q"])).toMatchObject([
          { values: { x: 3, y: null } },
          { values: { x: 3, y: null } },
        ]);
      }
    });

    it("REC-2 the outbox, refused changes and metadata of a replica are untouched", async () => {
      const place = database.place();
      const store = await openReplica(place());
      await put(store, unsent({ id: "a", title: "t" }), {
        enqueue: [outboxEntry(4, { id: "a", title: "t", tags: ["x"] })],
        meta: { cursor: "c" },
      });
      await store.close();
      const narrow = await openReplica(place(), schemaOf("stars: Int"));
      const [entry] = await narrow.outboxAfter(0, 9);
      const sent = outboxEntry(4, { id: "a", title: "t", tags: ["x"] });
      expect(entry).toMatchObject({ n: 4, key: "a" });
      expect([...(entry?.update ?? [])]).toEqual([...sent.update]);
      expect(narrow.meta.get("cursor")).toBe("c");
      expect(await narrow.records("Note", ["a"])).toMatchObject([{ pending: 1, acknowledged: { life: 0 } }]);
      await narrow.close();
      const again = await openReplica(place());
      onTestFinished(() => again.close());
      expect((await again.outboxAfter(0, 9))[0]?.intent).toEqual(
        outboxEntry(4, { id: "a", title: "t", tags: ["x"] }).intent,
      );
      expect(await again.records("Note", ["a"])).toMatchObject([{ values: { title: "t" } }]);
    });

    it("STORE-22 a model cannot be given another key", async () => {
      const place = await filled();
      const rekeyed = parseSchema(
        `type Note @model ${auth} { id: ID! @primaryKey(sortKeyFields: ["title"]) title: String! }`,
      );
      await expect(openRelay(place(), rekeyed)).rejects.toMatchObject({
        code: "LAYOUT",
        message: expect.stringContaining("stored under the key (id: text), the schema says (id: text, title: text)"),
      });
      const numbered = parseSchema(`type Note @model ${auth} { id: Int! @primaryKey title: String }`);
      await expect(openRelay(place(), numbered)).rejects.toMatchObject({ code: "LAYOUT" });
      expect(await rows(place(), first)).toMatchObject(["a", "b", "c"].map(valuesOf));
    });

    it("STORE-22 own tables of a layout this version does not know are left alone", async () => {
      const place = await filled();
      const adapter = place();
      await adapter.open();
      const feed = (await adapter.layouts()).find((layout) => layout.name === "$feed")!;
      await adapter.rebuild({ ...feed, columns: [...feed.columns, { name: "later", type: "text" }] }, (row) => [
        ...row,
        null,
      ]);
      await adapter.close();
      await expect(openRelay(place(), first)).rejects.toMatchObject({
        code: "LAYOUT",
        message: expect.stringContaining("$feed"),
      });
    });

    it("REC-19 REC-20 a store from before there were mutations and steps of lists gets their tables, and keeps what it holds", async () => {
      const place = await filled();
      const later = ["$mutations", "$listSteps"];
      const former = place();
      await former.open();
      for (const table of later) await former.drop(table);
      await former.close();
      const adapter = place();
      const store = await openRelay(adapter, first);
      expect((await adapter.layouts()).map(({ name }) => name)).toEqual(expect.arrayContaining(later));
      expect(await store.knownMutations(["m"], 0)).toEqual(new Set());
      expect(await store.listSteps({ model: "Note", key: "a", from: 0, to: 1, since: 0, maxSize: 9 })).toBeNull();
      await store.close();
      expect(await rows(place(), first)).toMatchObject(["a", "b", "c"].map(valuesOf));
    });

    it("REC-2 a document that cannot be read is named, and nothing is rewritten", async () => {
      const place = await filled();
      const adapter = place();
      await adapter.open();
      let result: { outcome: string };
      do {
        result = await adapter.commit({
          writes: [
            { kind: "update", table: "Note", key: ["b"], columns: ["$doc"], cells: [new Uint8Array([255, 255])] },
          ],
        });
      } while (result.outcome !== "committed");
      await adapter.close();
      await expect(openRelay(place(), schemaOf("title: String"))).rejects.toMatchObject({
        code: "DAMAGED",
        message: expect.stringMatching(/^the document of Note \["b"\] cannot be read: /),
      });
      expect((await rows(place(), first))[0]).toMatchObject(valuesOf("a"));
    });
  });
}
