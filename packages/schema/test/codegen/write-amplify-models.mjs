// Writes what Amplify's published generator makes of every schema under fixtures, beside that schema, for the tests
// that compare our model files with it. Run it in a folder that has the generator:
//
//   npm install @aws-amplify/graphql-generator @aws-amplify/graphql-directives
//   node <here>/write-amplify-models.mjs
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const names = [
  "@aws-amplify/graphql-generator",
  "@aws-amplify/appsync-modelgen-plugin",
  "@aws-amplify/graphql-directives",
];
const installed = createRequire(path.join(process.cwd(), "package.json"));
const load = async (name) => (await import(pathToFileURL(installed.resolve(name)).href)).default;
const { generateModels } = await load("@aws-amplify/graphql-generator");
const { AppSyncDirectives, V1Directives, DefaultDirectives } = await load("@aws-amplify/graphql-directives");

/** What a project of each dialect has the generator do. */
const options = {
  v1: {
    directives: definitions([...AppSyncDirectives, ...V1Directives]),
    isDataStoreEnabled: true,
    transformerVersion: 1,
    useExperimentalPipelinedTransformer: false,
    respectPrimaryKeyAttributesOnConnectionField: false,
  },
  v2: { directives: definitions(DefaultDirectives), isDataStoreEnabled: true },
};

const fixtures = path.resolve(import.meta.dirname, "fixtures");
for (const [dialect, settings] of Object.entries(options)) {
  for (const name of readdirSync(path.join(fixtures, dialect))) {
    const folder = path.join(fixtures, dialect, name);
    const schema = readFileSync(path.join(folder, "schema.graphql"), "utf8");
    const expected = path.join(folder, "expected");
    rmSync(expected, { recursive: true, force: true });
    mkdirSync(expected);
    for (const target of ["javascript", "introspection"]) {
      const files = await generateModels({ schema, target, ...settings });
      // Neither linters nor compilers are meant to look at them, so their names do not end in .js or .ts.
      for (const [file, text] of Object.entries(files)) writeFileSync(path.join(expected, `${file}.txt`), `${text}\n`);
    }
  }
}
writeFileSync(path.join(fixtures, "WRITTEN_BY.txt"), names.map((name) => `${name} ${versionOf(name)}\n`).join(""));

function definitions(directives) {
  return directives.map(({ definition }) => definition).join("\n");
}

function versionOf(name) {
  return JSON.parse(readFileSync(path.join(process.cwd(), "node_modules", name, "package.json"), "utf8")).version;
}
