import type { Answer, PushItem } from "@tributary/protocol";
import { describe, expect, it } from "vitest";
import { settleRequest } from "../src/push-request.ts";
import { openPipeline } from "./fixtures/bench-pipeline.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { START_MS } from "./fixtures/test-relay.ts";

const unknownModel = (n: number): PushItem => ({
  n,
  changes: [{ ...createBoardWriter(79).create("Note", { id: "x", title: "t" }), model: "Nothing" }],
});

describe("pushRequest", () => {
  it("N3 acknowledges a push sent again, with where its records stand now, and changes nothing", async () => {
    const bench = await openPipeline();
    const writer = createBoardWriter(71);
    const first: PushItem = { n: 1, changes: [writer.create("Note", { id: "n", title: "t" })] };
    const ack = await bench.push("a", first);
    expect(ack).toEqual({ kind: "ack", n: 1, results: [{ version: 1, at: START_MS, createdAt: START_MS }] });
    expect(await bench.push("a", first)).toEqual(ack);
    await bench.push("a", { n: 2, changes: [writer.edit("Note", "n", { body: "b" })] });
    expect(await bench.push("a", first)).toMatchObject({ kind: "ack", n: 1, results: [{ version: 2 }] });
    expect((await bench.store.head()).seq).toBe(2);
  });

  it("N3 recognises a push before authorization: a right that was lost does not turn an ack into a refusal", async () => {
    const bench = await openPipeline();
    const push: PushItem = { n: 1, changes: [createBoardWriter(71).create("Notice", { id: "n", text: "t" })] };
    const asOperator = { writer: { identity: { kind: "operator" } as const, isOwnClientId: () => true } };
    expect((await bench.push("a", push, asOperator)).kind).toBe("ack");
    expect((await bench.push("a", push)).kind).toBe("ack");
  });

  it("N3 recognises a push sent twice in one turn", async () => {
    const bench = await openPipeline();
    const push: PushItem = { n: 1, changes: [createBoardWriter(71).create("Note", { id: "n", title: "t" })] };
    const answers = await Promise.all([bench.push("a", push), bench.push("a", push)]);
    expect(answers.map((answer) => answer.kind)).toEqual(["ack", "ack"]);
    expect((await bench.store.head()).seq).toBe(1);
  });

  it("N3 gives a refused push the same refusal again, until the replica says that it knows", async () => {
    const bench = await openPipeline();
    const refusal = await bench.push("a", unknownModel(1));
    expect(refusal).toMatchObject({ kind: "refused", n: 1, code: "unknownModel", replay: false, timeMs: START_MS });
    await bench.push("a", { n: 2, changes: [createBoardWriter(71).create("Note", { id: "n", title: "t" })] });
    expect(await bench.push("a", unknownModel(1))).toEqual(refusal);
    await bench.pipeline.submit(settleRequest("a", 1));
    expect(await bench.store.replica("a")).toMatchObject({ n: 2, refused: {} });
  });

  it("N3 forgets what is settled with the next push", async () => {
    const bench = await openPipeline();
    await bench.push("a", unknownModel(1));
    await bench.push("a", unknownModel(2));
    await bench.push("a", unknownModel(3), { settled: 1 });
    expect(Object.keys((await bench.store.replica("a"))?.refused ?? {})).toEqual(["2", "3"]);
  });

  it("N3 N2 does not take a push for one that another copy of the database sent under its number", async () => {
    const bench = await openPipeline();
    const writer = createBoardWriter(71);
    await bench.push("a", { n: 1, changes: [writer.create("Note", { id: "n", title: "t" })] });
    const other: PushItem = { n: 1, changes: [writer.create("Note", { id: "m", title: "t" })] };
    await expect(bench.push("a", other, { nonce: "of the copy" })).rejects.toThrow("another copy");
  });

  it("I11 remembers so many refusals of one replica, and then does not listen to it", async () => {
    const bench = await openPipeline();
    const pushes = Array.from({ length: 1000 }, (_, i) => bench.push("a", unknownModel(i + 1)));
    expect((await Promise.all(pushes)).every((answer) => answer.kind === "refused")).toBe(true);
    const over = bench.push("a", unknownModel(1001));
    const behind = bench.push("a", {
      n: 1002,
      changes: [createBoardWriter(71).create("Note", { id: "n", title: "t" })],
    });
    await expect(over).rejects.toMatchObject({ code: 4429 });
    await expect(behind).rejects.toMatchObject({ code: 4429 });
    expect(await bench.store.replica("a")).toMatchObject({ n: 1000 });
    expect((await bench.push("a", unknownModel(1001), { settled: 900 })).kind).toBe("refused");
  });

  it("I11 says and remembers no more of a refusal than a few hundred characters", async () => {
    const bench = await openPipeline();
    const long = { ...unknownModel(1).changes[0], model: `N${"\u{1f600}".repeat(400)}` } as PushItem["changes"][0];
    const refusal = (await bench.push("a", { n: 1, changes: [long] })) as Extract<Answer, { kind: "refused" }>;
    expect(refusal.message.length).toBeLessThanOrEqual(300);
    expect(refusal.message).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    expect((await bench.store.replica("a"))?.refused).toEqual({ 1: refusal });
  });

  it("G1 answers a gap with what is held, and with a dependency when it is asked again", async () => {
    const bench = await openPipeline();
    const writer = createBoardWriter(71);
    await bench.push("a", { n: 1, changes: [writer.create("Note", { id: "n", title: "t" })] });
    writer.edit("Note", "n", { body: "never sent" });
    const push: PushItem = { n: 2, changes: [writer.edit("Note", "n", { body: "b" })] };
    const gap = await bench.push("a", push);
    expect(gap).toMatchObject({ kind: "gap", n: 2, index: 0 });
    expect((gap as Extract<Answer, { kind: "gap" }>).stateVector).toEqual(Uint8Array.of(1, 71, 1));
    expect(await bench.push("a", push)).toMatchObject({ kind: "refused", code: "dependency", replay: true });
  });

  it("P1 judges each change of a push on those before it, and names the one at fault", async () => {
    const bench = await openPipeline();
    const writer = createBoardWriter(71);
    const create = writer.create("Note", { id: "n", title: "t" });
    const edit = writer.edit("Note", "n", { body: "b" });
    const ack = await bench.push("a", { n: 1, changes: [create, edit] });
    expect(ack).toMatchObject({ kind: "ack", results: [{ version: 1 }, { version: 2 }] });
    const wrong = { ...writer.edit("Note", "n", { body: "c" }), life: 7 };
    const right = writer.create("Note", { id: "m", title: "t" });
    expect(await bench.push("a", { n: 2, changes: [right, wrong] })).toMatchObject({ kind: "refused", index: 1 });
    expect((await bench.store.head()).seq).toBe(2);
  });

  it("P5 acknowledges without a version what the writer may not read", async () => {
    const bench = await openPipeline();
    const writer = createBoardWriter(71);
    const push: PushItem = { n: 1, changes: [writer.create("Ballot", { id: "b", choice: "x" })] };
    const hidden = { kind: "ack", n: 1, results: [{ version: 0, at: START_MS, createdAt: START_MS }] };
    expect(await bench.push("a", push)).toEqual(hidden);
    // Sent again under another record's name, it tells no more.
    expect(await bench.push("a", push)).toEqual(hidden);
    expect(await bench.store.records("Ballot", ["b"])).toMatchObject([{ version: 1 }]);
  });
});
