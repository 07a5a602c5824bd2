import type { AuthRule } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { expect, test } from "vitest";
import { type Identity, outOfReach } from "../../src/index.ts";

const apiKey: Identity = { kind: "apiKey", id: "one" };
const nobody: Identity = { kind: "nobody" };
const token: Identity = { kind: "token", subject: "s", claims: {}, provider: "userPools" };

/** `Note`, each given rule, and what of it `identity` cannot do anything with. */
function namesFor(identity: Identity, rules: string, fieldRules: string, sandbox: boolean): readonly string[] {
  const auth = rules === "" ? "" : `@auth(rules: [${rules}])`;
  const fieldAuth = fieldRules === "" ? "" : `@auth(rules: [${fieldRules}])`;
  const schema = parseSchema(`type Note @model ${auth} { id: ID! text: String ${fieldAuth} other: String }`);
  return outOfReach(schema, [identity], { sandbox }).map(({ name }) => name);
}

test.each<[string, string, Identity, boolean, readonly string[]]>([
  ["{ allow: public }", "", apiKey, false, []],
  ["{ allow: public }", "", nobody, true, ["Note"]],
  ['{ allow: owner }, { allow: groups, groups: ["A"] }', "", apiKey, false, ["Note"]],
  ['{ allow: owner }, { allow: groups, groups: ["A"] }', "", token, false, ["Note"]],
  ["{ allow: owner }, { allow: public, operations: [listen] }", "", apiKey, false, []],
  ["{ allow: owner }, { allow: public, operations: [delete] }", "", apiKey, false, []],
  ["{ allow: public, operations: [search] }", "", apiKey, false, ["Note"]],
  ["{ allow: public, provider: iam }", "", apiKey, true, ["Note"]],
  ["{ allow: private }", "{ allow: private, operations: [read] }", apiKey, false, ["Note"]],
  ["", "", apiKey, false, ["Note"]],
  ["", "", apiKey, true, []],
  ["", "", nobody, true, []],
  ["{ allow: public, operations: [create] }", "{ allow: owner, operations: [create] }", apiKey, false, ["Note.text"]],
  ["{ allow: public, operations: [create] }", "{ allow: public, operations: [update] }", apiKey, false, ["Note.text"]],
  ["{ allow: public, operations: [create] }", "{ allow: public, operations: [create] }", apiKey, false, []],
  ["", "{ allow: owner, operations: [update] }", nobody, true, []],
])(
  "MODEL-32 with rules [%s], those of a field [%s], to %o, sandbox %s: %j",
  (rules, field, identity, sandbox, names) => {
    expect(namesFor(identity, rules, field, sandbox)).toEqual(names);
  },
);

test("MODEL-32 comes with the rules, and what any of several may do is in reach", () => {
  const schema = parseSchema(`type Note @model @auth(rules: [{ allow: owner }, { allow: private }]) { id: ID! }
    type Draft @model { id: ID! }
    type Tag @model @auth(rules: [{ allow: public, operations: [read] }]) { id: ID! }`);
  const kinds = (rules: readonly AuthRule[]) => rules.map(({ allow }) => allow);
  const found = outOfReach(schema, [nobody, apiKey], { sandbox: false });
  expect(found.map(({ name, rules }) => [name, kinds(rules)])).toEqual([
    ["Note", ["owner", "private"]],
    ["Draft", []],
  ]);
  expect(outOfReach(schema, [], { sandbox: true }).map(({ name }) => name)).toEqual(["Note", "Draft", "Tag"]);
});
