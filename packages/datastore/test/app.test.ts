import * as surface from "@tributary/datastore/node";
import {
  type AsyncCollection,
  createDataStore,
  DataStoreClass,
  initSchema,
  type SyncExpressionProducer,
  syncExpression,
  type V5ModelPredicate,
} from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const field = <More extends object = object>(name: string, type: unknown, more?: More) => ({
  name,
  isArray: false,
  type,
  isRequired: false,
  attributes: [],
  ...(more as More),
});

/** As Amplify's generator writes it. */
const modelFile = {
  models: {
    Post: {
      name: "Post",
      pluralName: "Posts",
      syncable: true,
      attributes: [{ type: "model", properties: {} }],
      fields: {
        id: field("id", "ID", { isRequired: true }),
        title: field("title", "String", { isRequired: true }),
        meta: field("meta", { nonModel: "Meta" }),
        comments: field(
          "comments",
          { model: "Comment" },
          {
            isArray: true,
            isArrayNullable: true,
            association: { connectionType: "HAS_MANY", associatedWith: ["post"] },
          },
        ),
        createdAt: field("createdAt", "AWSDateTime", { isReadOnly: true }),
        updatedAt: field("updatedAt", "AWSDateTime", { isReadOnly: true }),
      },
    },
    Comment: {
      name: "Comment",
      pluralName: "Comments",
      syncable: true,
      attributes: [{ type: "model", properties: {} }],
      fields: {
        id: field("id", "ID", { isRequired: true }),
        post: field(
          "post",
          { model: "Post" },
          { association: { connectionType: "BELONGS_TO", targetNames: ["postCommentsId"] } },
        ),
        createdAt: field("createdAt", "AWSDateTime", { isReadOnly: true }),
        updatedAt: field("updatedAt", "AWSDateTime", { isReadOnly: true }),
      },
    },
  },
  enums: {},
  nonModels: { Meta: { name: "Meta", fields: { author: field("author", "String") } } },
  codegenVersion: "3.4.4",
  version: "0123456789abcdef0123456789abcdef",
};

type Loose = Record<string, unknown>;
type LooseClass = new (init: object) => Loose;

describe("an app", () => {
  it("APP-1 hands its generated schema to initSchema and uses what that answers", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { Post, Comment, Meta } = initSchema(modelFile) as Record<string, LooseClass>;
    if (Post === undefined || Comment === undefined || Meta === undefined) throw new Error("a class is missing");
    const store = createDataStore();
    onTestFinished(() => store.stop());
    const post = await store.save(new Post({ title: "t", meta: new Meta({ author: "x" }) }));
    const comment = await store.save(new Comment({ post }));
    expect(comment.postCommentsId).toBe(post.id);
    expect(
      await ((await store.query(Post, String(post.id))) as { comments: AsyncCollection<Loose> }).comments.toArray(),
    ).toEqual([comment]);
    expect(initSchema(structuredClone(modelFile)).Post).toBe(Post);
    expect(warn).not.toHaveBeenCalled();
    const other = initSchema(parseSchema("type Other @model { name: String }"));
    expect(Object.keys(other)).toEqual(["Other"]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("another schema"), "TributaryWarning");
    expect(() => initSchema({})).toThrow("initSchema takes");
  });

  it("APP-2 may make datastores of its own, also with new", async () => {
    const schema = parseSchema("type Note @model { title: String }");
    const one = new DataStoreClass({ schema });
    const two = createDataStore({ schema });
    onTestFinished(() => Promise.all([one.stop(), two.stop()]).then(() => undefined));
    const { Note } = one.models;
    if (Note === undefined) throw new Error("no Note");
    await one.save(new Note({ title: "t" }));
    expect([await one.query(Note), await two.query(Note)].map((found) => found.length)).toEqual([1, 0]);
    expect(one).toBeInstanceOf(DataStoreClass);
  });

  it("APP-3 configures with every option of Amplify's, nested or not, and is told of those that cannot be", () => {
    const store = createDataStore();
    store.configure({
      maxRecordsToSync: 10,
      syncPageSize: 5,
      fullSyncInterval: 60,
      authModeStrategyType: surface.AuthModeStrategyType.MULTI_AUTH,
      authProviders: { functionAuthProvider: () => ({ token: "t" }) },
      conflictHandler: () => surface.DISCARD,
      errorHandler: () => {},
      syncExpressions: [],
    });
    store.configure();
    expect(() => store.configure({ DataStore: { syncPageSize: 0 } })).toThrow("syncPageSize is 0");
    expect(() => store.configure({ url: "nowhere" })).toThrow("is no http(s) or ws(s) address");
  });

  it("APP-3 is told of credentials that are none, without seeing them again", () => {
    const store = createDataStore();
    const configure = (auth: unknown) => () => store.configure({ auth } as never);
    expect(configure({ apiKey: undefined })).toThrow("the apiKey of auth is of type undefined; give it as text");
    expect(configure({ apiKey: "" })).toThrow("the apiKey of auth is empty");
    expect(configure({ token: null })).toThrow("the token of auth is null");
    for (const auth of ["secret", { apikey: "secret" }, null, 7]) {
      expect(configure(auth)).toThrow(/^auth has neither apiKey nor token; give (?!.*secret)/);
    }
    for (const auth of [{ apiKey: "k" }, { token: "t" }, () => ({ apiKey: "k" }), undefined]) {
      expect(configure(auth)).not.toThrow();
    }
  });

  it("APP-4 without a schema is told what to do", async () => {
    const { createApp } = await import("../src/app.ts");
    const { createNodePlatform } = await import("../src/node/node-platform.ts");
    await expect(createApp(createNodePlatform()).DataStore.start()).rejects.toThrow("Schema is not initialized");
  });
});

describe("a sync expression", () => {
  it("APP-5 is a predicate, everything, or what answers one of these, now or later", async () => {
    const store = createDataStore({ schema: parseSchema("type Note @model { stars: Int }") });
    type Note = { readonly stars: number };
    const Note = store.models.Note as unknown as new (init: Note) => Note;
    type M = V5ModelPredicate<Note>;
    const stars = { kind: "field", field: "stars", op: "gt", value: 3 };
    const many = (m: M) => m.stars.gt(3);
    const read = async (producer: SyncExpressionProducer<Note>) => (await syncExpression(Note, producer)).read();
    expect(await read(many)).toEqual(stars);
    expect(await read(() => many)).toEqual(stars);
    expect(await read(async () => many)).toEqual(stars);
    expect(await read(Promise.resolve(many))).toEqual(stars);
    expect(await read(() => surface.Predicates.ALL)).toBeNull();
    expect(await read(surface.Predicates.ALL)).toBeNull();
    await expect(read((() => 5) as never)).rejects.toThrow("Invalid predicate");
    await expect(syncExpression(class {}, many as never)).rejects.toThrow("Constructor is not for a valid model");
  });
});

describe("the public surface", () => {
  const functions =
    `DataStoreClass initSchema AsyncCollection AsyncItem syncExpression PredicateInternalsKey isSchemaModel
    isSchemaModelWithAttributes isAssociatedWith isTargetNameAssociation isFieldAssociation isModelAttributeAuth
    isModelAttributeKey isModelAttributePrimaryKey isModelAttributeCompositeKey isGraphQLScalarType isModelFieldType
    isNonModelFieldType isEnumFieldType isIdentifierObject isPredicateObj isPredicateGroup`.split(/\s+/);
  /** Enums and other objects, by what they hold. */
  const objects: Readonly<Record<string, readonly string[]>> = {
    DataStore: ["start", "stop", "clear", "save", "query", "delete", "observe", "observeQuery", "configure"],
    Predicates: ["ALL"],
    ModelPredicateCreator: ["createFromExisting", "getPredicates", "isValidPredicate"],
    ModelSortPredicateCreator: ["createFromExisting", "getPredicates", "isValidPredicate"],
    utils: ["USER", "isModelConstructor", "isNonModelConstructor"],
    NAMESPACES: ["DATASTORE", "USER", "SYNC", "STORAGE"],
    SortDirection: ["ASCENDING", "DESCENDING"],
    OpType: ["INSERT", "UPDATE", "DELETE"],
    QueryOne: ["FIRST", "LAST", "0", "1"],
    AuthModeStrategyType: ["DEFAULT", "MULTI_AUTH"],
    ModelOperation: ["CREATE", "READ", "UPDATE", "DELETE"],
    ModelAttributeAuthAllow: ["CUSTOM", "OWNER", "GROUPS", "PRIVATE", "PUBLIC"],
    ModelAttributeAuthProvider: ["FUNCTION", "USER_POOLS", "OIDC", "IAM", "API_KEY"],
    ProcessName: ["sync", "mutate", "subscribe"],
    LimitTimerRaceResolvedValues: ["LIMIT", "TIMER"],
    GraphQLScalarType: ["ID", "AWSIPAddress", "getJSType", "getValidationFunction"],
  };

  it("APP-6 has every run-time name of Amplify's, of the right kind", () => {
    const given = surface as Readonly<Record<string, unknown>>;
    expect(functions.filter((name) => typeof given[name] !== "function")).toEqual([]);
    for (const [name, members] of Object.entries(objects))
      expect(Object.keys(given[name] ?? {}), name).toEqual(expect.arrayContaining([...members]));
    expect(typeof surface.DISCARD).toBe("symbol");
    const others = Object.keys(surface).filter((name) => !functions.includes(name) && !(name in objects));
    expect(others.sort()).toEqual(["DISCARD", "Hub", "createDataStore"]);
  });

  it("APP-6 numbers and names the members of enums as Amplify does", () => {
    expect(surface.QueryOne[surface.QueryOne.LAST]).toBe("LAST");
    expect([surface.GraphQLScalarType.ID, surface.GraphQLScalarType.AWSIPAddress]).toEqual([0, 13]);
    expect(surface.ModelAttributeAuthProvider.USER_POOLS).toBe("userPools");
    expect(surface.ModelAttributeAuthAllow.CUSTOM).toBe("custom");
    expect(surface.utils.USER).toBe("user");
  });

  it("APP-8 takes predicates and sorts apart, and tells classes from other things", () => {
    const { models } = createDataStore({ schema: parseSchema("type Note @model { stars: Int, title: String }") });
    const { Note } = models;
    const { ModelPredicateCreator, ModelSortPredicateCreator, utils } = surface;
    const sort = ModelSortPredicateCreator.createFromExisting(Note, (s) => s.title?.("DESCENDING") as never);
    expect(ModelSortPredicateCreator.getPredicates(sort)).toEqual([{ field: "title", sortDirection: "DESCENDING" }]);
    type M = Record<"stars" | "title", { gt(n: number): never; eq(text: string): never }> & {
      and(parts: (m: M) => readonly unknown[]): never;
      not(part: (m: M) => unknown): never;
    };
    const groups = (producer: (m: M) => unknown) =>
      ModelPredicateCreator.getPredicates(ModelPredicateCreator.createFromExisting(Note, producer as never));
    const stars = { field: "stars", operator: "gt", operand: 3 };
    expect(groups((m) => m.stars.gt(3))).toEqual({ type: "and", predicates: [stars] });
    expect(groups((m) => m.and((n) => [n.stars.gt(3), n.not((o) => o.title.eq("t"))]))).toMatchObject({
      type: "and",
      predicates: [stars, { type: "not", predicates: [{ field: "title", operator: "eq", operand: "t" }] }],
    });
    expect([
      utils.isModelConstructor(Note),
      utils.isModelConstructor(class {}),
      utils.isNonModelConstructor(Note),
    ]).toEqual([true, false, false]);
  });

  it("APP-7 tells the parts of Amplify's schema object apart", () => {
    const { Post, Comment } = modelFile.models;
    expect(surface.isSchemaModel(Post)).toBe(true);
    expect(surface.isSchemaModel(modelFile.nonModels.Meta)).toBe(false);
    expect(surface.isFieldAssociation(Post, "comments")).toBe(true);
    expect(surface.isFieldAssociation(Post, "title")).toBe(false);
    expect(surface.isAssociatedWith(Post.fields.comments.association)).toBe(true);
    expect(surface.isTargetNameAssociation(Comment.fields.post.association)).toBe(true);
    expect(surface.isModelFieldType(Comment.fields.post.type)).toBe(true);
    expect(surface.isNonModelFieldType(Post.fields.meta.type)).toBe(true);
    expect([surface.isGraphQLScalarType("AWSJSON"), surface.isGraphQLScalarType("getJSType")]).toEqual([true, false]);
    expect([surface.isIdentifierObject({ id: "x" }, Post), surface.isIdentifierObject({}, Post)]).toEqual([
      true,
      false,
    ]);
    const key = { type: "key", properties: { name: "byTitle", fields: ["title", "id", "meta"] } };
    expect([surface.isModelAttributeKey(key), surface.isModelAttributePrimaryKey(key)]).toEqual([true, false]);
    expect(surface.isModelAttributeCompositeKey(key)).toBe(true);
    expect(surface.GraphQLScalarType.getJSType("AWSJSON")).toBe("object");
    expect(surface.GraphQLScalarType.getValidationFunction("AWSEmail")?.("nobody")).toBe(false);
    expect(surface.GraphQLScalarType.getValidationFunction("String")).toBeUndefined();
    const isTimestamp = surface.GraphQLScalarType.getValidationFunction("AWSTimestamp");
    expect([
      isTimestamp?.(5),
      isTimestamp?.("5"),
      surface.GraphQLScalarType.getValidationFunction("AWSDate")?.(5),
    ]).toEqual([true, false, false]);
  });
});
