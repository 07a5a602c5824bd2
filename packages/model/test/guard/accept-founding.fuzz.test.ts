/**
 * Creations put together at random, honest ones and ones with one thing or another wrong: whether the short way is taken or not,
 * the verdict is that of the merge.
 */
import { expect, test } from "vitest";
import { openDocument } from "../../src/document/document-state.ts";
import { acceptFounding } from "../../src/guard/accept-founding.ts";
import type { JudgeInput } from "../../src/guard/judge-input.ts";
import { judgeMerge } from "../../src/guard/judge-update.ts";
import { refuse } from "../../src/guard/verdict.ts";
import { judgeUpdate, makeStamp, type Stamp, type Verdict } from "../../src/index.ts";
import { defaultGuardCaps } from "../../src/update/guard-caps.ts";
import { GuardError } from "../../src/update/guard-error.ts";
import { scanUpdate } from "../../src/update/scan-update.ts";
import { ALICE, BOB, message, NEW_YEAR, schema } from "../chat-model.ts";
import { createRandom, mutateBytes, type Random } from "../random.ts";
import { ANY, DELETED, GC, type RawStruct, rawUpdate, SKIP, STRING, TYPE } from "../raw-update.ts";
import { stored } from "./judging.ts";

const seed = Number(process.env.FUZZ_SEED ?? 17);
const DRIFT_MS = 60_000;
const NOW_MS = NEW_YEAR + 3_600_000;

test(`MODEL-30 G1 G3 S2 a creation of one entry gets the verdict of a merge (seed ${seed})`, () => {
  const random = createRandom(seed);
  const refused = new Map<string, number>();
  const counts = { short: 0, acceptedByMerge: 0, gaps: 0 };
  for (let i = 0; i < 8000; i++) {
    const input = randomInput(random);
    const expected = byMerge(input);
    const verdict = judgeUpdate(input);
    expect(verdict, Buffer.from(input.update).toString("hex")).toStrictEqual(expected);
    // Equal objects may differ in the order of their keys, which a row on its way to others must not.
    expect(JSON.stringify(verdict)).toBe(JSON.stringify(expected));
    if (isTakenShort(input)) counts.short += 1;
    else if (verdict.outcome === "accepted") counts.acceptedByMerge += 1;
    if (verdict.outcome === "gap") counts.gaps += 1;
    if (verdict.outcome === "refused") refused.set(verdict.code, (refused.get(verdict.code) ?? 0) + 1);
  }
  expect(counts.short).toBeGreaterThan(2000);
  expect(counts.acceptedByMerge).toBeGreaterThan(200);
  expect(counts.gaps).toBeGreaterThan(100);
  for (const code of ["malformed", "tooLarge", "clientId", "unknownField", "invalid", "drift"]) {
    expect(refused.get(code) ?? 0, code).toBeGreaterThan(30);
  }
});

function byMerge(input: JudgeInput): Verdict {
  try {
    const store = input.before === null ? new Map() : openDocument(input.before);
    return judgeMerge(input, store, scanUpdate(input.update, input.caps));
  } catch (error) {
    if (error instanceof GuardError) return refuse(error.code, error.message);
    throw error;
  }
}

function isTakenShort(input: JudgeInput): boolean {
  try {
    return acceptFounding(input, scanUpdate(input.update, input.caps)) !== null;
  } catch (error) {
    if (error instanceof GuardError) return false;
    throw error;
  }
}

function randomInput(random: Random): JudgeInput {
  const update = random.chance(0.4) ? updateOf(honestEntry(random)) : oddUpdate(random);
  return {
    schema,
    model: message,
    facet: 0,
    before: random.chance(0.05) ? stored : null,
    update: random.chance(0.1) ? mutateBytes(random, update) : update,
    isOwnClientId: (id) => id === BOB,
    nowMs: NOW_MS,
    driftMs: DRIFT_MS,
    caps: random.chance(0.05) ? { ...defaultGuardCaps, maxNodes: 5 } : defaultGuardCaps,
  };
}

interface RawEntry {
  t: unknown;
  f: { [field: string]: unknown };
}

function honestEntry(random: Random): RawEntry {
  const fields: [name: string, value: unknown][] = [
    ["id", `m${random.int(1000)}`],
    ["title", random.pick(["", "a", "Grüße", "a text of more than forty characters, all of them ASCII", null])],
    ["body", "b".repeat(random.int(60))],
    ["likes", random.pick([0, -0, 1.5, 2 ** 40, null])],
    ["data", random.pick<unknown>(["{}", { b: 1, a: [true, null, { z: -0 }] }, [], null])],
  ];
  const kept = fields.filter(() => random.chance(0.8));
  return { t: stampAt(NEW_YEAR + random.int(3_600_000)), f: Object.fromEntries(kept.length === 0 ? fields : kept) };
}

function stampAt(ms: number): Stamp {
  return makeStamp(ms, 3, BOB);
}

/** One thing or another is not as in the usual creation; some of it is allowed all the same. */
function oddUpdate(random: Random): Uint8Array {
  const entry = honestEntry(random);
  const struct: RawStruct = { kind: ANY, values: [entry] };
  const list: RawStruct = { kind: ANY, root: "tags", values: ["x", "y"] };
  const setting = (fields: RawEntry["f"]): Uint8Array => updateOf({ t: entry.t, f: { ...entry.f, ...fields } });
  const odd: readonly (() => Uint8Array)[] = [
    () => updateOf({ ...entry, t: stampAt(NOW_MS + DRIFT_MS + random.int(2)) }),
    () =>
      updateOf({ ...entry, t: random.pick<unknown>(["", 5, null, "0".repeat(23), "Z".repeat(24), "z".repeat(24)]) }),
    () => updateOf({ ...entry, f: Object.fromEntries(Object.entries(entry.f).reverse()) }),
    () => updateOf({ ...entry, f: {} }),
    () =>
      updateOf(random.pick<unknown>([null, [], "entry", { t: entry.t }, { ...entry, more: 1 }, { t: entry.t, f: 1 }])),
    () => setting({ [random.pick(["nothing", "constructor", "toString", "updatedAt", "secret"])]: 1 }),
    () => setting({ tags: random.pick<unknown>([null, [], ["x"]]) }),
    () => setting({ data: undefined }),
    () => setting({ _deleted: true }),
    () => updateOf({ t: entry.t, f: { _deleted: random.pick([true, false]) } }),
    () => setting({ data: random.pick<unknown>([5n, Number.NaN, new Uint8Array(2), [undefined]]) }),
    () => setting({ data: Object.defineProperty({}, "__proto__", { value: 1, enumerable: true }) }),
    () => twiceNamed(entry),
    () => raw([{ kind: ANY, values: [entry, honestEntry(random)] }]),
    () => raw([struct, { kind: ANY, origin: [BOB, 0], values: [honestEntry(random)] }]),
    () => raw([struct, list]),
    () => raw([list]),
    () => raw([{ ...struct, root: random.pick(["title", "nothing"]) }]),
    () => raw([{ ...struct, sub: "key" }]),
    () => raw([{ ...struct, parent: [BOB, 0] }]),
    () => raw([{ ...struct, origin: [random.pick([ALICE, BOB]), random.int(4)] }]),
    () => raw([{ ...struct, right: [random.pick([ALICE, BOB]), random.int(4)] }]),
    () => raw([{ kind: random.pick([GC, DELETED, SKIP, STRING, TYPE]) }]),
    () => raw([struct], 1 + random.int(3)),
    () => raw([struct], 0, [[BOB, 0, 1 + random.int(2)]]),
    () => raw([struct], 0, [[ALICE, 3, 1]]),
    () => rawUpdate([{ client: ALICE, clock: 0, structs: [struct] }]),
    () =>
      rawUpdate([
        { client: BOB, clock: 0, structs: [struct] },
        { client: 3, clock: 0, structs: [list] },
      ]),
    () => rawUpdate([]),
  ];
  return random.pick(odd)();
}

function updateOf(entry: unknown): Uint8Array {
  return raw([{ kind: ANY, values: [entry] }]);
}

function raw(
  structs: readonly RawStruct[],
  clock = 0,
  deletes: readonly (readonly [client: number, clock: number, length: number])[] = [],
): Uint8Array {
  return rawUpdate([{ client: BOB, clock, structs }], deletes);
}

/** An object names two keys; the second is turned into the first. */
function twiceNamed(entry: RawEntry): Uint8Array {
  const update = updateOf({ t: entry.t, f: { title: "a", titlf: "b" } });
  const at = update.lastIndexOf("f".charCodeAt(0));
  update[at] = "e".charCodeAt(0);
  return update;
}
