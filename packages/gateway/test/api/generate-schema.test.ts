import { parseSchema } from "@tributary/schema/sdl";
import { type GraphQLObjectType, type GraphQLSchema, isInputObjectType, isObjectType, validateSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { generateSchema } from "../../src/index.ts";
import { shopSchema } from "../shop-schema.ts";

const served = generateSchema(shopSchema);

/** The fields of a type as SDL writes them: `name: Type`. */
function fieldsOf(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInputObjectType(type)) throw new Error(`no fields: ${name}`);
  return Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`);
}

function argumentsOf(root: GraphQLObjectType | null | undefined, name: string): string[] {
  const field = root?.getFields()[name];
  if (field === undefined) throw new Error(`no field ${name}`);
  return field.args.map((argument) => `${argument.name}: ${argument.type}`);
}

function names(root: GraphQLObjectType | null | undefined): string[] {
  return Object.keys(root?.getFields() ?? {});
}

describe("generateSchema", () => {
  it("GQL-1 makes a valid schema with Amplify's fields for each model", () => {
    expect(validateSchema(served)).toEqual([]);
    expect(names(served.getQueryType())).toEqual([
      ...["getTask", "listTasks", "tasksByBoardIdAndStars", "syncTasks"],
      ...["getOrder", "listOrders", "syncOrders"],
      ...["getSecret", "listSecrets", "syncSecrets"],
    ]);
    expect(names(served.getMutationType()).slice(0, 3)).toEqual(["createTask", "updateTask", "deleteTask"]);
    expect(names(served.getSubscriptionType()).slice(0, 3)).toEqual(["onCreateTask", "onUpdateTask", "onDeleteTask"]);
  });

  it("GQL-1 adds metadata to records, and versions and keys to inputs", () => {
    expect(fieldsOf(served, "Order")).toEqual([
      ...["customer: ID!", "placedOn: AWSDate!", "number: Int!", "note: String"],
      ...["createdAt: AWSDateTime!", "updatedAt: AWSDateTime!"],
      ...["_version: Int!", "_deleted: Boolean", "_lastChangedAt: AWSTimestamp!"],
    ]);
    expect(fieldsOf(served, "ModelOrderConnection")).toEqual([
      "items: [Order]!",
      "nextToken: String",
      "startedAt: AWSTimestamp",
    ]);
    expect(fieldsOf(served, "UpdateOrderInput")).toEqual([
      ...["customer: ID!", "placedOn: AWSDate!", "number: Int!", "note: String", "_version: Int"],
    ]);
    expect(fieldsOf(served, "DeleteOrderInput")).not.toContain("note: String");
    expect(fieldsOf(served, "CreateTaskInput")).toEqual(expect.arrayContaining(["id: ID", "title: String!"]));
    expect(fieldsOf(served, "AddressInput")).toEqual(["street: String!", "lines: [String!]"]);
  });

  it("GQL-1 gives queries the arguments of their keys", () => {
    const query = served.getQueryType();
    expect(argumentsOf(query, "getOrder")).toEqual(["customer: ID!", "placedOn: AWSDate!", "number: Int!"]);
    expect(argumentsOf(query, "listTasks")).toEqual([
      "filter: ModelTaskFilterInput",
      "limit: Int",
      "nextToken: String",
    ]);
    expect(argumentsOf(query, "listOrders").slice(0, 2)).toEqual([
      "customer: ID",
      "placedOnNumber: ModelOrderPrimaryCompositeKeyConditionInput",
    ]);
    expect(argumentsOf(query, "tasksByBoardIdAndStars").slice(0, 2)).toEqual([
      "boardId: ID!",
      "stars: ModelIntKeyConditionInput",
    ]);
    expect(argumentsOf(query, "syncOrders")).toContain("lastSync: AWSTimestamp");
  });

  it("GQL-1 leaves keys out of conditions, and `not` out of subscription filters", () => {
    expect(fieldsOf(served, "ModelOrderConditionInput").map((field) => field.split(":")[0])).not.toContain("customer");
    expect(fieldsOf(served, "ModelSubscriptionTaskFilterInput").map((field) => field.split(":")[0])).toEqual(
      expect.arrayContaining(["and", "or", "_deleted"]),
    );
    expect(fieldsOf(served, "ModelSubscriptionTaskFilterInput").join()).not.toContain("not:");
    expect(fieldsOf(served, "ModelTaskFilterInput")).toContain("not: ModelTaskFilterInput");
  });

  it("GQL-1 leaves out what a model switches off, and takes its names", () => {
    const schema = generateSchema(
      parseSchema(`
        type Note @model(queries: { get: "findNote", list: null }, mutations: { create: "addNote", delete: null, update: null }, subscriptions: { onCreate: ["noteAdded", "noteMade"] }) {
          text: String
        }
        type Log @model(subscriptions: null, mutations: null) { text: String }
      `),
    );
    expect(names(schema.getQueryType())).toEqual(["findNote", "syncNotes", "getLog", "listLogs", "syncLogs"]);
    expect(names(schema.getMutationType())).toEqual(["addNote"]);
    expect(names(schema.getSubscriptionType())).toEqual(["noteAdded", "noteMade"]);
  });

  it("GQL-1 gives subscriptions an argument for each single owner that may listen", () => {
    const schema = generateSchema(
      parseSchema(`
        type Note @model @auth(rules: [
          { allow: owner, ownerField: "author", operations: [read] },
          { allow: owner, ownerField: "editors" },
          { allow: owner, ownerField: "reviewer", operations: [update] }
        ]) {
          text: String
          author: String
          editors: [String]
          reviewer: String
        }
      `),
    );
    expect(argumentsOf(schema.getSubscriptionType(), "onCreateNote")).toEqual([
      "filter: ModelSubscriptionNoteFilterInput",
      "author: String",
    ]);
  });

  it("GQL-1 follows the first dialect where it differs", () => {
    const schema = generateSchema(
      parseSchema(`
        type Note @model @key(name: "byRoom", fields: ["room", "text"], queryField: "notesOfRoom") {
          id: ID!
          room: ID
          text: String
        }
      `),
    );
    expect(argumentsOf(schema.getQueryType(), "notesOfRoom")[0]).toBe("room: ID");
    expect(argumentsOf(schema.getSubscriptionType(), "onCreateNote")).toEqual([]);
    expect(fieldsOf(schema, "ModelNoteFilterInput").join()).not.toMatch(/_deleted|createdAt/);
    expect(
      fieldsOf(schema, "Note")
        .slice(-5)
        .map((field) => field.split(":")[0]),
    ).toEqual(["_version", "_deleted", "_lastChangedAt", "createdAt", "updatedAt"]);
  });
});
