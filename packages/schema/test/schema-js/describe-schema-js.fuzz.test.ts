/** Over random schemas: the `schema.js` that an SDL generates means what the SDL means. */
import { generateModels } from "@tributary/schema/codegen";
import { describeSchemaJs } from "@tributary/schema/schema-js";
import { describe, expect, it } from "vitest";
import { exportedSchema } from "../codegen/amplify-fixtures.ts";
import { read } from "../read-sdl.ts";
import { randomSchema } from "./random-sdl.ts";
import { heldBy, told } from "./told.ts";

/** Schemas to each seed. */
const rounds = 50;

describe.each(["v1", "v2"] as const)("random schemas of %s", (dialect) => {
  it.each([1, 2, 3, 4])("SCHEMA-80: mean the same by SDL and schema.js, seed %i", (seed) => {
    let relations = 0;
    let equalHashes = 0;
    for (let round = 0; round < rounds; round++) {
      const random = randomSchema(seed * 1000 + round, dialect);
      const files = generateModels(random.sdl, "javascript", { dialect });
      const file = exportedSchema(files.find(({ name }) => name === "schema.js")?.text ?? "");
      const bySdl = read(random.sdl, { dialect });
      const byFile = describeSchemaJs(file, { dialect });
      const held = heldBy(file);
      expect(told(byFile, held), `round ${round}\n${random.sdl}`).toEqual(told(bySdl, held));
      relations += random.relations;
      if (byFile.hash === bySdl.hash) equalHashes++;
    }
    expect(relations).toBeGreaterThan(rounds);
    expect(equalHashes).toBeGreaterThan(rounds / 2);
  });
});
