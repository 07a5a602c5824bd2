/** Two turns that the store has at once, the second upon the first. */
import type { ListStep } from "@tributary/model";
import type { Answer, PushItem } from "@tributary/protocol";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import type { PipelineRequest } from "../src/commit-pipeline.ts";
import { judgeChange } from "../src/judge-change.ts";
import type { RecordBase } from "../src/list-steps.ts";
import { keyHolder, openPipeline, openPipelineOn, type PipelineBench } from "./fixtures/bench-pipeline.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { type GatedAdapter, gated, until } from "./fixtures/gated-adapter.ts";
import { brokenRequest, counting, nothing, spy } from "./fixtures/pipeline-requests.ts";
import { START_MS, settle } from "./fixtures/test-relay.ts";

/** More than a turn takes in beside something else, and as much as it takes in beside a small push. */
const full = { bytes: 1024 * 1024 + 1 };
const most = { bytes: 1024 * 1024 };
const diskFull = new Error("disk full");

let clientId = 500;
const writer = () => createBoardWriter(++clientId);
const note = (key: string): PushItem => ({ n: 1, changes: [writer().create("Note", { id: key, title: "t" })] });

async function openGated(): Promise<{ gate: GatedAdapter; bench: PipelineBench }> {
  const gate = gated(createMemoryAdapter());
  return { gate, bench: await openPipeline({ adapter: gate.adapter }) };
}

/** Opens every gate until the promise is settled. */
async function finish<Result>(gate: GatedAdapter, result: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const settled = result.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  for (let i = 0; i < 1000 && !isSettled; i++) {
    gate.open();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isSettled).toBe(true);
  return settled;
}

/** A request that makes a note, known by an id. */
function mutation(id: string): PipelineRequest<null> {
  const { changes } = note(id);
  return {
    ...nothing,
    records: changes,
    judge(turn) {
      for (const change of changes) {
        const whole = { identity: keyHolder, isOwnClientId: () => true };
        const verdict = judgeChange(turn.context, whole, change, turn.record(change), null);
        if (verdict.outcome === "accepted") turn.accept(verdict, "p", { mutation: id, base: null });
      }
      return null;
    },
  };
}

/** A request that asks what was done to lists since bases. */
function listsSince(bases: readonly RecordBase[]): {
  request: PipelineRequest<null>;
  seen: (readonly ListStep[] | null)[];
} {
  const seen: (readonly ListStep[] | null)[] = [];
  const judge: PipelineRequest<null>["judge"] = (turn) => {
    for (const base of bases) seen.push(turn.listSteps(base)?.map(({ lists }) => lists) ?? null);
    return null;
  };
  return { seen, request: { ...nothing, records: bases, bases, judge } };
}

describe("turns under way", () => {
  it("I4 hands a full turn in while the one before it is under way, and no third", async () => {
    const { gate, bench } = await openGated();
    const editor = writer();
    await finish(gate, bench.push("z", { n: 1, changes: [editor.create("Note", { id: "row", title: "s" })] }));
    const answered: string[] = [];
    const push = (name: string, item: PushItem): Promise<Answer> =>
      bench.push(name, item, full).then((answer) => {
        answered.push(name);
        return answer;
      });
    const pushes = [
      push("a", { n: 1, changes: [editor.edit("Note", "row", { title: "t" })] }),
      push("b", { n: 1, changes: [editor.edit("Note", "row", { title: "u" })] }),
      push("c", { n: 1, changes: [editor.edit("Note", "row", { title: "v" })] }),
      push("d", { n: 1, changes: [editor.edit("Note", "row", { title: "w" })] }),
    ];
    await until(() => gate.commits === 3);
    await settle(50);
    expect([gate.commits, answered]).toEqual([3, []]);
    gate.open();
    await until(() => gate.commits === 4);
    expect(answered).toEqual(["a"]);
    const versions = (await finish(gate, Promise.all(pushes))).map(
      (answer) => answer.kind === "ack" && answer.results[0]?.version,
    );
    expect(versions).toEqual([2, 3, 4, 5]);
    expect(answered).toEqual(["a", "b", "c", "d"]);
    expect((await bench.store.feedAfter(0, 9)).map(({ seq, version }) => [seq, version])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
  });

  it("REC-22 keeps a full turn that changes what the one before it creates until that is stored", async () => {
    const { gate, bench } = await openGated();
    const editor = writer();
    const create = editor.create("Note", { id: "row", title: "t" });
    const first = bench.push("a", { n: 1, changes: [create] }, full);
    const second = bench.push("b", { n: 1, changes: [editor.edit("Note", "row", { title: "u" })] }, full);
    const third = bench.push("c", { n: 1, changes: [editor.edit("Note", "row", { title: "v" })] }, full);
    await until(() => gate.commits === 1);
    await settle(50);
    expect(gate.commits).toBe(1);
    gate.open();
    await finish(gate, Promise.all([first, second, third]));
    expect(gate.commits).toBe(3);
    const [created] = await bench.store.updatesOf(await bench.store.feedAfter(0, 1));
    expect([...(created ?? [])]).toEqual([...create.update]);
  });

  it("I4 keeps a turn that is not full until the one before it is stored: more may come into it", async () => {
    const { gate, bench } = await openGated();
    const first = bench.push("a", note("a"), full);
    const second = bench.push("b", note("b"));
    await until(() => gate.commits === 1);
    await settle(50);
    const third = bench.push("c", note("c"));
    await settle(50);
    expect(gate.commits).toBe(1);
    await finish(gate, Promise.all([first, second, third]));
    expect(gate.commits).toBe(2);
  });

  it("V3 judges anew what was judged upon a turn that conflicts, also where the store has it already", async () => {
    const memory = createMemoryAdapter();
    const gate = gated(memory);
    const bench = await openPipeline({ adapter: gate.adapter });
    const elsewhere = await openPipelineOn(memory);
    const raced = note("raced");
    const first = bench.push("a", raced, full);
    const look = spy("raced");
    const second = Promise.all([bench.push("b", note("other")), bench.pipeline.submit({ ...look.request, ...most })]);
    const third = bench.push("c", note("third"), full);
    await until(() => gate.commits === 2);
    // Another process makes the record: in another life of it, so that the first is refused when it is judged anew.
    await elsewhere.push("x", { n: 1, changes: [writer().create("Note", { id: "raced", title: "theirs" })] });
    const [mine, [other], last] = await finish(gate, Promise.all([first, second, third]));
    expect([mine.kind, other.kind, last.kind]).toEqual(["ack", "ack", "ack"]);
    expect(look.versions).toEqual([1, 2]);
    expect((await bench.store.feedAfter(0, 9)).map(({ key }) => key)).toEqual(["raced", "raced", "other", "third"]);
  });

  it("I13 judges anew what was judged upon a turn that fails; N3 what its replicas pushed fails with it", async () => {
    const { gate, bench } = await openGated();
    const lost = bench.push("a", note("lost"), full);
    const behind = bench.push("a", { ...note("behind"), n: 2 });
    const look = spy("lost");
    const looked = bench.pipeline.submit({ ...look.request, ...most });
    const later = bench.push("a", { ...note("later"), n: 3 }, full);
    const other = bench.push("b", note("other"));
    await until(() => gate.commits === 2);
    gate.fail(diskFull);
    await finish(gate, Promise.allSettled([lost, behind, looked, later, other]));
    for (const push of [lost, behind, later]) await expect(push).rejects.toThrow("disk full");
    expect(look.versions).toEqual([1, null]);
    expect((await other).kind).toBe("ack");
    expect((await bench.store.feedAfter(0, 9)).map(({ key }) => key)).toEqual(["other"]);
  });

  it("I4 answers a turn that stores nothing only when the one it was judged upon is stored", async () => {
    const { gate, bench } = await openGated();
    const create = note("row");
    const first = bench.push("a", create, full);
    const again = bench.push("a", create, full);
    const look = spy("row");
    const looked = bench.pipeline.submit({ ...look.request, ...full });
    await until(() => look.versions.length === 1);
    await settle(50);
    gate.fail(diskFull);
    await finish(gate, Promise.allSettled([first, again, looked]));
    for (const push of [first, again]) await expect(push).rejects.toThrow("disk full");
    expect(look.versions).toEqual([1, null]);
    expect(gate.commits).toBe(1);
  });

  it("I7 stores a turn once upon one whose answer was lost, and fails the requests of that one alone", async () => {
    const { gate, bench } = await openGated();
    const create = note("kept");
    const first = bench.push("a", create, full);
    const once = counting();
    const second = Promise.all([bench.push("b", note("b")), bench.pipeline.submit({ ...once.request, ...most })]);
    const look = spy("b");
    const third = bench.pipeline.submit({ ...look.request, ...full });
    await until(() => gate.commits === 2 && look.versions.length === 1);
    gate.fail(diskFull, "late");
    const [lost, [answer]] = await finish(gate, Promise.all([first.catch((error: unknown) => error), second]));
    expect(lost).toBe(diskFull);
    await third;
    expect([answer.kind, once.judged]).toEqual(["ack", 1]);
    expect(look.versions).toEqual([1, 1]);
    expect(await finish(gate, bench.push("a", create))).toMatchObject({ kind: "ack", results: [{ version: 1 }] });
    expect((await bench.store.feedAfter(0, 9)).map(({ key }) => key)).toEqual(["kept", "b"]);
  });

  it.each([
    ["that is stored", false],
    ["whose answer is lost", true],
  ])("N3 fails what a replica pushes behind a failed request of a turn upon one %s", async (_, isLost) => {
    const { gate, bench } = await openGated();
    const first = bench.push("a", note("a"), full);
    const failing = bench.pipeline.submit(brokenRequest("c"));
    const second = bench.push("b", note("b"), most);
    const behind = bench.push("c", note("c"), full);
    await until(() => gate.commits === 2);
    await settle(50);
    if (isLost) gate.fail(diskFull, "late");
    await finish(gate, Promise.allSettled([first, failing, second, behind]));
    expect((await second).kind).toBe("ack");
    await expect(failing).rejects.toThrow("cannot be judged");
    await expect(behind).rejects.toThrow("cannot be judged");
    expect(await bench.store.replica("c")).toBeNull();
  });

  it("I13 N3 tells a replica at once that it failed, and judges by itself what it hands in from then on", async () => {
    const { gate, bench } = await openGated();
    const first = bench.push("a", note("a"));
    const failing = bench.pipeline.submit(brokenRequest("c"));
    const second = bench.push("b", note("b"), full);
    const behind = bench.push("c", note("behind"));
    const look = spy("behind");
    const looked = bench.pipeline.submit(look.request);
    await until(() => gate.commits === 2 && look.versions.length === 1);
    gate.open();
    await expect(failing).rejects.toThrow("cannot be judged");
    await expect(behind).rejects.toThrow("cannot be judged");
    // Into the turn that was open when it was told.
    const again = bench.push("c", note("again"));
    await finish(gate, Promise.all([first, second, looked, again]));
    expect([(await again).kind, look.versions]).toEqual(["ack", [null]]);
    expect((await bench.store.feedAfter(0, 9)).map(({ key }) => key)).toEqual(["a", "b", "again"]);
  });

  it("I13 N3 judges by itself what a replica hands in after it failed, though the store always has a turn", async () => {
    const { gate, bench } = await openGated();
    const failing = Promise.all([bench.push("a", note("0")), bench.pipeline.submit(brokenRequest("c"))]);
    const loads: Promise<Answer>[] = [];
    for (let i = 1; i <= 3; i++) loads.push(bench.push("a", { ...note(`${i}`), n: i + 1 }, full));
    await until(() => gate.commits === 2);
    gate.open();
    await expect(failing).rejects.toThrow("cannot be judged");
    for (let i = 4; i <= 6; i++) {
      loads.push(bench.push("a", { ...note(`${i}`), n: i + 1 }, full));
      const asked = bench.pipeline.submit({ ...nothing, replica: "c" });
      await until(() => gate.commits === i - 1);
      gate.open();
      loads.push(asked.then(() => loads[0] as Promise<Answer>));
    }
    const answers = await finish(gate, Promise.all(loads));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["ack"]));
  });

  it("N3 keeps what failed behind a request failed when its own turn conflicts and is judged anew", async () => {
    const memory = createMemoryAdapter();
    const gate = gated(memory);
    const bench = await openPipeline({ adapter: gate.adapter });
    const elsewhere = await openPipelineOn(memory);
    const first = bench.push("a", note("a"));
    const failing = bench.pipeline.submit(brokenRequest("c"));
    const second = bench.push("b", note("raced"), { bytes: most.bytes - 1 });
    const behind = bench.push("c", { ...note("behind"), n: 2 });
    await until(() => gate.commits === 2);
    await elsewhere.push("x", { n: 1, changes: [writer().create("Note", { id: "raced", title: "theirs" })] });
    gate.open();
    await Promise.allSettled([first, failing, behind]);
    const again = bench.push("c", note("again"));
    expect((await finish(gate, second)).kind).toBe("ack");
    await expect(failing).rejects.toThrow("cannot be judged");
    await expect(behind).rejects.toThrow("cannot be judged");
    expect((await finish(gate, again)).kind).toBe("ack");
    expect(await bench.store.replica("c")).toMatchObject({ n: 1 });
    expect((await finish(gate, bench.push("c", { ...note("behind"), n: 2 }))).kind).toBe("ack");
  });

  it("I13 fails the second alone when it fails, and judges anew what was judged upon it", async () => {
    const { gate, bench } = await openGated();
    const first = bench.push("a", note("a"), full);
    const second = bench.push("b", note("b"), full);
    const look = spy("b");
    const third = bench.pipeline.submit(look.request);
    await until(() => gate.commits === 2 && look.versions.length === 1);
    gate.open();
    expect((await first).kind).toBe("ack");
    gate.fail(diskFull);
    await expect(second).rejects.toThrow("disk full");
    await third;
    expect(look.versions).toEqual([1, null]);
  });

  it("I13 fails both when both fail", async () => {
    const { gate, bench } = await openGated();
    const pushes = [bench.push("a", note("a"), full), bench.push("b", note("b"), full), bench.push("c", note("c"))];
    await until(() => gate.commits === 2);
    gate.fail(diskFull);
    gate.fail(new Error("disk gone"));
    const [a, b, c] = await finish(gate, Promise.allSettled(pushes));
    expect([a, b]).toMatchObject([{ reason: diskFull }, { reason: new Error("disk gone") }]);
    expect(c).toMatchObject({ value: { kind: "ack" } });
  });

  it("I4 I7 sees records, pushes and mutations of both in the turn above them", async () => {
    const { gate, bench } = await openGated();
    const editor = writer();
    await finish(gate, bench.push("z", { n: 1, changes: [editor.create("Note", { id: "row", title: "s" })] }));
    const edit: PushItem = { n: 1, changes: [editor.edit("Note", "row", { title: "t" })] };
    const first = bench.push("a", edit, full);
    const second = bench.push("b", { n: 1, changes: [editor.edit("Note", "row", { title: "u" })] }, full);
    const again = bench.push("a", edit);
    const onlyFirst = bench.push("a", { ...note("more"), n: 2 });
    const look = spy("row");
    const looked = bench.pipeline.submit(look.request);
    await until(() => look.versions.length === 1);
    expect([gate.commits, look.versions]).toEqual([3, [3]]);
    const answers = await finish(gate, Promise.all([first, second, again, onlyFirst]));
    await looked;
    expect(answers).toMatchObject([
      { results: [{ version: 2 }] },
      { results: [{ version: 3 }] },
      { results: [{ version: 3 }] },
      { results: [{ version: 1 }] },
    ]);
    expect((await bench.store.head()).seq).toBe(4);
    expect(look.versions).toEqual([3]);
  });

  it("I11 reads what is stored from the store, so that no turn holds those before it", async () => {
    const memory = createMemoryAdapter();
    const read: unknown[] = [];
    const gate = gated({
      ...memory,
      getMany(table, keys) {
        if (table === "Note") read.push(...keys.flat());
        return memory.getMany(table, keys);
      },
    });
    const bench = await openPipeline({ adapter: gate.adapter });
    const first = bench.push("a", note("first"), full);
    const second = bench.push("b", note("second"), full);
    const looks = [spy("third"), spy("first"), spy("second")] as const;
    const looked = [bench.pipeline.submit(looks[0].request)];
    await until(() => gate.commits === 2 && looks[0].versions.length === 1);
    gate.open();
    await first;
    for (const look of looks.slice(1)) looked.push(bench.pipeline.submit(look.request));
    await until(() => looks[2].versions.length === 1);
    expect(looks.map(({ versions }) => versions)).toEqual([[null], [1], [1]]);
    expect(read).toEqual(["first", "second", "third", "first"]);
    await finish(gate, Promise.all([second, ...looked]));
  });

  it("Q1 knows the mutations of both in the turn above them", async () => {
    const { gate, bench } = await openGated();
    const known: boolean[] = [];
    const asks: PipelineRequest<null> = {
      ...nothing,
      mutations: ["m1", "m2", "m3"],
      judge(turn) {
        known.push(...["m1", "m2", "m3"].map((id) => turn.isKnown(id)));
        return null;
      },
    };
    const pushes = ["m1", "m2"].map((id) => bench.pipeline.submit({ ...mutation(id), ...full }));
    const asked = bench.pipeline.submit(asks);
    await until(() => known.length > 0);
    expect([gate.commits, known]).toEqual([2, [true, true, false]]);
    await finish(gate, Promise.all([...pushes, asked]));
  });

  it("Q2 sees what both did to lists in the turn above them, also when the first is stored meanwhile", async () => {
    const { gate, bench } = await openGated();
    const editor = writer();
    const edit = (tags: readonly string[]): PushItem => ({ n: 1, changes: [editor.edit("Note", "row", { tags })] });
    const create = editor.create("Note", { id: "row", title: "t", tags: ["a"] });
    await finish(gate, bench.push("y", { n: 1, changes: [create] }));
    await finish(gate, bench.push("z", edit(["a", "z"])));
    const pushes = [bench.push("a", edit(["a", "b"]), full), bench.push("b", edit(["a", "b", "c"]), full)];
    const base = { model: "Note", key: "row", version: 1 };
    const early = listsSince([base]);
    const asked = [bench.pipeline.submit(early.request)];
    await until(() => early.seen.length === 1);
    expect([gate.commits, early.seen[0]?.length]).toEqual([4, 3]);
    gate.open();
    await pushes[0];
    const late = listsSince([1, 2, 3, 4].map((version) => ({ ...base, version })));
    asked.push(bench.pipeline.submit(late.request));
    await until(() => late.seen.length === 4);
    expect(late.seen.map((steps) => steps?.length)).toEqual([3, 2, 1, 0]);
    expect(late.seen[0]).toEqual(early.seen[0]);
    await finish(gate, Promise.all([...pushes, ...asked]));
  });

  const clocks: [string, number, number[]][] = [
    ["tells the earlier time of two commits that cannot be seen yet", 1, [1000, 1001, 1002]],
    ["judges at no earlier time than both, though its clock goes back", -1, [1000, 1000, 1000]],
  ];
  it.each(clocks)("V2 %s", async (_, step, times) => {
    const gate = gated(createMemoryAdapter());
    let now = START_MS + 1000 - step;
    const clock = {
      now() {
        now += step;
        return now;
      },
    };
    const bench = await openPipeline({ adapter: gate.adapter, clock });
    const pushes = [bench.push("a", note("a"), full), bench.push("b", note("b"), full), bench.push("c", note("c"))];
    await until(() => gate.commits === 2);
    expect(bench.pipeline.committingAt()).toBe(START_MS + 1000);
    await finish(gate, Promise.all(pushes));
    expect(gate.commits).toBe(3);
    expect((await bench.store.feedAfter(0, 9)).map(({ at }) => at - START_MS)).toEqual(times);
    await until(() => bench.pipeline.committingAt() === null);
  });

  it("I4 is idle only when both are stored", async () => {
    const { gate, bench } = await openGated();
    const pushes = [bench.push("a", note("a"), full), bench.push("b", note("b"), full), bench.push("c", note("c"))];
    await until(() => gate.commits === 2);
    let isIdle = false;
    const idle = bench.pipeline.idle().then(() => {
      isIdle = true;
    });
    gate.open();
    await pushes[0];
    await settle(50);
    expect(isIdle).toBe(false);
    await finish(gate, Promise.all(pushes));
    await idle;
  });
});
