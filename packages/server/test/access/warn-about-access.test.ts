import { parseSchema } from "@tributary/schema/sdl";
import { expect, test } from "vitest";
import type { Access } from "../../src/access/authenticate.ts";
import { warnAboutAccess, warnAboutReach } from "../../src/access/warn-about-access.ts";
import { createMemoryLog } from "../fake-engine.ts";

const withKey: Access = { apiKey: "secret", isSandbox: false };
const openSandbox: Access = { apiKey: null, isSandbox: true };
const neither: Access = { apiKey: null, isSandbox: false };

test.each<[Access, string, readonly string[]]>([
  [withKey, "0.0.0.0", []],
  [neither, "127.0.0.1", ["warn neither --api-key nor --sandbox is given: nobody can read or write"]],
  [openSandbox, "::1", []],
  [openSandbox, "0.0.0.0", ["warn --sandbox without --api-key: everybody who reaches this host can read and write"]],
])("SERVER-25 of %o on %s is said %j", (access, host, lines) => {
  const log = createMemoryLog();
  warnAboutAccess(access, host, log);
  expect(log.lines).toEqual(lines);
});

function warningsOf(sdl: string, access: Access): readonly string[] {
  const log = createMemoryLog();
  warnAboutReach(parseSchema(sdl), access, log);
  return log.lines;
}

test("SERVER-25 what nobody can reach is named with whom its rules are for, and the rest is not", () => {
  const sdl = `
    type Note @model @auth(rules: [{ allow: owner }, { allow: groups, groups: ["A"] }, { allow: owner, ownerField: "by" }]) { id: ID! }
    type Draft @model { id: ID! }
    type Open @model @auth(rules: [{ allow: owner }, { allow: public, operations: [read] }]) { id: ID! }
    type Box @model @auth(rules: [{ allow: public, operations: [create] }]) {
      id: ID!
      text: String @auth(rules: [{ allow: private, operations: [create] }])
    }
    type Far @model @auth(rules: [{ allow: public, provider: iam }, { allow: public, operations: [search] }]) { id: ID! }`;
  const rules =
    "warn nobody can reach Note: its @auth rules are for owner, groups; Box.text: its @auth rules are for private; " +
    "Far: its @auth rules are for public with iam, public to search; this version knows API keys alone";
  const closed = "warn models without @auth are closed: add rules, or start with --sandbox";
  expect(warningsOf(sdl, withKey)).toEqual([closed, rules]);
  expect(warningsOf(sdl, { ...withKey, isSandbox: true })).toEqual([rules]);
  expect(warningsOf(sdl, neither)).toEqual([]);
});

test("SERVER-25 in a sandbox without a key nobody has what rules are for", () => {
  const sdl = "type Note @model @auth(rules: [{ allow: public, operations: [read] }]) { id: ID! }";
  expect(warningsOf(sdl, openSandbox)).toEqual([
    "warn nobody can reach Note: its @auth rules are for public to read; this version knows API keys alone, and none is given with --api-key",
  ]);
  expect(warningsOf(sdl, withKey)).toEqual([]);
});
