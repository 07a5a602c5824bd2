import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Relay } from "@tributary/relay";
import { parseSchema } from "@tributary/schema/sdl";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { execute } from "graphql";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isWritten } from "../../src/execute/answer.ts";
import { sqliteInTempFolder } from "../sqlite-in-temp-folder.ts";
import { bearer, startGateway } from "../start-gateway.ts";
import { type Executor, startExecutor } from "./start-executor.ts";

const schema = parseSchema(`
  type Author @model @auth(rules: [{ allow: public }]) { name: String }
  type Diary @model @auth(rules: [{ allow: public, operations: [create] }]) { text: String }
  type Book @model @auth(rules: [{ allow: public }]) {
    title: String
    authorID: ID
    author: Author @belongsTo(fields: ["authorID"])
    diaryID: ID
    diary: Diary @belongsTo(fields: ["diaryID"])
  }
`);

async function create(relay: Relay, model: string, values: Record<string, string>): Promise<void> {
  const write = { operation: "create", model, values, baseVersion: null, condition: null } as const;
  const [outcome] = await relay.submit({ kind: "operator" }, [write]);
  expect(outcome?.outcome).toBe("committed");
}

async function withBooks(): Promise<Relay> {
  const { relay } = await startGateway({ schema, adapter: sqliteInTempFolder() });
  await create(relay, "Author", { id: "a", name: "Ann" });
  for (const id of ["1", "2", "3", "4"]) await create(relay, "Book", { id, title: `t${id}`, authorID: "a" });
  return relay;
}

/** The text that was written, null where it was executed; and what GraphQL's own execution answers. */
async function answers({ prepare, executeOperation }: Executor, query: string) {
  const compiled = await executeOperation(prepare({ query }));
  const executed = JSON.stringify(await execute(prepare({ query })));
  return {
    written: isWritten(compiled) ? String(compiled.written) : null,
    compiled: JSON.stringify(compiled),
    executed,
  };
}

describe("createExecuteOperation", () => {
  it("GQL-55 writes what Amplify's DataStore asks for, without reading records", async () => {
    const relay = await withBooks();
    const query = vi.spyOn(relay.records, "query");
    const { written, executed } = await answers(
      startExecutor(relay, bearer),
      `{ syncBooks(limit: 3) { items { id title author { id _deleted } _version _lastChangedAt _deleted } nextToken startedAt } }`,
    );
    expect(written).toBe(executed);
    expect(written).toContain(`"author":{"id":"a","_deleted":null},"_version":1`);
    expect(query).toHaveBeenCalledTimes(1);
  });

  it("GQL-55 executes what ends in an error, and what is not one page of records", async () => {
    const relay = await withBooks();
    await create(relay, "Diary", { id: "d", text: "private" });
    await create(relay, "Book", { id: "5", title: "t5", diaryID: "d" });
    const executor = startExecutor(relay, bearer);
    for (const [query, error] of [
      ["{ listBooks { items { id diary { text } } } }", "Not Authorized"],
      ["{ listBooks(limit: 0) { items { id } } }", "limit is 0"],
      [`{ listBooks(nextToken: "x") { items { id } } }`, "nextToken"],
      ["{ listDiaries { items { id } } }", "Not Authorized"],
      ["{ listBooks { nextToken } }", null],
      ["{ listBooks { items { id } } __typename }", null],
      [`{ getBook(id: "1") { id } }`, null],
    ] as const) {
      const { written, compiled, executed } = await answers(executor, query);
      expect([query, written, compiled]).toEqual([query, null, executed]);
      if (error !== null) expect(executed).toContain(error);
    }
  });

  it("GQL-55 executes a page with a record that does not fit its type, as an older schema may have left it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tributary-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const open = () => createSqliteAdapter({ file: path.join(folder, "relay.db"), synchronous: "FULL" });
    const version = (fields: string) =>
      parseSchema(`
      enum Mood { GLAD SAD }
      enum Wide { GLAD SAD MEH }
      type Note @model @auth(rules: [{ allow: public }]) { ${fields} kept: String }
    `);
    const first = await startGateway({
      schema: version("text: String mood: Wide count: AWSTimestamp"),
      adapter: open(),
    });
    await create(first.relay, "Note", { id: "1", text: "x", mood: "SAD" });
    await create(first.relay, "Note", { id: "2", text: "x", mood: "MEH" });
    await create(first.relay, "Note", { id: "3" });
    const operator = { kind: "operator" } as const;
    const values = { id: "4", text: "x", count: 2 ** 40 };
    await first.relay.submit(operator, [
      { operation: "create", model: "Note", values, baseVersion: null, condition: null },
    ]);
    await first.close();
    const { relay } = await startGateway({ schema: version("text: String! mood: Mood count: Int"), adapter: open() });
    const executor = startExecutor(relay, bearer);
    for (const [field, message] of [
      ["text", "Cannot return null for non-nullable field Note.text."],
      ["mood", 'Enum \\"Mood\\" cannot represent value: \\"MEH\\"'],
      ["count", "Int cannot represent non 32-bit signed integer value"],
    ] as const) {
      const { written, compiled, executed } = await answers(executor, `{ listNotes { items { id ${field} } } }`);
      expect([field, written, compiled]).toEqual([field, null, executed]);
      expect(executed).toContain(message);
    }
    const fitting = await answers(executor, "{ listNotes { items { id kept } } }");
    expect(fitting.written).toBe(fitting.executed);
  });

  it("GQL-56 a page costs a request what it costs executed, records included that it leads to", async () => {
    const relay = await withBooks();
    const query = "{ listBooks { items { id author { name } } } }";
    const enough = await answers(startExecutor(relay, bearer, { maxRecordsPerRequest: 8 }), query);
    expect(enough.written).toBe(enough.executed);
    const few = startExecutor(relay, bearer, { maxRecordsPerRequest: 7 });
    const { written, compiled, executed } = await answers(few, query);
    expect([written, compiled]).toEqual([null, executed]);
    expect(executed.match(/one request may read 7 records/g)).toHaveLength(1);
    const spent = few.prepare({ query });
    await spent.contextValue.budget.spend(async () => null, 7);
    expect(JSON.stringify(await few.executeOperation(spent))).toContain("one request may read 7 records");
  });

  it("GQL-56 what depends on the record is read and judged record by record", async () => {
    const relay = await withBooks();
    const judged: Relay["records"] = {
      ...relay.records,
      queryJson: async () => null,
      async query(identity, asked) {
        const page = await relay.records.query(identity, asked);
        return { ...page, records: page.records.filter(({ key }) => key !== "2") };
      },
      getMany: async (_identity, _model, keys) => keys.map(() => null),
    };
    const { written, executed } = await answers(
      startExecutor({ ...relay, records: judged }, bearer),
      "{ listBooks { items { id author { name } } } }",
    );
    expect(written).toBe(executed);
    expect(written).toContain(`[{"id":"1","author":null},{"id":"3","author":null},{"id":"4","author":null}]`);
  });

  it("GQL-55 every door answers it alike", async () => {
    const gateway = await startGateway({ schema, adapter: sqliteInTempFolder(), limits: { maxBatchedOperations: 2 } });
    await create(gateway.relay, "Book", { id: "1", title: '\u{1f600}\u0000"' });
    const query = "{ listBooks { items { id title author { id } } nextToken } }";
    const data = { listBooks: { items: [{ id: "1", title: '\u{1f600}\u0000"', author: null }], nextToken: null } };
    const post = (body: unknown, accept = "application/json") =>
      fetch(gateway.url, {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": "right", accept },
        body: JSON.stringify(body),
      });
    const one = await post({ query }, "application/graphql-response+json");
    expect(Object.fromEntries(one.headers)).toMatchObject({
      "content-type": "application/graphql-response+json; charset=utf-8",
      "cache-control": "no-store",
    });
    expect([one.status, await one.text()]).toEqual([200, JSON.stringify({ data })]);
    const two = await post([{ query }, { query: "{ __typename }" }]);
    expect(await two.text()).toBe(JSON.stringify([{ data }, { data: { __typename: "Query" } }]));
    const answered = await new Promise((resolve, reject) => {
      gateway.client().subscribe({ query }, { next: resolve, error: reject, complete: () => {} });
    });
    expect(answered).toEqual({ data });
  });
});
