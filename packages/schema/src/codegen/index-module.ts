/** `index.js`: makes the classes of a schema, and exports them beside its enums. */
import type { Blueprint } from "./blueprint.ts";
import { enumMembers } from "./enum-members.ts";

/** `datastore` is what it imports from. */
export function indexModule({ models, embedded, enums }: Blueprint, datastore: string): string {
  const classes = [...models.keys(), ...embedded.keys()];
  const exported = [...models.keys(), ...enums.keys(), ...embedded.keys()];
  return [
    `// @ts-check\nimport { initSchema } from '${datastore}';\nimport { schema } from './schema';`,
    ...[...enums.values()].map(
      (entry) => `const ${entry.name} = ${JSON.stringify(Object.fromEntries(enumMembers(entry)), null, 2)};`,
    ),
    `const { ${classes.join(", ")} } = initSchema(schema);`,
    `export {\n${exported.map((name) => `  ${name}`).join(",\n")}\n};`,
  ].join("\n\n");
}
