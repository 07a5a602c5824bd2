import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readSchemaFile } from "../../src/schema/read-schema-file.ts";
import { StartError } from "../../src/start-error.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tributary-schema-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

function failure(file: string, dialect: "v1" | "v2" | null = null): readonly string[] {
  try {
    readSchemaFile(file, dialect);
  } catch (error) {
    if (error instanceof StartError) return error.lines;
    throw error;
  }
  throw new Error("it was read");
}

test("SERVER-15 a schema file is read in its dialect", () => {
  const file = write("good.graphql", "type Note @model { id: ID! title: String }");
  expect(readSchemaFile(file, null).dialect).toBe("v2");
  expect(readSchemaFile(file, "v1").dialect).toBe("v1");
});

test("SERVER-16 a missing file and a directory are one line each", () => {
  const file = path.join(folder, "none.graphql");
  expect(failure(file)).toEqual([`the schema file ${file} does not exist; name it with --schema`]);
  expect(failure(folder)).toEqual([`${folder} is a directory; name a schema file with --schema`]);
});

test("SERVER-16 every problem of a schema is listed with its place", () => {
  const file = write(
    "bad.graphql",
    "type Note @modle {\n  id: ID!\n}\ntype Other @model {\n  id: ID!\n  note: Nothing\n}\n",
  );
  const [title, ...problems] = failure(file);
  expect(title).toBe(`the schema has ${problems.length} problems:`);
  expect(problems.length).toBeGreaterThanOrEqual(2);
  expect(problems).toEqual(
    expect.arrayContaining([expect.stringContaining(`${file}:1:11 `), expect.stringContaining(`${file}:6:`)]),
  );
});
