/** What one request may ask, over the wire. */
import { describe, expect, it } from "vitest";
import { startGateway } from "./start-gateway.ts";

describe("limits", () => {
  it("GQL-29 variables that are nested too deep, or set a prototype, are refused", async () => {
    const { url } = await startGateway();
    const query = "query ($f: ModelTaskFilterInput) { listTasks(filter: $f) { nextToken } }";
    for (const f of [`${'{"not":'.repeat(40)}{}${"}".repeat(40)}`, '{"__proto__":{"title":{"eq":"x"}}}']) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": "right" },
        body: `{"query":${JSON.stringify(query)},"variables":{"f":${f}}}`,
      });
      expect(await response.json()).toMatchObject({
        data: null,
        errors: [{ errorType: "ValidationError", message: expect.stringContaining("variables cannot be read") }],
      });
    }
  });

  it("GQL-29 a filter may ask a bounded number of things", async () => {
    const gateway = await startGateway({ limits: { maxFilterNodes: 10 } });
    const list = (conditions: number) =>
      gateway.ask("query ($f: ModelTaskFilterInput) { listTasks(filter: $f) { items { id } } }", {
        f: { or: Array.from({ length: conditions }, (_, i) => ({ stars: { eq: i } })) },
      });
    expect((await list(4)).errors).toBeUndefined();
    expect((await list(5)).errors).toMatchObject([
      { errorType: "ValidationError", message: expect.stringContaining("more than 10 things") },
    ]);
  });

  it("GQL-29 a filter of the greatest size is answered by the store", async () => {
    const gateway = await startGateway();
    const { data, errors } = await gateway.ask(
      "query ($f: ModelTaskFilterInput) { listTasks(filter: $f) { items { id } } }",
      { f: { or: Array.from({ length: 249 }, (_, i) => ({ stars: { eq: i } })) } },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ listTasks: { items: [] } });
  });

  it("GQL-24 a key that no record can have is told so, or names nothing", async () => {
    const gateway = await startGateway();
    const id = "\ud800";
    const read = await gateway.ask("query ($id: ID!) { getTask(id: $id) { id } }", { id });
    expect(read).toEqual({ data: { getTask: null } });
    const write = await gateway.ask('mutation ($id: ID!) { createTask(input: { id: $id, title: "x" }) { id } }', {
      id,
    });
    expect(write.errors).toMatchObject([{ errorType: "ValidationError" }]);
    expect(gateway.logged).toEqual([]);
  });
});
