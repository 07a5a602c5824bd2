import { type AuthRule, type ModelDescription, modelNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, test } from "vitest";
import { authorize, canReadEvery, type Identity, type Operation } from "../../src/index.ts";

const apiKey: Identity = { kind: "apiKey", id: "one" };
const nobody: Identity = { kind: "nobody" };
const token: Identity = { kind: "token", subject: "s", claims: {}, provider: "userPools" };
const iam: Identity = { kind: "iam", principal: "p", role: "authenticated" };
const operator: Identity = { kind: "operator" };
const operations: readonly Operation[] = ["create", "read", "get", "list", "listen", "update", "delete"];

function modelWith(rules: string, fieldRules = ""): ModelDescription {
  const auth = rules === "" ? "" : `@auth(rules: [${rules}])`;
  const fieldAuth = fieldRules === "" ? "" : `@auth(rules: [${fieldRules}])`;
  const sdl = `type Note @model ${auth} { id: ID! text: String ${fieldAuth} other: String }`;
  const model = modelNamed(parseSchema(sdl, { allowUnsupported: true }), "Note");
  if (model === undefined) throw new Error("there is no Note");
  return model;
}

function isAllowed(model: ModelDescription, identity: Identity, operation: Operation, sandbox = false): boolean {
  return authorize(model, identity, operation, { before: null, after: null, written: ["other"] }, { sandbox }).allowed;
}

describe("authorize", () => {
  test.each<[string, Identity, boolean, readonly Operation[]]>([
    ["{ allow: public }", apiKey, false, operations],
    ["{ allow: public }", nobody, false, []],
    ["{ allow: public }", token, false, []],
    ["{ allow: public }", iam, false, []],
    ["{ allow: public }", operator, false, operations],
    ["{ allow: public, provider: iam }", apiKey, false, []],
    ["{ allow: public, operations: [read] }", apiKey, false, ["read", "get", "list", "listen"]],
    ["{ allow: public, operations: [create, delete] }", apiKey, false, ["create", "delete"]],
    ["{ allow: public, operations: [get] }", apiKey, false, ["get"]],
    ["{ allow: public, operations: [get, list, listen] }", apiKey, false, ["get", "list", "listen"]],
    ["{ allow: public, operations: [get, list, listen, sync] }", apiKey, false, ["read", "get", "list", "listen"]],
    ["{ allow: owner }, { allow: public, operations: [read] }", apiKey, false, ["read", "get", "list", "listen"]],
    ["{ allow: private }", token, false, []],
    ["{ allow: owner }", token, false, []],
    ['{ allow: groups, groups: ["admin"] }', token, false, []],
    ["{ allow: custom }", apiKey, false, []],
    ["{ allow: private }", apiKey, true, []],
    ["", apiKey, false, []],
    ["", operator, false, operations],
    ["", apiKey, true, operations],
    ["", nobody, true, operations],
  ])("I8 with rules [%s] lets %o, sandbox %s, do %j", (rules, identity, sandbox, expected) => {
    const model = modelWith(rules);
    expect(operations.filter((operation) => isAllowed(model, identity, operation, sandbox))).toEqual(expected);
  });

  const written = (...fields: string[]) => ({ before: null, after: null, written: fields });

  test("I8 a field with rules of its own is judged by them alone, and named when refused", () => {
    const model = modelWith("{ allow: public }", "{ allow: private }");
    expect(authorize(model, apiKey, "update", written("other"), { sandbox: false })).toEqual({ allowed: true });
    expect(authorize(model, apiKey, "update", written("other", "text"), { sandbox: false })).toEqual({
      allowed: false,
      fields: ["text"],
      reason: "not allowed to update text of Note",
    });
    const byOperation = modelWith("{ allow: public }", "{ allow: public, operations: [create, read] }");
    expect(authorize(byOperation, apiKey, "create", written("text"), { sandbox: false }).allowed).toBe(true);
    expect(authorize(byOperation, apiKey, "update", written("text"), { sandbox: false }).allowed).toBe(false);
  });

  test("I8 a field's rules hold in a sandbox, too", () => {
    const model = modelWith("", "{ allow: private }");
    expect(authorize(model, apiKey, "update", written("other"), { sandbox: true }).allowed).toBe(true);
    expect(authorize(model, apiKey, "update", written("text"), { sandbox: true })).toMatchObject({ fields: ["text"] });
  });

  test("I8 a field's rules let nobody write whom the model does not let write", () => {
    const model = modelWith("{ allow: private }", "{ allow: public }");
    expect(authorize(model, apiKey, "update", written("text"), { sandbox: false })).toMatchObject({ fields: [] });
  });

  test("I8 a model without rules is refused with what to do", () => {
    expect(authorize(modelWith(""), apiKey, "read", written(), { sandbox: false })).toEqual({
      allowed: false,
      fields: [],
      reason: "Note has no @auth rule, so nobody may read it; add one or run with --sandbox",
    });
  });

  test("I8 rules add up", () => {
    const rule = (...allowed: AuthRule["operations"]): AuthRule => ({
      allow: "public",
      provider: "apiKey",
      operations: allowed,
    });
    const model = modelWith("");
    expect(isAllowed({ ...model, auth: [rule("get", "list"), rule("listen", "sync")] }, apiKey, "read")).toBe(true);
    expect(isAllowed({ ...model, auth: [rule("get", "list"), rule("listen")] }, apiKey, "read")).toBe(false);
  });

  test("I8 rules of a kind that is not known let nobody in", () => {
    const rule = { allow: "everybody", provider: "apiKey", operations: ["read"] } as unknown as AuthRule;
    expect(isAllowed({ ...modelWith(""), auth: [rule] }, apiKey, "read", true)).toBe(false);
  });
});

describe("canReadEvery", () => {
  test.each<[string, Identity, boolean, boolean]>([
    ["{ allow: public }", apiKey, false, true],
    ["{ allow: public, operations: [read] }, { allow: owner }", apiKey, false, true],
    ["{ allow: public, operations: [get] }", apiKey, false, false],
    ["{ allow: public }", nobody, false, false],
    ["{ allow: owner }", token, false, false],
    ["", operator, false, true],
    ["", nobody, true, true],
    ["", nobody, false, false],
  ])("I8 with rules [%s] says of %o, sandbox %s, %s", (rules, identity, sandbox, expected) => {
    expect(canReadEvery(modelWith(rules), identity, { sandbox })).toBe(expected);
  });

  test("I8 is no question of the model alone where fields are read by rules of their own", () => {
    const model = modelWith("{ allow: public }", "{ allow: owner }");
    expect(model.facets.length).toBeGreaterThan(1);
    expect(canReadEvery(model, apiKey, { sandbox: false })).toBe(false);
  });
});
