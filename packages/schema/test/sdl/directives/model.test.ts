import { describe, expect, it } from "vitest";
import { modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

const operationsOf = (args: string) => modelOf(`type Post @model${args} { a: Int }`, "Post").operations;
const fieldsOf = (args: string, declared = "a: Int") =>
  spelledFields(modelOf(`type Post @model${args} { ${declared} }`, "Post"));
const timestampsOf = (args: string, declared = "a: Int") =>
  modelOf(`type Post @model${args} { ${declared} }`, "Post").timestamps;

describe("@model operations", () => {
  it("SCHEMA-30: have default names", () => {
    expect(operationsOf("")).toEqual({
      queries: { get: "getPost", list: "listPosts", sync: "syncPosts" },
      mutations: { create: "createPost", update: "updatePost", delete: "deletePost" },
      subscriptions: {
        level: "on",
        onCreate: ["onCreatePost"],
        onUpdate: ["onUpdatePost"],
        onDelete: ["onDeletePost"],
      },
    });
    expect(modelOf("type userProfile @model { a: Int }", "userProfile")).toMatchObject({
      pluralName: "userProfiles",
      operations: { queries: { get: "getUserProfile", list: "listUserProfiles", sync: "syncUserProfiles" } },
    });
  });

  it("SCHEMA-31: what is given is merged with the defaults", () => {
    expect(
      operationsOf(
        '(queries: { get: "findPost" }, mutations: { delete: null }, subscriptions: { onCreate: ["a", "b"] })',
      ),
    ).toEqual({
      queries: { get: "findPost", list: "listPosts", sync: "syncPosts" },
      mutations: { create: "createPost", update: "updatePost", delete: null },
      subscriptions: { level: "on", onCreate: ["a", "b"], onUpdate: ["onUpdatePost"], onDelete: [] },
    });
    expect(operationsOf('(subscriptions: { onCreate: "made", onUpdate: null, level: public })').subscriptions).toEqual({
      level: "public",
      onCreate: ["made"],
      onUpdate: [],
      onDelete: ["onDeletePost"],
    });
  });

  it("SCHEMA-31: null switches a group off", () => {
    expect(operationsOf("(queries: null, mutations: null, subscriptions: null)")).toEqual({
      queries: { get: null, list: null, sync: null },
      mutations: { create: null, update: null, delete: null },
      subscriptions: { level: "off", onCreate: [], onUpdate: [], onDelete: [] },
    });
    expect(operationsOf("(mutations: null)").subscriptions).toEqual({
      level: "on",
      onCreate: [],
      onUpdate: [],
      onDelete: [],
    });
    expect(operationsOf('(subscriptions: { level: off, onCreate: "x" })').subscriptions).toEqual({
      level: "off",
      onCreate: [],
      onUpdate: [],
      onDelete: [],
    });
  });

  it("SCHEMA-31: sync has no name to give", () => {
    expect(problemsOf('type Post @model(queries: { sync: "x" }) { a: Int }')[0]).toMatch(
      /Field "sync" of argument "queries" of @model is unknown/,
    );
  });
});

describe("@model timestamps", () => {
  it("SCHEMA-32: are implied, required and read-only", () => {
    expect(fieldsOf("")).toEqual(["a: Int", "id: ID!*", "createdAt: AWSDateTime!**", "updatedAt: AWSDateTime!**"]);
  });

  it("SCHEMA-32: can be renamed and removed", () => {
    expect(fieldsOf('(timestamps: { createdAt: "madeAt" })')).toEqual([
      "a: Int",
      "id: ID!*",
      "madeAt: AWSDateTime!**",
      "updatedAt: AWSDateTime!**",
    ]);
    expect(timestampsOf('(timestamps: { createdAt: "madeAt" })')).toEqual({
      createdAt: "madeAt",
      updatedAt: "updatedAt",
    });
    expect(fieldsOf("(timestamps: { updatedAt: null })")).toEqual(["a: Int", "id: ID!*", "createdAt: AWSDateTime!**"]);
    expect(fieldsOf("(timestamps: null)")).toEqual(["a: Int", "id: ID!*"]);
    expect(timestampsOf("(timestamps: null)")).toEqual({ createdAt: null, updatedAt: null });
  });

  it("SCHEMA-32: a declared field stays as it is", () => {
    expect(fieldsOf("", "createdAt: String a: Int")).toEqual([
      "createdAt: String",
      "a: Int",
      "id: ID!*",
      "updatedAt: AWSDateTime!**",
    ]);
    expect(timestampsOf("", "createdAt: String")).toEqual({ createdAt: "createdAt", updatedAt: "updatedAt" });
  });

  it.each(["createdAt: Int", "createdAt: AWSTimestamp!", "createdAt: [AWSDateTime]"])(
    "SCHEMA-32: %s is no timestamp",
    (declared) => {
      expect(timestampsOf("", declared)).toEqual({ createdAt: null, updatedAt: "updatedAt" });
    },
  );

  it("SCHEMA-32: have different names", () => {
    expect(problemsOf('type Post @model(timestamps: { createdAt: "at", updatedAt: "at" }) { a: Int }')).toEqual([
      '1:60 Both timestamps of Post are named "at". Give them different names.',
    ]);
  });
});
