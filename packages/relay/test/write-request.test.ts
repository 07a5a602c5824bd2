import type { Identity, Predicate, Values } from "@tributary/model";
import { describe, expect, it } from "vitest";
import { decodeUpdate } from "yjs";
import type { RecordWrite, Relay, WriteOutcome } from "../src/index.ts";
import { connect, startRelay } from "./fixtures/test-relay.ts";

const key: Identity = { kind: "apiKey", id: "key" };
const operator: Identity = { kind: "operator" };

function write(operation: RecordWrite["operation"], values: Values, more: Partial<RecordWrite> = {}): RecordWrite {
  return { operation, model: "Note", values, baseVersion: null, condition: null, ...more };
}

async function submit(relay: Relay, ...writes: RecordWrite[]): Promise<readonly WriteOutcome[]> {
  return relay.submit(key, writes);
}

const starsAre = (value: number): Predicate => ({ kind: "field", field: "stars", op: "eq", value });

describe("writeRequest", () => {
  it("V1 creates, updates and deletes, each as one version", async () => {
    const relay = await startRelay();
    const created = await submit(relay, write("create", { id: "n", title: "t", tags: ["a", "b"] }));
    expect(created).toMatchObject([{ outcome: "committed", record: { version: 1, values: { tags: ["a", "b"] } } }]);
    const updated = await submit(relay, write("update", { id: "n", body: "b", tags: ["b", "c"] }));
    expect(updated).toMatchObject([
      { outcome: "committed", record: { version: 2, values: { title: "t", body: "b", tags: ["b", "c"] } } },
    ]);
    const deleted = await submit(relay, write("delete", { id: "n" }, { baseVersion: 2 }));
    expect(deleted).toMatchObject([{ outcome: "committed", record: { version: 3, isDeleted: true } }]);
  });

  it("V1 commits nothing for a write that says nothing new, and asks all the same whether it may", async () => {
    const relay = await startRelay();
    await submit(relay, write("create", { id: "n", title: "t" }));
    await relay.submit(operator, [write("create", { id: "m", text: "t" }, { model: "Notice" })]);
    expect(await submit(relay, write("update", { id: "n" }))).toMatchObject([
      { outcome: "committed", record: { version: 1 } },
    ]);
    expect(relay.stats()).toMatchObject({ headSeq: 2 });
    expect(await submit(relay, write("update", { id: "m" }, { model: "Notice" }))).toMatchObject([
      { outcome: "refused", code: "unauthorized" },
    ]);
  });

  it("P1 commits all writes of a call or none", async () => {
    const relay = await startRelay();
    const outcomes = await submit(
      relay,
      write("create", { id: "n", title: "t" }),
      write("update", { id: "missing", title: "t" }),
    );
    expect(outcomes).toMatchObject([
      { outcome: "refused", code: "missing" },
      { outcome: "refused", code: "missing" },
    ]);
    expect(await relay.records.get(key, "Note", "n")).toBeNull();
    const both = await submit(relay, write("create", { id: "n", title: "t" }), write("update", { id: "n", body: "b" }));
    expect(both).toMatchObject([{ record: { version: 1 } }, { record: { version: 2 } }]);
  });

  it("V3 holds premises against the stored record, and shows it with the refusal", async () => {
    const relay = await startRelay();
    await submit(relay, write("create", { id: "n", title: "t", stars: 2 }));
    const refused = async (one: RecordWrite): Promise<unknown> => (await submit(relay, one))[0];
    const stored = { version: 1, values: { stars: 2 } };
    expect(await refused(write("create", { id: "n", title: "u" }))).toMatchObject({ code: "exists", stored });
    expect(await refused(write("update", { id: "n", title: "u" }, { condition: starsAre(3) }))).toMatchObject({
      code: "condition",
      stored,
    });
    expect(await refused(write("delete", { id: "n" }, { baseVersion: 7 }))).toMatchObject({ code: "conflict", stored });
    expect(await refused(write("delete", { id: "n" }))).toMatchObject({ code: "conflict", stored });
    expect(await refused(write("update", { id: "n", stars: "many" }))).toMatchObject({
      code: "invalid",
      fields: ["stars"],
      stored,
    });
    expect(await refused(write("delete", { id: "n" }, { baseVersion: 1 }))).toMatchObject({ outcome: "committed" });
    expect(await refused(write("update", { id: "n", title: "u" }))).toMatchObject({ code: "conflict" });
  });

  it("P5 tells a writer nothing of a record that it may not read, but that the key is taken", async () => {
    const relay = await startRelay();
    const ballot = (operation: RecordWrite["operation"], more: Partial<RecordWrite> = {}): RecordWrite =>
      write(operation, { id: "b", choice: "x" }, { model: "Ballot", ...more });
    await submit(relay, ballot("create"));
    const refused = async (one: RecordWrite): Promise<unknown> => (await submit(relay, one))[0];
    expect(await refused(ballot("create"))).toEqual({
      outcome: "refused",
      code: "exists",
      message: "Ballot b exists already",
      fields: [],
      stored: null,
    });
    for (const baseVersion of [1, 9]) {
      expect(await refused(ballot("delete", { baseVersion }))).toMatchObject({ code: "unauthorized", stored: null });
    }
  });

  it("I12 rejects a call that names no record, and stays", async () => {
    const relay = await startRelay();
    await expect(submit(relay, write("update", { title: "t" }))).rejects.toThrow("Note.id is missing");
    await expect(submit(relay, write("create", { id: "n" }, { model: "Nothing" }))).rejects.toThrow("no model Nothing");
    expect(await submit(relay, write("create", { id: "n", title: "t" }))).toMatchObject([{ outcome: "committed" }]);
  });

  it("N5 writes under a client id of this start of the process", async () => {
    const relay = await startRelay();
    const seen = new Set<number>();
    for (const started of [relay, await startRelay()]) {
      await submit(started, write("create", { id: "n", title: "t" }));
      seen.add(await clientIdOf(started));
    }
    expect(seen.size).toBe(2);
  });
});

/** The client id under which a relay wrote its first record, as a session is told it. */
async function clientIdOf(relay: Relay): Promise<number> {
  const client = connect(relay, "reader");
  await client.sync();
  const page = client.received.find((message) => message.type === "page");
  const bytes = page?.type === "page" ? page.records[0]?.documents[0] : undefined;
  return decodeUpdate(bytes ?? new Uint8Array()).structs[0]?.id.client ?? 0;
}
