import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, test } from "vitest";
import {
  buildJoinedPredicate,
  buildPredicate,
  type FinishedPredicate,
  type Predicate,
  type PredicateProducer,
} from "../../src/index.ts";
import type { FieldOperators } from "../../src/predicate/build-predicate.ts";
import { item, shop } from "./shop-model.ts";

/** The builder as an app's types would have it for these models. */
type ItemFields = { readonly [field in "constructor" | "count" | "data" | "items" | "name" | "shop"]: FieldOperators };
type ItemBuilder = ItemFields & {
  and(parts: (m: ItemBuilder) => readonly FinishedPredicate[]): FinishedPredicate;
  or(parts: (m: ItemBuilder) => readonly FinishedPredicate[]): FinishedPredicate;
  not(part: (m: ItemBuilder) => FinishedPredicate): FinishedPredicate;
};
type ItemProducer = (m: ItemBuilder) => FinishedPredicate;

function build(producer: ItemProducer, model = item): Predicate {
  return buildPredicate(model, producer as unknown as PredicateProducer);
}

/** A member that no type would let through. */
function unknownMember(m: ItemBuilder, name: string): FieldOperators {
  return (m as unknown as { readonly [field: string]: FieldOperators })[name] as FieldOperators;
}

describe("a predicate in Amplify's form", () => {
  test("MODEL-10 is an operator of a field", () => {
    expect(build((m) => m.name.eq("x"))).toEqual({ kind: "field", field: "name", op: "eq", value: "x" });
    expect(build((m) => m.constructor.eq("x"))).toMatchObject({ field: "constructor", value: "x" });
    expect(build((m) => m.count.between(1, 2))).toMatchObject({ op: "between", value: [1, 2] });
    expect(build((m) => m.name.in(["a", "b"]))).toMatchObject({ op: "in", value: ["a", "b"] });
    for (const op of ["ne", "lt", "le", "gt", "ge", "contains", "notContains", "beginsWith"] as const) {
      expect(build((m) => m.name[op]("x"))).toMatchObject({ op, value: "x" });
    }
    expect(build((m) => m.name.notIn([]))).toMatchObject({ op: "notIn", value: [] });
  });

  test("MODEL-10 groups nest", () => {
    expect(build((m) => m.or((n) => [n.name.eq("a"), n.not((o) => o.and((p) => [p.count.gt(1)]))]))).toEqual({
      kind: "or",
      of: [
        { kind: "field", field: "name", op: "eq", value: "a" },
        { kind: "not", of: { kind: "and", of: [{ kind: "field", field: "count", op: "gt", value: 1 }] } },
      ],
    });
  });

  test("MODEL-10 takes undefined for null, and operands in canonical form", () => {
    expect(build((m) => m.name.eq(undefined))).toMatchObject({ value: null });
    expect(JSON.stringify(build((m) => m.data.eq({ b: -0, a: 1 })))).toContain('"value":{"a":1,"b":0}');
  });

  test.each<[string, ItemProducer]>([
    ["Invalid field for model. field: nonsense, model: Item", (m) => unknownMember(m, "nonsense").eq(1)],
    ["Invalid field for model. field: toString, model: Item", (m) => unknownMember(m, "toString").eq(1)],
    ["Predication on releated models is not supported in this context.", (m) => m.shop.eq(1)],
    ["Incorrect usage of `eq()`: Exactly 1 argument is required.", (m) => (m.name.eq as () => FinishedPredicate)()],
    [
      "Incorrect usage of `between()`: Exactly 2 arguments are required.",
      (m) => (m.name.between as (a: 1) => never)(1),
    ],
    [
      "Incorrect usage of `between()`: The first argument must be less than or equal to the second argument.",
      (m) => m.count.between(2, 1),
    ],
    [
      "Incorrect usage of `between()`: The first argument must be less than or equal to the second argument.",
      (m) => m.name.between("b", "a"),
    ],
    ["Incorrect usage of `in()`: The argument must be an array.", (m) => m.name.in("a" as never)],
    [
      "Invalid predicate. `or` groups must return an array of child conditions.",
      (m) => m.or((n) => n.name.eq(1) as never),
    ],
    ["Invalid predicate. Terminate your predicate with a valid condition", (m) => m.name as never],
    ["Invalid predicate. Terminate your predicate with a valid condition", () => undefined as never],
    ["Invalid predicate. Terminate your predicate with a valid condition", (m) => m.and(() => [true as never])],
  ])("MODEL-10 says what is wrong: %s", (message, producer) => {
    expect(() => build(producer)).toThrow(message);
    expect(() => build(producer)).toThrow(TypeError);
  });

  test("MODEL-10 knows a relation from a field on either side", () => {
    expect(() => build((m) => m.items.eq(1), shop)).toThrow("Predication on releated models");
  });
});

const blog = parseSchema(`
  type Post @model { title: String, comments: [Comment] @hasMany, tags: [Tag] @manyToMany(relationName: "PostTags") }
  type Comment @model { text: String, likes: Int, post: Post @belongsTo, author: Person @belongsTo }
  type Person @model { label: String, comments: [Comment] @hasMany }
  type Tag @model { label: String, posts: [Post] @manyToMany(relationName: "PostTags") }
`);
const [post] = blog.models;

/** A builder of which every member may be asked for, and called: what it is shows at run time. */
type Member = "and" | "author" | "comments" | "eq" | "label" | "ne" | "not" | "or" | "tag" | "tags" | "text" | "title";
type Anything = { readonly [member in Member]: Anything } & ((...args: unknown[]) => FinishedPredicate);

function joined(producer: (m: Anything) => FinishedPredicate) {
  if (post === undefined) throw new Error("no Post");
  return buildJoinedPredicate(blog, post, producer as unknown as PredicateProducer);
}

const text = (op: string, value: string) => ({ kind: "field", field: "text", op, value });
const over = (field: string, of: object) => ({ kind: "related", field, of });

describe("a predicate through relations", () => {
  test("MODEL-27 stands on the model it leads to", () => {
    expect(joined((p) => p.comments.text.eq("x"))).toEqual(over("comments", text("eq", "x")));
    expect(joined((p) => p.comments.author.label.eq("x"))).toEqual(
      over("comments", over("author", { kind: "field", field: "label", op: "eq", value: "x" })),
    );
    expect(joined((p) => p.tags.tag.label.eq("x"))).toMatchObject({ field: "tags", of: { field: "tag" } });
  });

  test("MODEL-27 groups below a relation speak of one record there, beside it of any", () => {
    const both = (c: Anything) => [c.text.eq("x"), c.text.ne("y")];
    expect(joined((p) => p.comments.and(both))).toEqual(
      over("comments", { kind: "and", of: [text("eq", "x"), text("ne", "y")] }),
    );
    expect(joined((p) => p.and((q: Anything) => both(q.comments as Anything)))).toEqual({
      kind: "and",
      of: [over("comments", text("eq", "x")), over("comments", text("ne", "y"))],
    });
  });

  test("MODEL-28 pushes a not down through relations, and leaves it where there are none", () => {
    const not = (of: object) => ({ kind: "not", of });
    expect(joined((p) => p.not((q: Anything) => q.comments.text.eq("x")))).toEqual(
      over("comments", not(text("eq", "x"))),
    );
    expect(joined((p) => p.comments.not((c: Anything) => c.text.eq("x")))).toEqual(
      over("comments", not(text("eq", "x"))),
    );
    const title = { kind: "field", field: "title", op: "eq", value: "t" };
    const either = (q: Anything) => q.or((r: Anything) => [r.title.eq("t"), r.comments.text.eq("x")]);
    expect(joined((p) => p.not(either))).toEqual({
      kind: "and",
      of: [not(title), over("comments", not(text("eq", "x")))],
    });
    expect(joined((p) => p.not((q: Anything) => q.title.eq("t")))).toEqual(not(title));
  });

  test.each<[string, (m: Anything) => FinishedPredicate]>([
    ["Invalid predicate. Terminate your predicate", (p) => p.comments as never],
    ["Invalid predicate. Terminate your predicate", (p) => p as never],
    ["Invalid field for model. field: label, model: Comment", (p) => p.comments.label.eq("x")],
  ])("MODEL-27 says what is wrong: %s", (message, producer) => {
    expect(() => joined(producer)).toThrow(message);
  });
});
