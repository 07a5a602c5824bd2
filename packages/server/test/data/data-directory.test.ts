import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDataDirectory } from "../../src/data/data-directory.ts";
import { developmentKey } from "../../src/data/development-key.ts";
import { StartError } from "../../src/start-error.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function refusal(directory: string): string {
  try {
    openDataDirectory(directory).release();
  } catch (error) {
    if (error instanceof StartError && error.lines.length === 1) return error.message;
    throw error;
  }
  return "opened";
}

test("SERVER-1 a missing directory is made for its owner alone, and opens again", () => {
  const directory = path.join(folder, "deep", "data");
  const opened = openDataDirectory(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(opened.databaseFile).toBe(path.join(directory, "relay.db"));
  writeFileSync(opened.databaseFile, "");
  opened.release();
  expect(refusal(directory)).toBe("opened");
});

test("SERVER-1 an empty directory is taken as it is, also at the root of a file system", () => {
  mkdirSync(path.join(folder, "lost+found"));
  expect(refusal(folder)).toBe("opened");
});

test("SERVER-2 a second holder is refused, naming the directory and the process, until the first releases it", () => {
  const first = openDataDirectory(folder);
  expect(refusal(folder)).toBe(
    `the data directory ${folder} is in use by another relay (process ${process.pid}); stop it or give another path with --data`,
  );
  // A refused attempt must not have taken the lock from its holder.
  expect(refusal(folder)).toMatch(/in use/);
  first.release();
  first.release();
  expect(refusal(folder)).toBe("opened");
});

test("SERVER-2 without a process id the refusal names the directory", () => {
  const first = openDataDirectory(folder);
  rmSync(path.join(folder, "relay.pid"));
  expect(refusal(folder)).toMatch(/in use by another relay; stop it/);
  first.release();
});

test("SERVER-3 a directory with other files is refused and left as it is", () => {
  writeFileSync(path.join(folder, "thesis.txt"), "");
  expect(refusal(folder)).toBe(
    `the data directory ${folder} holds files that are not Tributary's (thesis.txt); give an empty or new directory with --data`,
  );
  expect(readdirSync(folder)).toEqual(["thesis.txt"]);
});

test.each(["{}", "", "no json", '{"tributaryFormat":"1"}', "[]"])(
  "SERVER-3 a marker that is not ours is refused: %s",
  (text) => {
    writeFileSync(path.join(folder, "tributary.json"), text);
    expect(refusal(folder)).toMatch(/holds a tributary\.json that is not Tributary's/);
    expect(readdirSync(folder)).toEqual(["tributary.json"]);
  },
);

test("SERVER-3 a directory of another format is refused and left as it is", () => {
  writeFileSync(path.join(folder, "tributary.json"), '{"tributaryFormat":2}');
  expect(refusal(folder)).toMatch(
    /has format 2, this version of Tributary reads format 1; open it with the version that wrote it/,
  );
  expect(readdirSync(folder)).toEqual(["tributary.json"]);
});

test("SERVER-3 a file in its place, or on the way to it, is refused", () => {
  const file = path.join(folder, "file");
  writeFileSync(file, "");
  expect(refusal(file)).toMatch(/cannot be created: there is a file in its place/);
  expect(refusal(path.join(file, "data"))).toMatch(/cannot be created: there is a file in its place/);
});

test("SERVER-3 an unwritable directory, and one in an unwritable directory, are refused", () => {
  const directory = path.join(folder, "data");
  mkdirSync(directory, { mode: 0o555 });
  // Others may pass through, so that what is judged is the directory itself.
  chmodSync(folder, 0o755);
  asNobody(() => {
    expect(refusal(directory)).toMatch(
      /cannot be written to \(EACCES.*; change its permissions or give another path with --data/,
    );
    expect(refusal(path.join(directory, "deeper"))).toMatch(/cannot be created \(EACCES/);
  });
});

test("SERVER-4 the development key is made once, readable to its owner alone, and kept", () => {
  const first = openDataDirectory(folder);
  const key = developmentKey(first);
  expect(key).toMatch(/^dev-[0-9a-f]{32}$/);
  expect(statSync(first.developmentKeyFile).mode & 0o777).toBe(0o600);
  first.release();
  const second = openDataDirectory(folder);
  expect(developmentKey(second)).toBe(key);
  writeFileSync(second.developmentKeyFile, "two words\n");
  expect(() => developmentKey(second)).toThrow(/is no key; delete the file/);
  second.release();
});

/** Permissions do not hold for root. */
function asNobody(action: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
