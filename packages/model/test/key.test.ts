import { describe, expect, test } from "vitest";
import { KeyError, keyOf, keyValues } from "../src/index.ts";
import { existingModel, flag, message, place } from "./chat-model.ts";

describe("a key", () => {
  test("KEY-1 of one text field is its value", () => {
    expect(keyOf(message, { id: '["m"]', title: "x" })).toBe('["m"]');
    expect(keyValues(message, '["m"]')).toEqual({ id: '["m"]' });
  });

  test("KEY-2 of several fields, or of one that is no text, is JSON text in key order", () => {
    expect(keyOf(place, { name: "x", number: 7, country: "CH" })).toBe('["CH",7]');
    expect(keyValues(place, '["CH",7]')).toEqual({ country: "CH", number: 7 });
    expect(keyOf(flag, { isSet: false })).toBe("[false]");
    expect(keyValues(flag, "[false]")).toEqual({ isSet: false });
  });

  test("KEY-2 has one string for 0 and -0", () => {
    expect(keyOf(place, { country: "CH", number: -0 })).toBe('["CH",0]');
  });

  test.each([
    ["Place", "CH", "no JSON"],
    ["Place", '["CH"]', "too few"],
    ["Place", '["CH",7,8]', "too many"],
    ["Place", '{"country":"CH","number":7}', "no list"],
    ["Place", '["CH","7"]', "of another type"],
    ["Place", '["CH", 7]', "not as written here"],
    ["Place", '["CH",7.0]', "not as written here"],
    ["Place", "null", "nothing"],
    ["Flag", "[0]", "of another type"],
    ["Message", "a\ud800", "half a surrogate pair"],
  ])("KEY-3 of %s is not %j: %s", (model, key) => {
    expect(() => keyValues(existingModel(model), key)).toThrow(KeyError);
  });

  test.each([
    ["Message", {}, "the key field Message.id is missing; give it text"],
    ["Message", { id: null }, "the key field Message.id is null; give it text"],
    ["Message", { id: 5 }, "the key field Message.id is 5; give it text"],
    ["Message", { id: "\udc00" }, "the key field Message.id is"],
    ["Place", { country: "CH", number: Number.NaN }, "the key field Place.number is NaN; give it a number"],
    ["Flag", { isSet: "yes" }, 'the key field Flag.isSet is "yes"; give it true or false'],
  ])("KEY-3 of %s cannot come from %j", (model, values, problem) => {
    expect(() => keyOf(existingModel(model), values)).toThrow(problem);
  });
});
