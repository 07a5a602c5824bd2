import type { PushItem } from "@tributary/protocol";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import type { PipelineRequest } from "../src/commit-pipeline.ts";
import { judgeChange } from "../src/judge-change.ts";
import { keyHolder, openPipeline, openPipelineOn } from "./fixtures/bench-pipeline.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { gated, until } from "./fixtures/gated-adapter.ts";
import { brokenRequest, counting, nothing, spy } from "./fixtures/pipeline-requests.ts";
import { START_MS, settle } from "./fixtures/test-relay.ts";

const writer = createBoardWriter(71);
let ids = 0;

/** A push of new notes. */
function notes(n: number, count = 1): PushItem {
  const changes = Array.from({ length: count }, () => writer.create("Note", { id: `n${++ids}`, title: "t" }));
  return { n, changes };
}

function refusedPush(n: number): PushItem {
  return { n, changes: [{ ...(notes(n).changes[0] as PushItem["changes"][0]), model: "Nothing" }] };
}

/** Names of notes that are not there. */
function names(count: number): PipelineRequest<null>["records"] {
  return Array.from({ length: count }, (_, i) => ({ model: "Note", key: `none${i}` }));
}

/** A pipeline whose store has a push to commit, at a gate. */
async function openBusy() {
  const gate = gated(createMemoryAdapter());
  const bench = await openPipeline({ adapter: gate.adapter });
  const push = bench.push("a", notes(1));
  await until(() => gate.commits === 1);
  return { gate, bench, push };
}

describe("createCommitPipeline", () => {
  it("P1 gives the changes of a push consecutive numbers, and stores none of a push with a refused change", async () => {
    const bench = await openPipeline();
    const good = notes(1, 3);
    const bad: PushItem = { n: 1, changes: [...notes(1, 2).changes, ...refusedPush(1).changes] };
    const answers = await Promise.all([bench.push("a", good), bench.push("b", bad), bench.push("c", notes(1, 2))]);
    expect(answers.map((answer) => answer.kind)).toEqual(["ack", "refused", "ack"]);
    expect(bench.turns).toHaveLength(1);
    const keys = bench.turns[0]?.map(({ after }) => [after.seq, after.key]);
    expect(keys?.slice(0, 3)).toEqual(good.changes.map(({ key }, i) => [i + 1, key]));
    expect(keys).toHaveLength(5);
    expect(await bench.store.records("Note", [bad.changes[0]?.key ?? ""])).toEqual([null]);
  });

  it("I4 answers after the commit is durable, and tells of it before the answers", async () => {
    const gate = gated(createMemoryAdapter());
    const events: string[] = [];
    const bench = await openPipeline({ adapter: gate.adapter, onCommit: () => events.push("told") });
    const answered = bench.push("a", notes(1)).then(() => events.push("answered"));
    await until(() => gate.commits === 1);
    expect(events).toEqual([]);
    gate.open();
    await answered;
    expect(events).toEqual(["told", "answered"]);
  });

  it("I4 commits in one transaction what one turn of the event loop brought", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const answers = Promise.all(Array.from({ length: 100 }, (_, i) => bench.push(`r${i}`, notes(1))));
    await until(() => gate.commits === 1);
    gate.open();
    await answers;
    expect(gate.commits).toBe(1);
  });

  it("V3 judges the whole turn again when the store answers conflict, and answers once", async () => {
    const memory = createMemoryAdapter();
    const bench = await openPipeline({ adapter: { ...memory, commit: flaky(memory, 2) } });
    const counter = counting();
    const [answer, done] = await Promise.all([bench.push("a", notes(1)), bench.pipeline.submit(counter.request)]);
    expect(answer.kind).toBe("ack");
    expect(done).toEqual([null]);
    expect(counter.judged).toBe(3);
    expect(bench.turns.filter((turn) => turn.length > 0)).toHaveLength(1);
    expect((await bench.store.head()).seq).toBe(1);
  });

  it("V3 judges from what another process stored meanwhile", async () => {
    const memory = createMemoryAdapter();
    const bench = await openPipeline({ adapter: memory });
    const create = writer.create("Note", { id: "shared", title: "t" });
    await bench.push("a", { n: 1, changes: [create] });
    const edit = writer.edit("Note", "shared", { title: "u" });
    const other = createBoardWriter(72, () => START_MS + 1);
    // Between reading and committing, the record gets another version.
    let isFirst = true;
    const racing: StorageAdapter = {
      ...memory,
      open: async () => {},
      async commit(batch) {
        if (isFirst && (batch.sequence?.count ?? 0) > 0) {
          isFirst = false;
          await bench.push("b", { n: 1, changes: [copyOf(other, create)] });
        }
        return memory.commit(batch);
      },
    };
    const second = await openPipelineOn(racing);
    const answer = await second.push("a", { n: 2, changes: [edit] });
    expect(answer).toMatchObject({ kind: "ack", results: [{ version: 3 }] });
  });

  it("V3 gives up on a store that only answers conflict, and takes the next turn", async () => {
    const memory = createMemoryAdapter();
    let conflicts = 0;
    const bench = await openPipeline({
      adapter: {
        ...memory,
        async commit(batch) {
          if ((batch.sequence?.count ?? 0) === 0 || conflicts >= 50) return memory.commit(batch);
          conflicts++;
          return { outcome: "conflict", table: "Note", key: [] };
        },
      },
    });
    await expect(bench.push("a", notes(1))).rejects.toThrow("conflict 50 times");
    expect((await bench.push("b", notes(1))).kind).toBe("ack");
  });

  it("I13 fails every request of a turn whose commit failed, and goes on with the next", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const pushes = [bench.push("a", notes(1)), bench.push("b", notes(1))];
    await until(() => gate.commits === 1);
    gate.fail(new Error("disk full"));
    for (const push of pushes) await expect(push).rejects.toThrow("disk full");
    expect(bench.turns).toEqual([]);
    const next = bench.push("a", notes(2));
    await until(() => gate.commits === 2);
    gate.open();
    expect((await next).kind).toBe("ack");
  });

  it("N3 fails what a replica pushed behind a push that failed: its number would say that the other was committed", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const first = bench.push("a", notes(1));
    await until(() => gate.commits === 1);
    const behind = bench.push("a", notes(2));
    const other = bench.push("b", notes(1));
    gate.fail(new Error("disk full"));
    await expect(first).rejects.toThrow("disk full");
    await expect(behind).rejects.toThrow("disk full");
    await until(() => gate.commits === 2);
    gate.open();
    expect((await other).kind).toBe("ack");
    expect(await bench.store.replica("a")).toBeNull();
  });

  it("I13 fails a request that cannot be judged alone, with what its replica pushed behind it", async () => {
    const bench = await openPipeline();
    const before = bench.push("a", notes(1));
    const failing = bench.pipeline.submit(brokenRequest("a"));
    const behind = bench.push("a", notes(2));
    const other = bench.push("b", notes(1));
    await expect(failing).rejects.toThrow("cannot be judged");
    await expect(behind).rejects.toThrow("cannot be judged");
    expect([(await before).kind, (await other).kind]).toEqual(["ack", "ack"]);
    expect(await bench.store.replica("a")).toMatchObject({ n: 1 });
  });

  it("I13 N3 fails what a replica pushes behind a request that cannot be judged while its turn is being written", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const other = bench.push("b", notes(1));
    const failing = bench.pipeline.submit(brokenRequest("a"));
    await until(() => gate.commits === 1);
    const behind = bench.push("a", notes(2));
    const seen = spy("none");
    void bench.pipeline.submit(seen.request);
    await until(() => seen.versions.length > 0);
    gate.open();
    await expect(failing).rejects.toThrow("cannot be judged");
    await expect(behind).rejects.toThrow("cannot be judged");
    expect((await other).kind).toBe("ack");
    expect(await bench.store.replica("a")).toBeNull();
  });

  it("I13 stores the parts before the one that cannot be judged, and nothing of that", async () => {
    const bench = await openPipeline();
    const changes = notes(1, 2).changes;
    const delivered: unknown[] = [];
    const request: PipelineRequest<number> = {
      records: changes,
      replica: "a",
      bytes: 0,
      parts: 2,
      judge(turn, part) {
        const change = changes[part] as PushItem["changes"][0];
        const verdict = judgeChange(
          turn.context,
          { identity: keyHolder, isOwnClientId: () => true },
          change,
          turn.record(change),
          null,
        );
        if (verdict.outcome === "accepted") turn.accept(verdict, "p");
        if (part === 1) throw new Error("cannot be judged");
        return part;
      },
      deliver: (answer) => delivered.push(answer),
    };
    await expect(bench.pipeline.submit(request)).rejects.toThrow("cannot be judged");
    expect(delivered).toEqual([0]);
    const stored = await bench.store.records(
      "Note",
      changes.map(({ key }) => key),
    );
    expect(stored).toMatchObject([{ version: 1 }, null]);
    expect((await bench.store.head()).seq).toBe(1);
  });

  it("I12 judges names that no store can hold beside others: an unknown model, a malformed key", async () => {
    const bench = await openPipeline();
    const seat = { ...writer.create("Seat", { row: 1, number: 2 }), key: "no key at all" };
    const answers = await Promise.all([
      bench.push("a", refusedPush(1)),
      bench.push("b", { n: 1, changes: [seat] }),
      bench.push("c", notes(1)),
    ]);
    expect(answers).toMatchObject([
      { kind: "refused", code: "unknownModel" },
      { kind: "refused", code: "malformed" },
      { kind: "ack" },
    ]);
  });

  it("I4 keeps the answers when whoever hears of the commit throws", async () => {
    const bench = await openPipeline({
      onCommit: () => {
        throw new Error("a listener's fault");
      },
    });
    expect((await bench.push("a", notes(1))).kind).toBe("ack");
    expect(bench.faults).toEqual([new Error("a listener's fault")]);
    expect((await bench.push("a", notes(2))).kind).toBe("ack");
  });

  it("I4 judges what comes while a turn is under way upon it, and answers behind it", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const create = writer.create("Note", { id: "upon", title: "t" });
    const settled: string[] = [];
    const first = bench.push("a", { n: 1, changes: [create] }).then((answer) => settled.push("first") && answer);
    await until(() => gate.commits === 1);
    const edit = writer.edit("Note", "upon", { title: "u" });
    const second = bench.push("a", { n: 2, changes: [edit] }).then((answer) => settled.push("second") && answer);
    const again = bench.push("a", { n: 1, changes: [create] }).then((answer) => settled.push("again") && answer);
    const seen = spy("upon");
    void bench.pipeline.submit(seen.request);
    await until(() => seen.versions.length > 0);
    expect(seen.versions).toEqual([2]);
    expect([gate.commits, settled]).toEqual([1, []]);
    gate.open();
    await until(() => gate.commits === 2);
    expect(settled).toEqual(["first"]);
    gate.open();
    expect(await Promise.all([first, second, again])).toMatchObject([
      { kind: "ack", results: [{ version: 1 }] },
      { kind: "ack", results: [{ version: 2 }] },
      { kind: "ack", results: [{ version: 2 }] },
    ]);
    const feed = await bench.store.feedAfter(0, 10);
    expect(feed.map(({ key, version }) => [key, version])).toEqual([
      ["upon", 1],
      ["upon", 2],
    ]);
    expect(bench.turns.map((turn) => turn.length)).toEqual([1, 1]);
  });

  it("V3 judges anew what was judged upon a turn that conflicts", async () => {
    const memory = createMemoryAdapter();
    const gate = gated(memory);
    const bench = await openPipeline({ adapter: gate.adapter });
    const elsewhere = await openPipelineOn(memory);
    const create = writer.create("Note", { id: "raced", title: "t" });
    const first = bench.push("a", { n: 1, changes: [create] });
    await until(() => gate.commits === 1);
    const edit = writer.edit("Note", "raced", { title: "u" });
    const second = bench.push("a", { n: 2, changes: [edit] });
    const seen = spy("raced");
    void bench.pipeline.submit(seen.request);
    await until(() => seen.versions.length === 1);
    // Another process made the record meanwhile, so that the commit of the first conflicts by itself.
    await elsewhere.push("b", { n: 1, changes: [create] });
    gate.open();
    await until(() => gate.commits === 2);
    gate.open();
    expect(await Promise.all([first, second])).toMatchObject([
      { kind: "ack", results: [{ version: 1 }] },
      { kind: "ack", results: [{ version: 2 }] },
    ]);
    expect(seen.versions).toEqual([2, 2]);
    expect((await bench.store.head()).seq).toBe(2);
  });

  it("I13 judges anew, from what is stored, what was judged upon a turn that failed; what its replicas pushed fails", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const lost = writer.create("Note", { id: "lost", title: "t" });
    const first = bench.push("a", { n: 1, changes: [lost] });
    await until(() => gate.commits === 1);
    const behind = bench.push("a", notes(2));
    const edit = bench.push("b", { n: 1, changes: [writer.edit("Note", "lost", { title: "u" })] });
    const other = bench.push("c", notes(1));
    const seen = spy("lost");
    const looked = bench.pipeline.submit(seen.request);
    await until(() => seen.versions.length === 1);
    gate.fail(new Error("disk full"));
    await expect(first).rejects.toThrow("disk full");
    await expect(behind).rejects.toThrow("disk full");
    await until(() => gate.commits === 2);
    gate.open();
    await looked;
    expect(seen.versions).toEqual([2, null]);
    expect((await edit).kind).toBe("gap");
    expect((await other).kind).toBe("ack");
    expect((await bench.store.head()).seq).toBe(1);
  });

  it("V2 never commits at an earlier time than before, though its clock went back", async () => {
    let now = START_MS + 5000;
    const bench = await openPipeline({ clock: { now: () => now } });
    await bench.push("a", notes(1));
    now = START_MS;
    await bench.push("a", notes(2));
    const times = (await bench.store.feedAfter(0, 10)).map((entry) => entry.at);
    expect(times).toEqual([START_MS + 5000, START_MS + 5000]);
  });

  it("V2 judges at no earlier time than the turn under way, though its clock went back", async () => {
    let now = START_MS + 5000;
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter, clock: { now: () => now } });
    const first = bench.push("a", notes(1));
    await until(() => gate.commits === 1);
    now = START_MS;
    const second = bench.push("b", notes(1));
    const seen = spy("none");
    void bench.pipeline.submit(seen.request);
    await until(() => seen.versions.length > 0);
    gate.open();
    await first;
    await until(() => gate.commits === 2);
    gate.open();
    await second;
    const times = (await bench.store.feedAfter(0, 10)).map((entry) => entry.at);
    expect(times).toEqual([START_MS + 5000, START_MS + 5000]);
  });

  it("V2 tells the time of a commit that cannot be seen yet", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    expect(bench.pipeline.committingAt()).toBeNull();
    const push = bench.push("a", notes(1));
    await until(() => gate.commits === 1);
    expect(bench.pipeline.committingAt()).toBe(START_MS);
    gate.open();
    await push;
    await until(() => bench.pipeline.committingAt() === null);
  });

  it.each([
    ["parts", Array.from({ length: 8001 }, () => nothing), 4000],
    ["parts", [{ ...nothing, parts: 5000 }, nothing], 5000],
    ["records", [5000, 4999, 2].map((count) => ({ ...nothing, records: names(count) })), 2],
    ["bytes", [1, 0.5, 0.5, 0.001].map((mib) => ({ ...nothing, bytes: mib * 1024 * 1024 })), 3],
  ])("I11 takes no more into a turn than its bounds, and at least one request: %s", async (_, requests, expected) => {
    const { gate, bench, push } = await openBusy();
    const counter = counting();
    const { judge } = counter.request;
    const asked = requests.map((request) => bench.pipeline.submit({ ...request, judge }));
    await settle(50);
    expect(counter.judged).toBe(expected);
    gate.open();
    await Promise.all([push, ...asked]);
    expect(counter.judged).toBe(requests.reduce((sum, { parts }) => sum + parts, 0));
  });

  it("I11 lets others have the loop before more is judged than a slice", async () => {
    const bench = await openPipeline();
    const counter = counting();
    const { judge } = counter.request;
    const asked = [1, 499, 1, 1000, 1].map((parts) => bench.pipeline.submit({ ...nothing, parts, judge }));
    const steps = new Set<number>();
    while (counter.judged < 1502) {
      await new Promise((resolve) => setImmediate(resolve));
      steps.add(counter.judged);
    }
    expect([...steps].filter((count) => count > 0)).toEqual([500, 501, 1501, 1502]);
    await Promise.all(asked);
  });

  it("I4 answers what is stored before it judges on", async () => {
    const { gate, bench, push } = await openBusy();
    const counter = counting();
    const { judge } = counter.request;
    const asked = [400, 400, 400].map((parts) => bench.pipeline.submit({ ...nothing, parts, judge }));
    await until(() => counter.judged > 0);
    gate.open();
    await push;
    expect(counter.judged).toBeLessThan(1200);
    await Promise.all(asked);
  });

  it("I4 hands in what it has judged while the store has nothing to do, and all it has judged once that is stored", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    const pushes = Array.from({ length: 1200 }, (_, i) => bench.push(`r${i}`, notes(1)));
    await settle(50);
    expect(gate.commits).toBe(1);
    gate.open();
    await until(() => gate.commits === 2);
    gate.open();
    await Promise.all(pushes);
    expect(bench.turns.map(({ length }) => length)).toEqual([500, 700]);
  });

  it("I4 is idle only when everything in line is decided", async () => {
    const gate = gated(createMemoryAdapter());
    const bench = await openPipeline({ adapter: gate.adapter });
    await bench.pipeline.idle();
    let isIdle = false;
    const push = bench.push("a", notes(1));
    const idle = bench.pipeline.idle().then(() => {
      isIdle = true;
    });
    await until(() => gate.commits === 1);
    expect(isIdle).toBe(false);
    gate.open();
    await idle;
    expect((await push).kind).toBe("ack");
  });
});

/** Answers conflict to the first commits that take a sequence number. */
function flaky(adapter: StorageAdapter, times: number): StorageAdapter["commit"] {
  let left = times;
  return async (batch) => {
    if ((batch.sequence?.count ?? 0) === 0 || left-- <= 0) return adapter.commit(batch);
    return { outcome: "conflict", table: "Note", key: [] };
  };
}

function copyOf(other: ReturnType<typeof createBoardWriter>, create: PushItem["changes"][0]): PushItem["changes"][0] {
  other.adopt(create);
  return other.edit("Note", create.key, { body: "by another process" });
}
