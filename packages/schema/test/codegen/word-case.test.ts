import { describe, expect, it } from "vitest";
import { camelCase, constantCase } from "../../src/codegen/word-case.ts";

describe("letter case", () => {
  it.each([
    ["inProgress", "IN_PROGRESS", "inProgress"],
    ["HTTPError", "HTTP_ERROR", "httpError"],
    ["NOT_FOUND", "NOT_FOUND", "notFound"],
    ["v2", "V2", "v2"],
    ["item2Name", "ITEM2_NAME", "item2Name"],
    ["_lead_2nd", "LEAD_2ND", "lead_2nd"],
    ["Post", "POST", "post"],
  ])("SCHEMA-71: %s is %s and %s", (name, constant, camel) => {
    expect([constantCase(name), camelCase(name)]).toEqual([constant, camel]);
  });
});
