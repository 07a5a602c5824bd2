import type { Identity } from "@tributary/model";
import { modelNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { createScope } from "../src/scope.ts";
import { keyHolder } from "./fixtures/bench-pipeline.ts";
import { boardSchema, groupSchema } from "./fixtures/board-schema.ts";

const all = { models: null, expressions: {} };

function token(claims: Record<string, string | number | string[]>, subject = "u"): Identity {
  return { kind: "token", subject, provider: "userPools", claims };
}

function model(name: string) {
  const found = modelNamed(boardSchema, name);
  if (found === undefined) throw new Error(name);
  return found;
}

describe("createScope", () => {
  it("I8 sees models that were asked for and may be read", () => {
    const scope = createScope(boardSchema, keyHolder, all, false);
    const seen = boardSchema.models.filter((one) => scope.canSeeSome(one)).map((one) => one.name);
    expect(seen).toEqual(["Note", "Notice", "Seat"]);
    expect(scope.canSee(model("Note"), {})).toBe(true);
    expect(scope.canSee(model("Ballot"), {})).toBe(false);
    const few = createScope(boardSchema, keyHolder, { ...all, models: ["Seat", "Ballot", "Nothing"] }, false);
    expect([...few.models].sort()).toEqual(["Ballot", "Seat"]);
    expect(few.canSee(model("Note"), {})).toBe(false);
  });

  it("I8 sees nothing as nobody", () => {
    const scope = createScope(boardSchema, { kind: "nobody" }, all, false);
    expect(boardSchema.models.some((one) => scope.canSeeSome(one))).toBe(false);
  });

  it("F2 has another hash for another principal, question, set of rules or sandbox", () => {
    const closed = parseSchema("type Note @model { id: ID! @primaryKey }");
    const hashes = [
      createScope(boardSchema, keyHolder, all, false),
      createScope(boardSchema, { kind: "apiKey", id: "other" }, all, false),
      createScope(boardSchema, keyHolder, { ...all, models: ["Note"] }, false),
      createScope(boardSchema, keyHolder, { ...all, expressions: { Note: 1 } }, false),
      createScope(closed, keyHolder, all, false),
      createScope(closed, keyHolder, all, true),
    ].map((scope) => scope.hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("F2 has one hash whatever order models are asked in", () => {
    const one = createScope(boardSchema, keyHolder, { ...all, models: ["Note", "Seat"] }, false);
    const other = createScope(boardSchema, keyHolder, { ...all, models: ["Seat", "Note"] }, false);
    expect(one.hash).toBe(other.hash);
  });

  it("F2 looks at the claims that rules look at, and no others", () => {
    const hash = (identity: Identity): string => createScope(groupSchema, identity, all, false).hash;
    const staff = hash(token({ "cognito:groups": ["staff"], iat: 1, exp: 2 }));
    expect(hash(token({ "cognito:groups": ["staff"], iat: 3, exp: 4 }))).toBe(staff);
    expect(hash(token({ "cognito:groups": ["guests"], iat: 1, exp: 2 }))).not.toBe(staff);
    expect(hash(token({ "cognito:groups": ["staff"], iat: 1, exp: 2 }, "v"))).not.toBe(staff);
  });
});
