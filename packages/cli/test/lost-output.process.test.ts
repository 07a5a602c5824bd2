/** Where stdout goes is the shell's matter. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const bin = path.resolve(import.meta.dirname, "../bin/tributary.js");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-lost-"));
  writeFileSync(path.join(folder, "schema.graphql"), "type Note @model { id: ID! }");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script that finds the command in `"$0" "$@"`. */
function runIn(script: string, args: readonly string[]) {
  const options = { cwd: folder, encoding: "utf8", timeout: 30_000 } as const;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, process.execPath, bin, ...args], options);
  return { status, stdout, stderr };
}

const commands = [[["schema", "print", "--schema", "schema.graphql"]], [["start", "--help"]], [["--version"]]];

describe.skipIf(process.platform !== "linux")("CLI-18 a full stdout is one line and exit code 1", () => {
  test.each(commands)("%j", (args) => {
    expect(runIn('"$0" "$@" > /dev/full', args)).toEqual({
      status: 1,
      stdout: "",
      stderr: "tributary: stdout cannot be written to (ENOSPC: no space left on device, write)\n",
    });
  });
});

describe.skipIf(process.platform === "win32")("CLI-18 a reader that left is no failure", () => {
  test.each(commands)("%j", (args) => {
    const { stderr } = runIn('{ "$0" "$@"; echo "ended with $?" >&2; } | true', args);
    expect(stderr).toBe("ended with 0\n");
  });
});
