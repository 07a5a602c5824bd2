import { describe, expect, it } from "vitest";
import { modelOf } from "./read-sdl.ts";

const facetsOf = (sdl: string): unknown => modelOf(sdl, "Note").facets;

describe("facets", () => {
  it("SCHEMA-8: a model without rules has facet 0 with all stored fields", () => {
    expect(facetsOf("type Note @model { text: String }")).toEqual([
      { name: "", fields: ["text", "id", "createdAt", "updatedAt"] },
    ]);
  });

  it("SCHEMA-8: fields of the same readers share a facet, named after the alphabetically first", () => {
    const sdl = `type Note @model @auth(rules: [{ allow: public }]) {
      salary: Int @auth(rules: [{ allow: groups, groups: ["a", "b"] }])
      text: String
      bonus: Int @auth(rules: [{ allow: groups, groups: ["b", "a"], operations: [update, read] }])
      diary: String @auth(rules: [{ allow: private }])
      sealed: String @auth(rules: [{ allow: public, operations: [update] }])
    }`;
    expect(facetsOf(sdl)).toEqual([
      { name: "", fields: ["text", "id", "createdAt", "updatedAt"] },
      { name: "bonus", fields: ["salary", "bonus"] },
      { name: "diary", fields: ["diary"] },
      { name: "sealed", fields: ["sealed"] },
    ]);
  });

  it("SCHEMA-8: rules that let the same identities read make no facet", () => {
    const sdl = `type Note @model @auth(rules: [{ allow: private }, { allow: public, operations: [read] }]) {
      text: String @auth(rules: [{ allow: public, operations: [read] }, { allow: private, operations: [read] }])
    }`;
    expect(facetsOf(sdl)).toHaveLength(1);
  });

  it("SCHEMA-8: reading only a part of read is another reader", () => {
    const sdl = `type Note @model @auth(rules: [{ allow: public, operations: [get, list] }]) {
      text: String @auth(rules: [{ allow: public }])
    }`;
    expect(facetsOf(sdl)).toEqual([
      { name: "", fields: ["id", "createdAt", "updatedAt"] },
      { name: "text", fields: ["text"] },
    ]);
  });

  it("SCHEMA-8: the parts of read written out equal read", () => {
    const sdl = `type Note @model @auth(rules: [{ allow: public, operations: [search, get, list, sync, listen] }]) {
      text: String @auth(rules: [{ allow: public, operations: [read] }])
    }`;
    expect(facetsOf(sdl)).toHaveLength(1);
  });

  it("SCHEMA-8: a model without rules keeps its key in facet 0 beside fields with rules", () => {
    const sdl = "type Note @model { text: String @auth(rules: [{ allow: owner }]) }";
    expect(facetsOf(sdl)).toEqual([
      { name: "", fields: ["id", "createdAt", "updatedAt", "owner"] },
      { name: "text", fields: ["text"] },
    ]);
  });
});
