import { buildSchema, execute, type GraphQLResolveInfo, isObjectType, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { projectSelection } from "../../src/resolve/project-selection.ts";

const schema = buildSchema(`
  type Query { task: Task }
  type Task { id: ID! title: String! stars: Int address: Address tags: [String] places: [Address] board(name: String): Board secret: Board }
  type Board { name: String! task: Task }
  type Address { street: String! lines: [String!] }
`);

const source = {
  id: "t1",
  title: "one",
  stars: "not a number",
  tags: ["a", null],
  address: { street: "s", lines: ["l"] },
  places: [{ street: "p" }, null],
};

const taskType = schema.getType("Task");
const { board, secret } = isObjectType(taskType) ? taskType.getFields() : {};
if (board === undefined || secret === undefined) throw new Error("Task lacks its fields");
board.resolve = async ({ id }, { name }, context, { parentType, fieldName }) => ({
  name: [id, name, context, parentType, fieldName].join(),
  task: source,
});
secret.resolve = async () => {
  throw new Error("not for everybody");
};

/** Projects where the resolver of the field would. */
async function project(query: string, variableValues: Record<string, unknown> = {}): Promise<unknown> {
  let projected: unknown;
  await execute({
    schema,
    document: parse(query),
    variableValues,
    contextValue: "context",
    rootValue: {
      async task(_args: unknown, context: unknown, info: GraphQLResolveInfo) {
        projected = await projectSelection(info, source, context);
      },
    },
  });
  return projected;
}

describe("projectSelection", () => {
  it("GQL-17 answers what was selected, under the names it was asked by", async () => {
    expect(await project("{ task { id name: title tags address { street __typename } places { street } } }")).toEqual({
      id: "t1",
      name: "one",
      tags: ["a", null],
      address: { street: "s", __typename: "Address" },
      places: [{ street: "p" }, null],
    });
  });

  it("GQL-17 follows fragments, merges fields and heeds @skip and @include", async () => {
    expect(
      await project(
        `query ($no: Boolean!) {
          task { ...F ... on Task { address { street } } ... @include(if: $no) { title } tags @skip(if: true) }
        }
        fragment F on Task { id address { lines } }`,
        { no: false },
      ),
    ).toEqual({ id: "t1", address: { street: "s", lines: ["l"] } });
  });

  it("GQL-17 answers null for a value that is not of its type", async () => {
    expect(await project("{ task { stars } }")).toEqual({ stars: null });
  });

  it("GQL-17 follows relations, and answers null for one that may not be followed", async () => {
    expect(
      await project(
        `query ($n: String) { task { board(name: $n) { name task { title board { name } } } secret { name } } }`,
        { n: "b" },
      ),
    ).toEqual({
      board: {
        name: "t1,b,context,Task,board",
        task: { title: "one", board: { name: "t1,,context,Task,board" } },
      },
      secret: null,
    });
  });
});
