import { describe, expect, it } from "vitest";
import { fieldOf, modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

const all = ["create", "update", "delete", "read"];
const ruleOf = (rule: string, dialect: "v1" | "v2" = "v2") =>
  modelOf(`type A @model @auth(rules: [${rule}]) { a: Int teams: [String] }`, "A", { dialect }).auth[0];
const problemsWith = (rules: string, fields = "a: Int teams: [String]"): readonly string[] =>
  problemsOf(`type A @model @auth(rules: ${rules}) {\n${fields}\n}`);

describe("@auth", () => {
  it.each<[string, unknown]>([
    ["{ allow: public }", { allow: "public", provider: "apiKey", operations: all }],
    ["{ allow: private }", { allow: "private", provider: "userPools", operations: all }],
    ["{ allow: custom }", { allow: "custom", provider: "function", operations: all }],
    [
      "{ allow: owner }",
      { allow: "owner", provider: "userPools", operations: all, ownerField: "owner", identityClaim: "sub::username" },
    ],
    [
      '{ allow: groups, groups: ["x", "y"] }',
      { allow: "groups", provider: "userPools", operations: all, groups: ["x", "y"], groupClaim: "cognito:groups" },
    ],
    [
      '{ allow: groups, groupsField: "teams", groupClaim: "g", provider: oidc, operations: read }',
      { allow: "groups", provider: "oidc", operations: ["read"], groupsField: "teams", groupClaim: "g" },
    ],
    [
      '{ allow: owner, ownerField: "teams", identityClaim: "email", operations: [get, listen, get] }',
      {
        allow: "owner",
        provider: "userPools",
        operations: ["get", "listen"],
        ownerField: "teams",
        identityClaim: "email",
      },
    ],
    ["{ allow: public, provider: identityPool }", { allow: "public", provider: "identityPool", operations: all }],
  ])("SCHEMA-37: %s has its defaults filled in", (rule, expected) => {
    expect(ruleOf(rule)).toEqual(expected);
  });

  it("SCHEMA-37: the first dialect knows owners by their username, and identityField", () => {
    expect(ruleOf("{ allow: owner }", "v1")).toMatchObject({ identityClaim: "username" });
    expect(ruleOf('{ allow: owner, identityField: "email" }', "v1")).toMatchObject({ identityClaim: "email" });
  });

  it.each<[string, readonly string[]]>([
    ["queries: [get, list], mutations: [create]", ["create", "read"]],
    ["mutations: [update, delete]", ["update", "delete", "read"]],
    ["queries: [get]", ["create", "update", "delete", "get"]],
    ["queries: null", ["create", "update", "delete"]],
    ["mutations: null", ["read"]],
  ])("SCHEMA-37: the first dialect's older words for operations, %s", (words, operations) => {
    expect(ruleOf(`{ allow: owner, ${words} }`, "v1")).toMatchObject({ operations });
  });

  it("SCHEMA-38: older words for operations are refused in the second dialect and beside operations", () => {
    const rule = "{ allow: owner, mutations: [create] }";
    const sdl = `type A @model @auth(rules: [${rule}]) { a: Int }`;
    expect(problemsOf(sdl, { dialect: "v2" })).toEqual([
      "1:29 @auth on A: mutations belongs to the first dialect. Use operations.",
    ]);
    const both = sdl.replace("mutations", "operations: [read], mutations");
    expect(problemsOf(both, { dialect: "v1" })).toEqual([
      "1:29 @auth on A: a rule has both operations and mutations. Remove mutations, and name all in operations.",
    ]);
  });

  it("SCHEMA-37: on a field it stands for that field, and a single rule for a list of one", () => {
    const sdl =
      "type A @model @auth(rules: { allow: public }) { a: Int @auth(rules: [{ allow: owner, operations: [read] }]) b: Int }";
    expect(modelOf(sdl, "A").auth).toHaveLength(1);
    expect(fieldOf(sdl, "A.a").auth).toMatchObject([{ allow: "owner", operations: ["read"] }]);
    expect(fieldOf(sdl, "A.b").auth).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["public", "userPools", "apiKey or iam or identityPool"],
    ["private", "apiKey", "userPools or oidc or iam or identityPool"],
    ["owner", "iam", "userPools or oidc"],
    ["groups", "apiKey", "userPools or oidc"],
    ["custom", "iam", "function"],
  ])("SCHEMA-38: allow: %s does not go with provider %s", (allow, provider, providers) => {
    const groups = allow === "groups" ? ', groups: ["x"]' : "";
    expect(problemsWith(`[{ allow: ${allow}, provider: ${provider}${groups} }]`)).toEqual([
      `1:29 @auth on A: provider ${provider} does not go with allow: ${allow}. Use ${providers}.`,
    ]);
  });

  it.each<[string, string]>([
    ["[]", "1:15 @auth on A has no rules. Give at least one, such as { allow: owner }."],
    [
      "[{ allow: groups }]",
      '1:29 @auth on A: allow: groups names no groups. Give groups: ["..."] or groupsField: "...".',
    ],
    ["[{ allow: groups, groups: [] }]", "1:29 @auth on A: groups is empty. Name at least one group."],
    [
      '[{ allow: groups, groups: ["x"], groupsField: "teams" }]',
      "1:29 @auth on A: a rule has both groups and groupsField. Make two rules of it.",
    ],
    [
      "[{ allow: public, operations: [] }]",
      "1:29 @auth on A: operations is empty. Name at least one operation, or leave it out for all.",
    ],
    [
      "[{ allow: public, operations: [read, get, sync] }]",
      "1:29 @auth on A: operations has both read and get, sync. Keep either read or the parts of it.",
    ],
    [
      '[{ allow: public, ownerField: "teams" }]',
      "1:29 @auth on A: ownerField does not go with allow: public. Use it with allow: owner only.",
    ],
    [
      '[{ allow: groups, groups: ["x"], identityClaim: "y" }]',
      "1:29 @auth on A: identityClaim does not go with allow: groups. Use it with allow: owner only.",
    ],
    [
      '[{ allow: owner, groupClaim: "x" }]',
      "1:29 @auth on A: groupClaim does not go with allow: owner. Use it with allow: groups only.",
    ],
    [
      '[{ allow: owner, groups: ["x"] }]',
      "1:29 @auth on A: groups does not go with allow: owner. Use it with allow: groups only.",
    ],
    [
      "[{ allow: owner }, { allow: owner, operations: [read] }]",
      "1:47 @auth on A has two rules for the same role (allow: owner), the first at 1:29. Join their operations in one rule.",
    ],
    [
      '[{ allow: groups, groups: ["x", "y"] }, { allow: groups, groups: ["y", "x"] }]',
      "1:68 @auth on A has two rules for the same role (allow: groups), the first at 1:29. Join their operations in one rule.",
    ],
    [
      "[{ allow: everyone }]",
      '1:38 Field "allow" of argument "rules" of @auth is everyone, which is not one of public, private, owner, groups, custom. Use one of public, private, owner, groups, custom.',
    ],
    [
      "[{ allow: pubilc }]",
      '1:38 Field "allow" of argument "rules" of @auth is pubilc, which is not one of public, private, owner, groups, custom. Did you mean "public"?',
    ],
    [
      "[{ allow: public, operation: read }]",
      '1:46 Field "operation" of argument "rules" of @auth is unknown. Did you mean "operations"?',
    ],
  ])("SCHEMA-38: rules: %s is refused", (rules, problem) => {
    expect(problemsWith(rules)).toEqual([problem]);
  });

  it("SCHEMA-38: parts of read cannot be told of a field", () => {
    expect(problemsOf("type A @model { a: Int @auth(rules: [{ allow: owner, operations: [get, update] }]) }")).toEqual([
      "1:38 @auth on A.a: operation get cannot be told of a field. Use create, update, delete and read.",
    ]);
  });

  it("SCHEMA-38: different roles of the same allow go together", () => {
    const rules =
      '[{ allow: owner }, { allow: owner, ownerField: "teams" }, { allow: private }, { allow: private, provider: iam }]';
    expect(modelOf(`type A @model @auth(rules: ${rules}) { teams: [String] }`, "A").auth).toHaveLength(4);
  });
});

describe("owner and group fields", () => {
  it("SCHEMA-39: a missing owner field is implied, of rules on fields too", () => {
    const sdl = `type A @model @auth(rules: [{ allow: owner }, { allow: owner, ownerField: "editor" }]) {
      a: Int @auth(rules: [{ allow: owner, ownerField: "writer" }])
    }`;
    expect(spelledFields(modelOf(sdl, "A")).slice(-3)).toEqual([
      "owner: String*",
      "editor: String*",
      "writer: String*",
    ]);
  });

  it.each(["owner: String!", "owner: [String]", "owner: ID"])("SCHEMA-39: a declared %s is used", (declared) => {
    const model = modelOf(`type A @model @auth(rules: [{ allow: owner }]) { ${declared} }`, "A");
    expect(spelledFields(model)[0]).toBe(declared);
    expect(model.fields.filter(({ name }) => name === "owner")).toHaveLength(1);
  });

  it("SCHEMA-39: an implied foreign key can be the owner", () => {
    const sdl = `type A @model { bs: [B] @hasMany } type B @model @auth(rules: [{ allow: owner, ownerField: "aBsId" }]) { a: A @belongsTo }`;
    expect(spelledFields(modelOf(sdl, "B")).at(-1)).toBe("aBsId: ID*");
  });

  it("SCHEMA-39: others are refused", () => {
    expect(problemsWith("[{ allow: owner }]", "owner: Int")).toEqual([
      "2:1 Field A.owner is of type Int, but ownerField of an @auth rule needs names. Declare it as String or [String].",
    ]);
    expect(problemsWith('[{ allow: groups, groupsField: "x" }]')).toEqual([
      '1:6 There is no field "x" in A for groupsField of an @auth rule. Declare it: x: [String].',
    ]);
    expect(problemsWith('[{ allow: groups, groupsField: "teams" }]', "teams: [Int]")).toEqual([
      "2:1 Field A.teams is of type Int, but groupsField of an @auth rule needs names. Declare it as String or [String].",
    ]);
  });
});
