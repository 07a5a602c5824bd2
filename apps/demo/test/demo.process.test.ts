import { readdirSync } from "node:fs";
import process from "node:process";
import { expect, test } from "vitest";
import { runApp, temporaryFolder } from "./run-app.ts";

/** The story without what depends on the machine: times, addresses, and how far things had come when they were killed. */
function storyOf(stdout: string): string[] {
  return stdout
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, "TIME")
    .replaceAll(/\b1\d{12}\b/g, "MS")
    .replaceAll(/\d+\.\d s$/gm, "DURATION")
    .replaceAll(/127\.0\.0\.1:\d+/g, "ADDRESS")
    .replaceAll(/process \d+/g, "PROCESS")
    .split("\n")
    .filter((line) => !/ saved messages are there|messages were saved|on their devices$|all files are in/.test(line));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ids of the processes that the story has named so far. */
const processesIn = (text: string): number[] => [...text.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));

test("DEMO-7 DEMO-8 tells the same story twice, which ends well and leaves nothing behind", async () => {
  const folder = temporaryFolder();
  const runs = [1, 2].map(() => runApp("main.js", ["--seed", "7"], { TMPDIR: folder }));
  const [first, second] = await Promise.all(runs.map((run) => run.ended));
  for (const ending of [first, second]) {
    // On a slow machine it says what it is waiting for.
    const said = ending?.stderr.split("\n").filter((line) => line !== "" && !line.endsWith(" ..."));
    expect({ code: ending?.code, said, last: ending?.stdout.trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      said: [],
      last: "converged: 5 replicas, 2146 records, 0 differences",
    });
  }
  const lines = first?.stdout.trimEnd().split("\n") ?? [];
  const story = storyOf(first?.stdout ?? "");
  expect(storyOf(second?.stdout ?? "")).toEqual(story);
  expect(story.filter((line) => /^ {3}TIME /.test(line))).toHaveLength(29);
  expect(story.filter((line) => /^ {7}> {2}TIME /.test(line)).length).toBeGreaterThan(15);
  expect(story.filter((line) => /^ {3}message \d+ +[3-9] .* TIME /.test(line)).length).toBeGreaterThan(4);
  expect(story.join("\n")).toMatch(/kill -9, PROCESS, while pushes come in/);

  // Nothing of it is coloured, or wider than a page without a terminal.
  expect(first?.stdout).not.toContain("\u001b");
  expect(lines.filter((line) => line.length > 110 && !line.includes(folder))).toEqual([]);
  expect(processesIn(first?.stdout ?? "").filter(isAlive)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
}, 300_000);

test("DEMO-9 ends by a signal with one line, and takes processes and files with it", async () => {
  const folder = temporaryFolder();
  const run = runApp("main.js", ["--seed", "8"], { TMPDIR: folder });
  await run.line(/^ {3}others /);
  expect(readdirSync(folder)).toHaveLength(1);
  run.signal("SIGINT");
  const { code, stdout, stderr } = await run.ended;
  expect([code, stderr.split("\n").slice(-2)]).toEqual([130, ["demo: stopped before the end", ""]]);
  expect(processesIn(stdout)).toHaveLength(1);
  expect(processesIn(stdout).filter(isAlive)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("DEMO-9 fails in one line when the relay dies unasked", async () => {
  const folder = temporaryFolder();
  const run = runApp("main.js", ["--seed", "9"], { TMPDIR: folder });
  const [pid] = processesIn(await run.line(/^ {3}relay .* process \d+$/));
  process.kill(pid ?? 0, "SIGKILL");
  const { code, stderr } = await run.ended;
  expect([code, stderr.split("\n").slice(-2)]).toEqual([1, ["demo: the relay ended (SIGKILL) (seed 9)", ""]]);
  expect(readdirSync(folder)).toEqual([]);
});

test("DEMO-11 prints its help, and refuses in one line what it does not know", async () => {
  expect(await runApp("main.js", ["--help"]).ended).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(/^Usage: npm run demo -- \[--seed <number>\] \[--keep\]$/m),
  });
  const refused = await Promise.all([runApp("main.js", ["--speed"]).ended, runApp("main.js", ["--seed", "x"]).ended]);
  expect(refused).toEqual([
    { code: 1, stdout: "", stderr: "demo: there is no flag --speed; --help lists those there are\n" },
    { code: 1, stdout: "", stderr: 'demo: --seed is a whole number from 0 to 4294967295, not "x"\n' },
  ]);
});
