import { buildSchema, executeSync, type GraphQLResolveInfo, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { projectSelection } from "../../src/resolve/project-selection.ts";

const schema = buildSchema(`
  type Query { task: Task }
  type Task { id: ID! title: String! stars: Int address: Address tags: [String] places: [Address] }
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

/** Projects where the resolver of the field would. */
function project(query: string, variableValues: Record<string, unknown> = {}): unknown {
  let projected: unknown;
  executeSync({
    schema,
    document: parse(query),
    variableValues,
    rootValue: {
      task(_args: unknown, _context: unknown, info: GraphQLResolveInfo) {
        projected = projectSelection(info, source);
      },
    },
  });
  return projected;
}

describe("projectSelection", () => {
  it("GQL-17 answers what was selected, under the names it was asked by", () => {
    expect(project("{ task { id name: title tags address { street __typename } places { street } } }")).toEqual({
      id: "t1",
      name: "one",
      tags: ["a", null],
      address: { street: "s", __typename: "Address" },
      places: [{ street: "p" }, null],
    });
  });

  it("GQL-17 follows fragments, merges fields and heeds @skip and @include", () => {
    expect(
      project(
        `query ($no: Boolean!) {
          task { ...F ... on Task { address { street } } ... @include(if: $no) { title } tags @skip(if: true) }
        }
        fragment F on Task { id address { lines } }`,
        { no: false },
      ),
    ).toEqual({ id: "t1", address: { street: "s", lines: ["l"] } });
  });

  it("GQL-17 answers null for a value that is not of its type", () => {
    expect(project("{ task { stars } }")).toEqual({ stars: null });
  });
});
