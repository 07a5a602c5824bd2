import { assertSupported, SchemaError, unsupportedIn } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { fixture, problemsOf, read } from "./read-sdl.ts";

const kinds = `type Post @model {
  body: String @crdt(type: TEXT)
  page: AWSJSON @crdt(type: RICH_TEXT)
  likes: Int @crdt(type: COUNTER)
  tags: [String] @crdt(type: SET)
  lines: [String]
  title: String
}`;

describe("what this version supports", () => {
  it("SCHEMA-9: fields of kinds it does not merge are refused, each at its place", () => {
    const hint = "which this version does not merge. Use one of the kinds it merges: REGISTER, LIST.";
    expect(problemsOf(kinds)).toEqual([
      `2:3 Post.body is of kind TEXT, ${hint}`,
      `3:3 Post.page is of kind RICH_TEXT, ${hint}`,
      `4:3 Post.likes is of kind COUNTER, ${hint}`,
      `5:3 Post.tags is of kind SET, ${hint}`,
    ]);
  });

  it("SCHEMA-9: a model of several facets is refused at the fields outside facet 0", () => {
    const sdl = `type Post @model @auth(rules: [{ allow: public }]) {
  body: String
  draft: String @auth(rules: [{ allow: owner }])
}`;
    expect(problemsOf(sdl)).toEqual([
      "3:3 Post.draft has other readers than Post itself, which this version cannot deliver. " +
        "Give the field rules that let the same identities read, or move it to a model of its own.",
    ]);
    expect(unsupportedIn(read(sdl))).toMatchObject([{ model: "Post", field: "draft", reason: "facet" }]);
  });

  it("SCHEMA-9: allowUnsupported describes them, assertSupported refuses them later", () => {
    const schema = parseSchema(kinds, { allowUnsupported: true });
    expect(() => assertSupported(schema)).toThrow(SchemaError);
    expect(() => assertSupported(schema)).toThrow("schema Post.body is of kind TEXT");
  });

  it("SCHEMA-9: what can be kept is not refused", () => {
    const schema = parseSchema(fixture("chat-v1.graphql"));
    expect(unsupportedIn(schema)).toEqual([]);
    expect(() => assertSupported(schema)).not.toThrow();
  });
});
