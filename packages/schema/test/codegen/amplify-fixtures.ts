/** Schemas with the model files that Amplify's published generator writes for them; `write-amplify-models.mjs` made them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "fixtures");

export interface AmplifyFixture {
  readonly name: string;
  readonly dialect: "v1" | "v2";
  readonly sdl: string;
  /** The text of a file that Amplify's generator wrote. */
  expected(file: string): string;
}

export const amplifyFixtures: readonly AmplifyFixture[] = (["v1", "v2"] as const).flatMap((dialect) =>
  readdirSync(path.join(root, dialect)).map((name) => {
    const read = (file: string): string => readFileSync(path.join(root, dialect, name, file), "utf8");
    return {
      name: `${dialect}/${name}`,
      dialect,
      sdl: read("schema.graphql"),
      expected: (file) => read(`expected/${file}.txt`),
    };
  }),
);

/** The object that a `schema.js` exports. */
export function exportedSchema(schemaJs: string): Readonly<Record<string, unknown>> {
  return JSON.parse(schemaJs.replace(/^export const schema = /, "").replace(/;\s*$/, ""));
}
