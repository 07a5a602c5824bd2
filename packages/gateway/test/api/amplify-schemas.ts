/** Schemas with what Amplify's published transformers generate for them; `write-amplify-schemas.mjs` made that. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type AuthProvider, authProviders, type SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";

const root = path.join(import.meta.dirname, "../fixtures/amplify-schemas");

export interface AmplifySchema {
  readonly name: string;
  readonly dialect: "v1" | "v2";
  readonly schema: SchemaDescription;
  /** The providers of the API, the default first. */
  readonly auth: readonly AuthProvider[];
  readonly expected: (conflictDetection: "on" | "off") => string;
}

export const amplifySchemas: readonly AmplifySchema[] = (["v1", "v2"] as const).flatMap((dialect) =>
  readdirSync(path.join(root, dialect)).map((name) => {
    const read = (file: string): string => readFileSync(path.join(root, dialect, name, file), "utf8");
    const sdl = read("schema.graphql");
    return {
      name: `${dialect}/${name}`,
      dialect,
      schema: parseSchema(sdl, { dialect, allowUnsupported: true }),
      auth: providersOf(sdl),
      expected: (conflictDetection) => read(`expected/conflict-detection-${conflictDetection}.graphql.txt`),
    };
  }),
);

/** As the first line tells them. */
function providersOf(sdl: string): AuthProvider[] {
  const [, names = ""] = /^# auth: (.*)$/m.exec(sdl) ?? [];
  return names.split(",").map((given) => {
    const provider = authProviders.find((known) => known === given.trim());
    if (provider === undefined) throw new Error(`${given} is no provider`);
    return provider;
  });
}
