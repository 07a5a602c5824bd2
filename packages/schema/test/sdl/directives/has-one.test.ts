import { describe, expect, it } from "vitest";
import { fieldOf, modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

const lead = 'type Lead @model { email: String! @primaryKey(sortKeyFields: ["n"]) n: Int! }';

describe("@hasOne", () => {
  it("SCHEMA-52: holds the key of the other model, required where the relation is", () => {
    const sdl = "type Project @model { team: Team @hasOne boss: Team! @hasOne } type Team @model { a: Int }";
    expect(spelledFields(modelOf(sdl, "Project")).slice(-2)).toEqual(["projectTeamId: ID*", "projectBossId: ID!*"]);
    expect(fieldOf(sdl, "Project.team").relation).toEqual({ kind: "hasOne", model: "Team", keys: ["projectTeamId"] });
    expect(modelOf(sdl, "Team").fields).toHaveLength(4);
  });

  it("SCHEMA-52: all parts of it", () => {
    const sdl = `type Project @model { lead: Lead @hasOne } ${lead}`;
    expect(spelledFields(modelOf(sdl, "Project")).slice(-2)).toEqual([
      "projectLeadEmail: String*",
      "projectLeadN: Int*",
    ]);
  });

  it("SCHEMA-52: in the fields named", () => {
    const sdl = `type Project @model { leadMail: ID leadN: Int lead: Lead @hasOne(fields: ["leadMail", "leadN"]) } ${lead}`;
    expect(fieldOf(sdl, "Project.lead").relation).toEqual({
      kind: "hasOne",
      model: "Lead",
      keys: ["leadMail", "leadN"],
    });
    expect(modelOf(sdl, "Project").fields.filter(({ isImplied }) => isImplied)).toHaveLength(3);
  });

  it("SCHEMA-58: fields that hold more than a value are refused", () => {
    const sdl = `type A @model { t: T b: B @hasOne(fields: ["t"]) } type T { a: Int } type B @model { a: Int }`;
    expect(problemsOf(sdl)).toEqual([
      "1:44 Field A.t is no single scalar or enum, so it cannot hold a key. Name fields that hold one value each.",
    ]);
    const byEnum = `type A @model { e: E b: B @hasOne(fields: ["e"]) } enum E { X } type B @model { e: E! @primaryKey }`;
    expect(fieldOf(byEnum, "A.b").relation).toMatchObject({ keys: ["e"] });
  });

  it.each<[string, string]>([
    [
      'fields: ["leadMail"]',
      "2:1 The relation gives 1 fields for the 2 of the key of Lead (email, n). Give one field for each.",
    ],
    [
      'fields: ["leadN", "leadMail"]',
      "2:1 Field Project.leadN is of type Int, but email of the key of Lead is of type String. Give both the same type.",
    ],
    [
      'fields: ["leadMial", "leadN"]',
      '2:18 There is no field "leadMial" in Project for the relation. Did you mean "leadMail"?',
    ],
  ])("SCHEMA-58: %s is refused", (args, problem) => {
    const project = "type Project @model { leadMail: ID leadN: Int lead: Lead";
    expect(problemsOf(`${project}\n@hasOne(${args}) } ${lead}`)).toEqual([problem]);
  });
});
