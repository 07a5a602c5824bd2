/** Deletions on an older version, by whether Amplify's DataStore could settle the conflict. */
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import type { ConflictResolution } from "../../src/index.ts";
import { type GraphqlAnswer, startGateway } from "../start-gateway.ts";

const open = "@model @auth(rules: [{ allow: public }])";
const schema = parseSchema(`
  type Country ${open} { code: ID! @primaryKey name: String! capital: String }
  type Reading ${open} { device: ID! @primaryKey(sortKeyFields: ["at"]) at: AWSDateTime! degrees: Float }
  type Visit ${open} { id: ID! @primaryKey(sortKeyFields: ["day"]) day: AWSDate! guest: String! }
  type Task ${open} { title: String! }
`);

const keys: Readonly<Record<string, string>> = {
  Country: `code: "IS"`,
  Reading: `device: "attic", at: "2026-01-01T00:00:00Z"`,
  Visit: `id: "v", day: "2026-01-01"`,
  Task: `id: "t"`,
};
const fields: Readonly<Record<string, readonly [made: string, changed: string, name: string]>> = {
  Country: [`name: "Iceland"`, `name: "Ísland"`, "name"],
  Reading: ["degrees: 1", "degrees: 2", "degrees"],
  Visit: [`guest: "ann"`, `guest: "bob"`, "guest"],
  Task: [`title: "one"`, `title: "two"`, "title"],
};

/** What a deletion that names such a version is answered, of a record that is at version 2. */
async function staleDeletion(
  model: string,
  version: string,
  conflictResolution: ConflictResolution = {},
): Promise<GraphqlAnswer> {
  const gateway = await startGateway({ schema, conflictResolution });
  const [made = "", changed = "", name = ""] = fields[model] ?? [];
  await gateway.field(`mutation { create${model}(input: { ${keys[model]}, ${made} }) { _version } }`);
  await gateway.field(`mutation { update${model}(input: { ${keys[model]}, ${changed}, _version: 1 }) { _version } }`);
  return gateway.ask(`mutation { delete${model}(input: { ${keys[model]}${version} }) { ${name} _version _deleted } }`);
}

describe("deletions on an older version", () => {
  it.each(["Country", "Visit"])("GQL-57 of a %s fail a condition, with the stored record", async (model) => {
    for (const project of [undefined, "MERGE", "AUTOMERGE"] as const) {
      const resolution = project === undefined ? {} : { project };
      const { data, errors } = await staleDeletion(model, ", _version: 1", resolution);
      expect(data).toEqual({ [`delete${model}`]: null });
      const stored = model === "Country" ? { name: "Ísland" } : { guest: "bob" };
      expect(errors).toMatchObject([
        {
          errorType: "ConditionalCheckFailedException",
          message: "The conditional request failed: version 1 is not the stored one",
          data: { ...stored, _version: 2, _deleted: null },
        },
      ]);
    }
  });

  it.each([
    ["Country", "", "MERGE"],
    ["Country", ", _version: 1", "OPTIMISTIC_CONCURRENCY"],
    ["Reading", ", _version: 1", "MERGE"],
    ["Task", ", _version: 1", "MERGE"],
  ] as const)("GQL-57 GQL-15 of a %s (%s) under %s are conflicts", async (model, version, project) => {
    const { errors } = await staleDeletion(model, version, { project });
    expect(errors).toMatchObject([{ errorType: "ConflictUnhandled", data: { _version: 2 } }]);
  });

  it("GQL-57 are conflicts where a function rejects them", async () => {
    const { errors } = await staleDeletion("Country", ", _version: 1", {
      project: { lambda: () => ({ action: "REJECT" }) },
    });
    expect(errors).toMatchObject([{ errorType: "ConflictUnhandled", data: { name: "Ísland", _version: 2 } }]);
  });
});
