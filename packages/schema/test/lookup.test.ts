import {
  embeddedNamed,
  enumNamed,
  facetOfField,
  fieldNamed,
  fieldsOfFacet,
  indexNamed,
  keyFields,
  modelNamed,
  relationFields,
  storedFields,
} from "@tributary/schema";
import { describe, expect, it } from "vitest";
import { modelOf, read } from "./read-sdl.ts";

const sdl = `
  type Post @model @auth(rules: [{ allow: public }]) {
    author: ID! @primaryKey(sortKeyFields: ["number"])
    number: Int!
    status: Status @index(name: "byStatus")
    place: Place
    comments: [Comment] @hasMany
    secret: String @auth(rules: [{ allow: private }])
  }
  type Comment @model { post: Post @belongsTo }
  type Place { name: String }
  enum Status { OPEN CLOSED }
`;
const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);

describe("look-ups", () => {
  const schema = read(sdl);
  const post = modelOf(sdl, "Post");

  it("SCHEMA-1: find by name what is there", () => {
    expect(modelNamed(schema, "Comment")?.name).toBe("Comment");
    expect(enumNamed(schema, "Status")?.values).toEqual(["OPEN", "CLOSED"]);
    expect(embeddedNamed(schema, "Place")?.fields[0]?.name).toBe("name");
    expect(fieldNamed(post, "number")?.type.name).toBe("Int");
    expect(indexNamed(post, "byStatus")?.fields).toEqual(["status"]);
    const place = embeddedNamed(schema, "Place");
    expect(place && fieldNamed(place, "name")?.type.name).toBe("String");
  });

  it.each(["Nothing", "constructor", "__proto__", "post", ""])("SCHEMA-1: answer undefined for %j", (name) => {
    expect(modelNamed(schema, name)).toBeUndefined();
    expect(enumNamed(schema, name)).toBeUndefined();
    expect(embeddedNamed(schema, name)).toBeUndefined();
    expect(fieldNamed(post, name)).toBeUndefined();
    expect(indexNamed(post, name)).toBeUndefined();
    expect(facetOfField(post, name)).toBeUndefined();
  });

  it("SCHEMA-2: stored fields leave relations out, key fields come in key order", () => {
    expect(names(storedFields(post))).toEqual([
      "author",
      "number",
      "status",
      "place",
      "secret",
      "createdAt",
      "updatedAt",
    ]);
    expect(names(relationFields(post))).toEqual(["comments"]);
    expect(names(keyFields(post))).toEqual(["author", "number"]);
    expect(storedFields(post)).toBe(storedFields(post));
  });

  it("SCHEMA-2: every stored field leads to its facet and back", () => {
    for (const field of storedFields(post)) {
      const facet = facetOfField(post, field.name);
      expect(facet && fieldsOfFacet(post, facet)).toContain(field);
    }
    expect(facetOfField(post, "secret")?.name).toBe("secret");
  });
});
