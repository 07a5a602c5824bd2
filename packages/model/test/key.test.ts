import { describe, expect, test } from "vitest";
import { KeyError, keyOf, keyValues } from "../src/index.ts";
import { flag, message, place } from "./chat-model.ts";

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
    [place, "CH", "no JSON"],
    [place, '["CH"]', "too few"],
    [place, '["CH",7,8]', "too many"],
    [place, '{"country":"CH","number":7}', "no list"],
    [place, '["CH","7"]', "of another type"],
    [place, '["CH", 7]', "not as written here"],
    [place, '["CH",7.0]', "not as written here"],
    [place, "null", "nothing"],
    [flag, "[0]", "of another type"],
    [message, "a\ud800", "half a surrogate pair"],
  ])("KEY-3 of %o is not %j: %s", (model, key) => {
    expect(() => keyValues(model, key)).toThrow(KeyError);
  });

  test.each([
    [message, {}, "the key field Message.id is missing; give it text"],
    [message, { id: null }, "the key field Message.id is null; give it text"],
    [message, { id: 5 }, "the key field Message.id is 5; give it text"],
    [message, { id: "\udc00" }, "the key field Message.id is"],
    [place, { country: "CH", number: Number.NaN }, "the key field Place.number is null; give it a number"],
    [flag, { isSet: "yes" }, 'the key field Flag.isSet is "yes"; give it true or false'],
  ])("KEY-3 of %o cannot come from %j", (model, values, problem) => {
    expect(() => keyOf(model, values)).toThrow(problem);
  });
});
