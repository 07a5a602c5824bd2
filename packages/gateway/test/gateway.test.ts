/** The API over a real relay and a real HTTP server: what a caller sees of reading and writing. */
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { sqliteInTempFolder } from "./sqlite-in-temp-folder.ts";
import { type Fields, type StartedGateway, type StartOptions, startGateway } from "./start-gateway.ts";

const task =
  "{ id title stars weight done due state tags address { street lines } data boardId createdAt updatedAt _version _deleted _lastChangedAt }";

const createTask = (gateway: StartedGateway, input: object): Promise<Fields> =>
  gateway.field(`mutation ($input: CreateTaskInput!) { createTask(input: $input) ${task} }`, { input });
const updateTask = (gateway: StartedGateway, input: object): Promise<Fields> =>
  gateway.field(`mutation ($input: UpdateTaskInput!) { updateTask(input: $input) ${task} }`, { input });
const deleteTask = (gateway: StartedGateway, id: string, version: number): Promise<Fields> =>
  gateway.field(`mutation { deleteTask(input: { id: "${id}", _version: ${version} }) ${task} }`);
const syncTasks = (gateway: StartedGateway, variables: object = {}): Promise<Fields> =>
  gateway.field(
    `query ($lastSync: AWSTimestamp, $limit: Int, $nextToken: String, $filter: ModelTaskFilterInput) {
      syncTasks(lastSync: $lastSync, limit: $limit, nextToken: $nextToken, filter: $filter) { items ${task} nextToken startedAt }
    }`,
    variables,
  );

const ids = ({ items }: Fields): string[] => items.map((item: Fields) => item.id);

describe.each([
  ["memory", createMemoryAdapter],
  ["sqlite", sqliteInTempFolder],
] as const)("the API over %s", (_, createAdapter) => {
  const start = (options: StartOptions = {}): Promise<StartedGateway> =>
    startGateway({ adapter: createAdapter(), ...options });

  describe("writing", () => {
    it("GQL-13 a creation answers the whole record, version 1", async () => {
      const gateway = await start();
      const input = {
        id: "t1",
        title: "one",
        stars: 3,
        weight: 0.5,
        done: false,
        due: "2024-02-29T12:30:00Z",
        state: "OPEN",
        tags: ["a", null],
        address: { street: "s", lines: ["l"] },
        data: '{"b":[1]}',
        boardId: "b1",
        _version: 9,
      };
      const made = await createTask(gateway, input);
      expect(made).toEqual({
        ...input,
        _version: 1,
        _deleted: null,
        _lastChangedAt: Date.parse(made.updatedAt),
        createdAt: made.updatedAt,
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      expect(await gateway.field(`{ getTask(id: "t1") ${task} }`)).toEqual(made);
    });

    it("GQL-13 a creation draws an id", async () => {
      const gateway = await start();
      const [one, two] = [await createTask(gateway, { title: "a" }), await createTask(gateway, { title: "b" })];
      expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(two.id).not.toBe(one.id);
      expect(await createTask(await start({ newId: () => "drawn" }), { title: "c" })).toMatchObject({ id: "drawn" });
    });

    it("GQL-13 a creation on a taken key fails, and shows what is there", async () => {
      const gateway = await start();
      await createTask(gateway, { id: "t1", title: "one" });
      const { data, errors } = await gateway.ask(
        `mutation { createTask(input: { id: "t1", title: "two" }) { id name: title _version } }`,
      );
      expect(data).toEqual({ createTask: null });
      expect(errors).toMatchObject([
        {
          errorType: "ConditionalCheckFailedException",
          path: ["createTask"],
          data: { id: "t1", name: "one", _version: 1 },
        },
      ]);
      await deleteTask(gateway, "t1", 1);
      const again = await gateway.ask(`mutation { createTask(input: { id: "t1", title: "two" }) { _deleted } }`);
      expect(again.errors).toMatchObject([{ errorType: "ConditionalCheckFailedException", data: { _deleted: true } }]);
    });

    it("GQL-14 an update changes what its input gives and clears what is null", async () => {
      const gateway = await start();
      const made = await createTask(gateway, { id: "t1", title: "one", stars: 3, tags: ["a"], boardId: "b" });
      const changed = await updateTask(gateway, { id: "t1", title: "two", stars: null, tags: ["a", "b"], _version: 1 });
      expect(changed).toEqual({
        ...made,
        title: "two",
        stars: null,
        tags: ["a", "b"],
        _version: 2,
        _lastChangedAt: changed._lastChangedAt,
        updatedAt: changed.updatedAt,
      });
      expect(changed._lastChangedAt).toBeGreaterThanOrEqual(made._lastChangedAt);
    });

    it("GQL-14 an update on an older version is merged", async () => {
      const gateway = await start();
      await createTask(gateway, { id: "t1", title: "one" });
      await updateTask(gateway, { id: "t1", stars: 5, _version: 1 });
      expect(await updateTask(gateway, { id: "t1", title: "two", _version: 1 })).toMatchObject({
        title: "two",
        stars: 5,
        _version: 3,
      });
      expect(await updateTask(gateway, { id: "t1", title: "three" })).toMatchObject({ title: "three", _version: 4 });
    });

    it("GQL-14 an update that alters nothing is answered and is no version", async () => {
      const gateway = await start();
      const made = await createTask(gateway, { id: "t1", title: "one", tags: ["a"] });
      expect(await updateTask(gateway, { id: "t1", _version: 1 })).toEqual(made);
      expect(await updateTask(gateway, { id: "t1", tags: ["a"], _version: 1 })).toEqual(made);
    });

    it("GQL-14 a declared update time tells of each update that does not give it", async () => {
      let now = Date.parse("2024-03-01T00:00:00.000Z");
      const schema = parseSchema(`
        type Note @model @auth(rules: [{ allow: public }]) {
          text: String
          updatedAt: AWSDateTime
        }
      `);
      const gateway = await start({ schema, now: () => now, relay: { now: () => now } });
      const write = async (operation: string, rest: string): Promise<string> => {
        now += 1_000;
        const { updatedAt } = await gateway.field(
          `mutation { ${operation}Note(input: { id: "n", ${rest} }) { updatedAt } }`,
        );
        return updatedAt;
      };
      expect(await write("create", `text: "a"`)).toBe("2024-03-01T00:00:01.000Z");
      expect(await write("update", `text: "b"`)).toBe("2024-03-01T00:00:02.000Z");
      expect(await write("update", `updatedAt: "2020-01-01T00:00:00Z"`)).toBe("2020-01-01T00:00:00Z");
      expect(await write("update", `text: "c"`)).toBe("2024-03-01T00:00:04.000Z");
    });

    it("GQL-14 an update of what is not there or deleted fails", async () => {
      const gateway = await start();
      const update = `mutation { updateTask(input: { id: "t1", title: "x", _version: 1 }) { id title _version } }`;
      expect((await gateway.ask(update)).errors).toMatchObject([
        { errorType: "ConditionalCheckFailedException", data: null },
      ]);
      await createTask(gateway, { id: "t1", title: "one" });
      await deleteTask(gateway, "t1", 1);
      for (const mutation of [update, update.replace('title: "x", ', "")]) {
        expect((await gateway.ask(mutation)).errors).toMatchObject([
          { errorType: "ConditionalCheckFailedException", data: { id: "t1", title: "one", _version: 2 } },
        ]);
      }
    });

    it("GQL-15 what is deleted is neither edited nor deleted again, and is no conflict: a client would try that for ever", async () => {
      const gateway = await start();
      await createTask(gateway, { id: "t1", title: "one" });
      await deleteTask(gateway, "t1", 1);
      for (const version of [1, 2, 3]) {
        for (const mutation of [
          `mutation { updateTask(input: { id: "t1", title: "x", _version: ${version} }) { id _version _deleted } }`,
          `mutation { deleteTask(input: { id: "t1", _version: ${version} }) { id _version _deleted } }`,
        ]) {
          // Sent again, the deletion that made the tombstone is answered as it was.
          if (mutation.includes("deleteTask") && version === 1) continue;
          expect((await gateway.ask(mutation)).errors, mutation).toMatchObject([
            { errorType: "ConditionalCheckFailedException", data: { id: "t1", _version: 2, _deleted: true } },
          ]);
        }
      }
    });

    it("GQL-15 a deletion at the stored version leaves a tombstone", async () => {
      const gateway = await start();
      const made = await createTask(gateway, { id: "t1", title: "one" });
      const deleted = await deleteTask(gateway, "t1", 1);
      expect(deleted).toMatchObject({ id: "t1", title: "one", _deleted: true, _version: 2, createdAt: made.createdAt });
      expect(await gateway.field(`{ getTask(id: "t1") ${task} }`)).toEqual(deleted);
    });

    it("GQL-15 a deletion at another version or none is a conflict", async () => {
      const gateway = await start();
      await createTask(gateway, { id: "t1", title: "one" });
      await updateTask(gateway, { id: "t1", title: "two", _version: 1 });
      for (const version of ["", ", _version: 1", ", _version: 3", ", _version: null"]) {
        const { data, errors } = await gateway.ask(
          `mutation { deleteTask(input: { id: "t1"${version} }) { id title _version _deleted } }`,
        );
        expect(data).toEqual({ deleteTask: null });
        const stored = { id: "t1", title: "two", _version: 2, _deleted: null };
        expect(errors).toEqual([
          {
            path: ["deleteTask"],
            data: stored,
            errorType: "ConflictUnhandled",
            errorInfo: null,
            locations: [{ line: 1, column: 12, sourceName: null }],
            message: "Conflict resolver rejects mutation.",
            extensions: { code: "ConflictUnhandled", data: stored },
          },
        ]);
      }
      expect((await gateway.ask(`mutation { deleteTask(input: { id: "t2" }) { id } }`)).errors).toMatchObject([
        { errorType: "ConditionalCheckFailedException", data: null },
      ]);
    });

    it.each([
      ["a predicate", `{ stars: { gt: 2 } }`, `{ stars: { gt: 3 } }`],
      ["the size of a text", `{ title: { size: { eq: 3 } } }`, `{ title: { size: { gt: 3 } } }`],
      ["the text of a JSON value", `{ data: { contains: "a" } }`, `{ not: { data: { contains: "a" } } }`],
      ["deletion", `{ _deleted: { ne: true } }`, `{ _deleted: { eq: true } }`],
    ])("GQL-16 holds a condition on %s against the record", async (_what, holding, failing) => {
      const gateway = await start();
      await createTask(gateway, { id: "t1", title: "one", stars: 3, data: '["a"]' });
      for (const mutation of ["update", "delete"]) {
        const ask = (condition: string) =>
          gateway.ask(
            `mutation { ${mutation}Task(input: { id: "t1", _version: ${mutation === "update" ? 1 : 2}${mutation === "update" ? ", done: true" : ""} }, condition: ${condition}) { id done _version } }`,
          );
        const refused = await ask(failing);
        expect(refused.data).toEqual({ [`${mutation}Task`]: null });
        expect(refused.errors).toMatchObject([
          {
            errorType: "ConditionalCheckFailedException",
            message: expect.stringContaining("The conditional request failed"),
            data: { id: "t1" },
          },
        ]);
        expect((await ask(holding)).errors).toBeUndefined();
      }
      expect(await gateway.field(`{ getTask(id: "t1") { _version } }`)).toEqual({ _version: 3 });
    });

    it("GQL-16 a creation's condition must hold where there is nothing", async () => {
      const gateway = await start();
      const create = (id: string, condition: string) =>
        gateway.ask(`mutation { createTask(input: { id: "${id}", title: "x" }, condition: ${condition}) { id } }`);
      expect((await create("t1", '{ title: { eq: "x" } }')).errors).toMatchObject([
        { errorType: "ConditionalCheckFailedException" },
      ]);
      expect((await create("t1", "{ title: { attributeExists: false } }")).data).toEqual({ createTask: { id: "t1" } });
    });

    it("GQL-16 of writers racing on one condition, one wins", async () => {
      const gateway = await start();
      await createTask(gateway, { id: "t1", title: "free" });
      for (const condition of [`{ title: { eq: "free" } }`, `{ title: { size: { eq: 5 } } }`]) {
        const answers = await Promise.all(
          Array.from({ length: 8 }, (__, i) =>
            gateway.ask(
              `mutation { updateTask(input: { id: "t1", title: "${"taken".repeat(i + 2)}" }, condition: ${condition}) { title } }`,
            ),
          ),
        );
        expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
        await updateTask(gateway, { id: "t1", title: "seven" });
      }
    });

    it("GQL-22 mutations of one document are made in their order", async () => {
      const gateway = await start();
      const { data } = await gateway.ask(`mutation {
        a: createTask(input: { id: "t1", title: "one" }) { _version }
        b: updateTask(input: { id: "t1", title: "two", _version: 1 }) { _version }
        c: deleteTask(input: { id: "t1", _version: 2 }) { _version }
      }`);
      expect(data).toEqual({ a: { _version: 1 }, b: { _version: 2 }, c: { _version: 3 } });
    });
  });

  describe("reading", () => {
    it("GQL-4 get answers null where there is nothing, and takes all parts of a key", async () => {
      const gateway = await start();
      const key = `customer: "c", placedOn: "2024-01-01", number: 1`;
      await gateway.field(`mutation { createOrder(input: { ${key}, note: "n" }) { number } }`);
      expect(await gateway.ask(`{ getOrder(${key}) { note _version } }`)).toEqual({
        data: { getOrder: { note: "n", _version: 1 } },
      });
      expect(await gateway.ask(`{ getOrder(${key.replace("1", "2")}) { note } }`)).toEqual({
        data: { getOrder: null },
      });
      expect(await gateway.ask(`{ getTask(id: "t9") { id } }`)).toEqual({ data: { getTask: null } });
    });

    it("GQL-5 pages hold every record once, in key order", async () => {
      const gateway = await start();
      for (const id of ["c", "a", "e", "b", "d"]) await createTask(gateway, { id, title: id });
      await deleteTask(gateway, "c", 1);
      const seen: string[][] = [];
      let nextToken: string | null = null;
      do {
        const page: Fields = await gateway.field(
          `query ($nextToken: String) { listTasks(limit: 2, nextToken: $nextToken) { items { id } nextToken startedAt } }`,
          { nextToken },
        );
        seen.push(ids(page));
        nextToken = page.nextToken;
      } while (nextToken !== null);
      expect(seen).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    });

    it("GQL-5 a page that a filter empties still leads on", async () => {
      const gateway = await start();
      for (const id of ["a", "b", "c"]) await createTask(gateway, { id, title: id === "c" ? "long" : "x" });
      const list = (token: string | null) =>
        gateway.field(
          `query ($token: String) { listTasks(limit: 2, nextToken: $token, filter: { title: { size: { gt: 1 } } }) { items { id } nextToken } }`,
          { token },
        );
      const first = await list(null);
      expect(first).toEqual({ items: [], nextToken: expect.any(String) });
      expect(await list(first.nextToken)).toEqual({ items: [{ id: "c" }], nextToken: null });
    });

    it("GQL-6 an index is read in the order of its sort field, within the condition on it", async () => {
      const gateway = await start();
      for (const [id, boardId, stars] of [
        ["t1", "b1", 3],
        ["t2", "b1", 1],
        ["t3", "b1", 2],
        ["t4", "b1", null],
        ["t5", "b2", 1],
        ["t6", "b1", 2],
      ]) {
        await createTask(gateway, { id, boardId, stars, title: "t" });
      }
      const byBoard = async (rest: string): Promise<string[]> => {
        const found: string[] = [];
        let nextToken: string | null = null;
        do {
          const page: Fields = await gateway.field(
            `query ($token: String) { tasksByBoardIdAndStars(boardId: "b1", nextToken: $token, ${rest}) { items { id } nextToken } }`,
            { token: nextToken },
          );
          found.push(...ids(page));
          nextToken = page.nextToken;
        } while (nextToken !== null);
        return found;
      };
      expect(await byBoard("limit: 2")).toEqual(["t2", "t3", "t6", "t1"]);
      expect(await byBoard("limit: 1, sortDirection: DESC")).toEqual(["t1", "t6", "t3", "t2"]);
      expect(await byBoard("stars: { between: [2, 3] }")).toEqual(["t3", "t6", "t1"]);
      expect(await byBoard("stars: { lt: 3 }, limit: 2")).toEqual(["t2", "t3", "t6"]);
    });

    it("GQL-6 a composite sort key compares like words", async () => {
      const gateway = await start();
      for (const [placedOn, number] of [
        ["2024-01-01", 2],
        ["2024-01-01", 1],
        ["2024-01-02", 1],
        ["2024-02-01", 1],
      ]) {
        await gateway.field(
          `mutation { createOrder(input: { customer: "c", placedOn: "${placedOn}", number: ${number} }) { number } }`,
        );
      }
      await gateway.field(
        `mutation { createOrder(input: { customer: "d", placedOn: "2024-01-01", number: 5 }) { number } }`,
      );
      const orders = async (rest: string): Promise<string[]> => {
        const { items } = await gateway.field(`{ listOrders(customer: "c", ${rest}) { items { placedOn number } } }`);
        return items.map(({ placedOn, number }: Fields) => `${placedOn}#${number}`);
      };
      const all = ["2024-01-01#1", "2024-01-01#2", "2024-01-02#1", "2024-02-01#1"];
      expect(await orders("limit: 9")).toEqual(all);
      expect(await orders("sortDirection: DESC")).toEqual([...all].reverse());
      expect(await orders(`placedOnNumber: { gt: { placedOn: "2024-01-01", number: 1 } }`)).toEqual(all.slice(1));
      expect(await orders(`placedOnNumber: { le: { placedOn: "2024-01-02", number: 1 } }`)).toEqual(all.slice(0, 3));
      expect(await orders(`placedOnNumber: { le: { placedOn: "2024-01-01", number: 1 } }`)).toEqual(all.slice(0, 1));
      expect(await orders(`placedOnNumber: { ge: { placedOn: "2024-01-01", number: 2 } }`)).toEqual(all.slice(1));
      expect(await orders(`placedOnNumber: { eq: { placedOn: "2024-01-01" } }`)).toEqual(all.slice(0, 2));
      expect(
        await orders(
          `placedOnNumber: { between: [{ placedOn: "2024-01-01", number: 2 }, { placedOn: "2024-01-02", number: 9 }] }`,
        ),
      ).toEqual(all.slice(1, 3));
    });

    it("GQL-6 sort arguments without the partition, and gaps in a composite key, are refused", async () => {
      const gateway = await start();
      for (const list of [
        "sortDirection: DESC",
        `placedOnNumber: { eq: { placedOn: "2024-01-01" } }`,
        `customer: "c", placedOnNumber: { eq: { number: 1 } }`,
      ]) {
        const { errors } = await gateway.ask(`{ listOrders(${list}) { items { number } } }`);
        expect(errors, list).toMatchObject([{ errorType: "InvalidArgumentsError" }]);
      }
    });

    it("GQL-7 a token of another query, a damaged one and a made-up one are refused", async () => {
      const gateway = await start();
      for (const id of ["a", "b", "c"]) await createTask(gateway, { id, title: id });
      const { nextToken } = await gateway.field(`{ listTasks(limit: 1) { nextToken } }`);
      for (const [query, variables] of [
        ["query ($t: String) { syncTasks(nextToken: $t) { items { id } } }", { t: nextToken }],
        [
          "query ($t: String) { listTasks(nextToken: $t, filter: {stars: {gt: 1}}) { items { id } } }",
          { t: nextToken },
        ],
        ["query ($t: String) { listTasks(nextToken: $t) { items { id } } }", { t: nextToken.slice(0, -4) }],
        ["query ($t: String) { listTasks(nextToken: $t) { items { id } } }", { t: "next, please" }],
        ["query ($t: String) { listTasks(nextToken: $t) { items { id } } }", { t: "" }],
      ] as const) {
        const { data, errors } = await gateway.ask(query, variables);
        expect(Object.values(data ?? {}), query).toEqual([null]);
        expect(errors, query).toMatchObject([
          { errorType: "BadRequest", message: expect.stringContaining("nextToken") },
        ]);
      }
      const next = await gateway.field(`query ($t: String) { listTasks(nextToken: $t) { items { id } nextToken } }`, {
        t: nextToken,
      });
      expect(ids(next)).toEqual(["b", "c"]);
    });

    it("GQL-8 pages are bounded", async () => {
      const gateway = await start({ limits: { defaultPageSize: 2, maxPageSize: 3, maxRecordsPerRequest: 7 } });
      for (const id of ["a", "b", "c", "d"]) await createTask(gateway, { id, title: id });
      const list = (args: string) => gateway.field(`{ listTasks${args} { items { id } } }`);
      expect(ids(await list(""))).toHaveLength(2);
      expect(ids(await list("(limit: 1000)"))).toHaveLength(3);
      for (const limit of [0, -1]) {
        expect((await gateway.ask(`{ listTasks(limit: ${limit}) { nextToken } }`)).errors).toMatchObject([
          { errorType: "InvalidArgumentsError", message: expect.stringContaining("limit") },
        ]);
      }
      const { data, errors } = await gateway.ask(
        `{ a: listTasks(limit: 3) { nextToken } b: syncTasks(limit: 3) { nextToken } c: listTasks { nextToken } d: getTask(id: "a") { id } }`,
      );
      expect(Object.entries(data ?? {}).filter(([, value]) => value === null)).toEqual([
        ["c", null],
        ["d", null],
      ]);
      expect(errors?.map(({ errorType }) => errorType)).toEqual(["LimitExceededError", "LimitExceededError"]);
    });
  });

  describe("sync", () => {
    it("GQL-10 a base sync holds all records and tombstones, and one startedAt on all pages", async () => {
      const gateway = await start();
      for (const id of ["a", "b", "c"]) await createTask(gateway, { id, title: id });
      await deleteTask(gateway, "b", 1);
      const first = await syncTasks(gateway, { limit: 2, lastSync: 0 });
      expect(first.items).toMatchObject([
        { id: "a", _version: 1, _deleted: null },
        { id: "b", _version: 2, _deleted: true },
      ]);
      await createTask(gateway, { id: "d", title: "later" });
      const second = await syncTasks(gateway, { limit: 2, lastSync: 0, nextToken: first.nextToken });
      expect(ids(second)).toEqual(["c", "d"]);
      expect(second).toMatchObject({ nextToken: null, startedAt: first.startedAt });
      expect(first.startedAt).toBeGreaterThanOrEqual(first.items[1]._lastChangedAt);
    });

    it("GQL-11 a delta sync holds what changed since, each record once, in its latest state", async () => {
      let now = 1_700_000_000_000;
      const gateway = await start({ relay: { now: () => now } });
      for (const id of ["a", "b", "c"]) await createTask(gateway, { id, title: id });
      now += 1_000;
      const { startedAt } = await syncTasks(gateway);
      now += 1_000;
      for (const title of ["one", "two", "three"]) await updateTask(gateway, { id: "b", title });
      await createTask(gateway, { id: "d", title: "d" });
      await deleteTask(gateway, "a", 1);
      const delta = await syncTasks(gateway, { lastSync: startedAt });
      expect(delta.items.map(({ id, title, _version, _deleted }: Fields) => [id, title, _version, _deleted])).toEqual([
        ["b", "three", 4, null],
        ["d", "d", 1, null],
        ["a", "a", 2, true],
      ]);
      expect(delta.nextToken).toBeNull();
      expect((await syncTasks(gateway, { lastSync: delta.startedAt + 1 })).items).toEqual([]);
      expect(ids(await syncTasks(gateway, { lastSync: startedAt, filter: { title: { eq: "d" } } }))).toEqual(["d"]);
    });

    it("GQL-11 a delta sync goes on by pages, past what changes meanwhile", async () => {
      let now = 1_700_000_000_000;
      const gateway = await start({ relay: { now: () => now } });
      for (const id of ["a", "b", "c", "d"]) await createTask(gateway, { id, title: id });
      const lastSync = now;
      now += 1_000;
      const first = await syncTasks(gateway, { lastSync, limit: 2 });
      expect(ids(first)).toEqual(["a", "b"]);
      await updateTask(gateway, { id: "c", title: "new" });
      await updateTask(gateway, { id: "a", title: "new" });
      const second = await syncTasks(gateway, { lastSync, limit: 2, nextToken: first.nextToken });
      expect(ids(second)).toEqual(["d", "c"]);
      const third = await syncTasks(gateway, { lastSync, limit: 2, nextToken: second.nextToken });
      expect(third).toMatchObject({ items: [{ id: "a", title: "new" }], nextToken: null, startedAt: first.startedAt });
    });

    it("GQL-11 changes that are no longer kept are answered from the base, tombstones included", async () => {
      let now = 1_700_000_000_000;
      const gateway = await start({ relay: { now: () => now, deltaLifetimeMs: 60_000 } });
      await createTask(gateway, { id: "a", title: "a" });
      await createTask(gateway, { id: "b", title: "b" });
      await deleteTask(gateway, "a", 1);
      const lastSync = now + 1;
      now += 60_000;
      expect(ids(await syncTasks(gateway, { lastSync }))).toEqual([]);
      now += 2;
      expect((await syncTasks(gateway, { lastSync })).items).toMatchObject([
        { id: "a", _deleted: true },
        { id: "b", _deleted: null },
      ]);
    });

    it("GQL-11 a delta that runs out while it is paged starts over from the base", async () => {
      let now = 1_700_000_000_000;
      const gateway = await start({ relay: { now: () => now, deltaLifetimeMs: 60_000 } });
      for (const id of ["a", "b", "c"]) await createTask(gateway, { id, title: id });
      const lastSync = now;
      const first = await syncTasks(gateway, { lastSync, limit: 2 });
      now += 61_000;
      const second = await syncTasks(gateway, { lastSync, limit: 2, nextToken: first.nextToken });
      expect(ids(second)).toEqual(["a", "b"]);
      const third = await syncTasks(gateway, { lastSync, limit: 2, nextToken: second.nextToken });
      expect(ids(third)).toEqual(["c"]);
      expect(third.startedAt).toBe(first.startedAt);
    });

    it("GQL-12 a client that comes back with startedAt misses nothing, however fast writes come", async () => {
      const gateway = await start();
      const held = new Map<string, number>();
      let lastSync = 0;
      let isWriting = true;
      const writing = (async () => {
        for (let i = 0; i < 60; i += 1) {
          const id = `t${i % 7}`;
          if (i < 7) await createTask(gateway, { id, title: "t" });
          else await updateTask(gateway, { id, stars: i });
        }
        isWriting = false;
      })();
      const sync = async (): Promise<void> => {
        let nextToken: string | null = null;
        do {
          const page: Fields = await syncTasks(gateway, { lastSync, limit: 3, nextToken });
          for (const { id, _version } of page.items) held.set(id, Math.max(held.get(id) ?? 0, _version));
          nextToken = page.nextToken;
          if (nextToken === null) lastSync = page.startedAt;
        } while (nextToken !== null);
      };
      while (isWriting) await sync();
      await writing;
      await sync();
      const stored = await gateway.field(`{ listTasks { items { id _version } } }`);
      expect(Object.fromEntries(held)).toEqual(
        Object.fromEntries(stored.items.map(({ id, _version }: Fields) => [id, _version])),
      );
    });
  });

  describe("refusals", () => {
    it("GQL-30 a model that nobody opened is closed", async () => {
      const gateway = await start();
      for (const [field, type, rest] of [
        ["getSecret", "Query", `(id: "s") { id }`],
        ["listSecrets", "Query", "{ nextToken }"],
        ["syncSecrets", "Query", "{ nextToken }"],
        ["createSecret", "Mutation", `(input: { text: "x" }) { id }`],
      ]) {
        const { data, errors } = await gateway.ask(`${type?.toLowerCase()} { ${field}${rest} }`);
        expect(data).toEqual({ [String(field)]: null });
        expect(errors).toMatchObject([
          { errorType: "Unauthorized", message: `Not Authorized to access ${field} on type ${type}`, data: null },
        ]);
      }
    });

    it("GQL-27 wrong names, types and missing values are told in AppSync's words", async () => {
      const gateway = await start();
      const message = async (query: string, variables?: object): Promise<string | undefined> => {
        const { data, errors } = await gateway.ask(query, variables);
        expect(data).toBeNull();
        expect(errors?.[0]).toMatchObject({ errorType: "ValidationError", data: null, errorInfo: null });
        return errors?.[0]?.message;
      };
      const create = "mutation ($input: CreateTaskInput!) { createTask(input: $input) { id } }";
      expect(await message("{ listNothings { id } }")).toBe('Cannot query field "listNothings" on type "Query".');
      expect(await message("{ getTask { id } }")).toContain("id");
      expect(await message("{ getTask(id: {}) { id } }")).toContain("ID");
      expect(await message(create, { input: { title: "x", nope: 1 } })).toBe(
        "The variables input contains a field name 'nope' that is not defined for input object type 'CreateTaskInput' ",
      );
      expect(await message(create, { input: { stars: 1 } })).toBe(
        "Variable 'title' has coerced Null value for NonNull type 'String!'",
      );
      expect(await message(create, { input: { title: null } })).toBe(
        "Variable 'title' has coerced Null value for NonNull type 'String!'",
      );
      expect(await message(create, {})).toBe(
        "Variable 'input' has coerced Null value for NonNull type 'CreateTaskInput!'",
      );
      expect(await message(create, { input: { title: "x", stars: 2 ** 31 } })).toContain("32-bit");
      expect(await message(create, { input: { title: "x", due: "tomorrow" } })).toContain("AWSDateTime");
      expect(
        await message("query ($f: ModelTaskFilterInput) { listTasks(filter: $f) { nextToken } }", {
          f: { stars: { near: 1 } },
        }),
      ).toContain("contains a field name 'near'");
      expect(await message("{ listTasks(where: {}) { nextToken } }")).toContain(
        "Validation error of type UnknownArgument: Unknown field argument where",
      );
    });

    it("GQL-27 an argument that no filter can mean is refused", async () => {
      const gateway = await start();
      for (const filter of [
        "{ stars: { between: [1] } }",
        "{ title: { contains: null } }",
        "{ stars: { gt: null } }",
      ]) {
        const { errors } = await gateway.ask(`{ listTasks(filter: ${filter}) { nextToken } }`);
        expect(errors, filter).toMatchObject([{ errorType: "ValidationError", path: ["listTasks"] }]);
      }
    });
  });
});
