import { describe, expect, it } from "vitest";
import { modelOf, problemsOf } from "../../read-sdl.ts";

describe("@versioned", () => {
  it("SCHEMA-43: is data with defaults, and adds no field", () => {
    const model = modelOf("type A @model @versioned { a: Int }", "A");
    expect(model.versioned).toEqual({ field: "version", input: "expectedVersion" });
    expect(model.fields.map(({ name }) => name)).not.toContain("version");
    expect(modelOf('type A @model @versioned(versionField: "v", versionInput: "w") { a: Int }', "A").versioned).toEqual(
      {
        field: "v",
        input: "w",
      },
    );
    expect(modelOf("type A @model { a: Int }", "A").versioned).toBeNull();
  });

  it("SCHEMA-43: the field may not be declared", () => {
    expect(problemsOf("type A @model @versioned { version: Int }")).toEqual([
      "1:28 Field A.version is declared, but @versioned adds it. Remove the field, or give @versioned another versionField.",
    ]);
  });
});
