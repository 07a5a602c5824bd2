import { SchemaError } from "@tributary/schema";
import { describe, expect, it } from "vitest";

describe("SchemaError", () => {
  it("SCHEMA-10: has one line for each problem, ordered by place", () => {
    const error = new SchemaError("chat.graphql", [
      { line: 12, column: 5, message: "B is wrong.", hint: "Mend it." },
      { line: 3, column: 9, message: "A is wrong.", hint: "Drop it." },
      { line: 3, column: 2, message: "C is wrong.", hint: "" },
    ]);
    expect(error.message).toBe(
      [
        "chat.graphql:3:2 C is wrong.",
        "chat.graphql:3:9 A is wrong. Drop it.",
        "chat.graphql:12:5 B is wrong. Mend it.",
      ].join("\n"),
    );
    expect(error).toMatchObject({
      name: "SchemaError",
      code: "SCHEMA_INVALID",
      file: "chat.graphql",
      retryable: false,
    });
    expect(error.problems.map(({ line }) => line)).toEqual([3, 3, 12]);
  });

  it("SCHEMA-10: leaves the place out when there is none", () => {
    const error = new SchemaError("schema.js", [{ line: 0, column: 0, message: "A is wrong.", hint: "Drop it." }]);
    expect(error.message).toBe("schema.js A is wrong. Drop it.");
  });
});
