import { describe, expect, it } from "vitest";
import { didYouMean, nearestName } from "../src/suggestion.ts";

describe("nearestName", () => {
  it.each<[string, string | null]>([
    ["hasMny", "hasMany"],
    ["HASMANY", "hasMany"],
    ["hasmayn", "hasMany"],
    ["hasOen", "hasOne"],
    ["ahsOne", "hasOne"],
    ["DateTime", "AWSDateTime"],
    ["searchable", null],
    ["x", null],
    ["", null],
  ])("SCHEMA-12: %j is meant to be %j", (given, meant) => {
    expect(nearestName(given, ["hasOne", "hasMany", "AWSDateTime", "AWSDate", "y"])).toBe(meant);
  });

  it("SCHEMA-12: what is near to nothing gets the other hint", () => {
    expect(didYouMean("searchable", ["model"], "Remove it.")).toBe("Remove it.");
    expect(didYouMean("modle", ["model"], "Remove it.")).toBe('Did you mean "model"?');
  });
});
