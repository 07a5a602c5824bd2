// Writes the GraphQL schema that Amplify's published transformers make of every schema under fixtures/amplify-schemas, with and
// without conflict detection, beside that schema, for the tests that compare ours with it. The first line of a schema names the
// providers of its API, the default first: `# auth: apiKey, userPools`. Run it in a folder that has the transformers:
//
//   npm install --ignore-scripts @aws-amplify/graphql-transformer aws-cdk-lib constructs graphql@15 graphql-transformer-core \
//     graphql-dynamodb-transformer graphql-key-transformer graphql-connection-transformer graphql-auth-transformer \
//     graphql-versioned-transformer @aws-amplify/amplify-cli-core @aws-amplify/graphql-directives
//   node <here>/write-amplify-schemas.mjs [part of a name]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

const names = [
  "@aws-amplify/graphql-transformer",
  "@aws-amplify/graphql-transformer-core",
  "graphql-transformer-core",
  "graphql-dynamodb-transformer",
  "graphql-key-transformer",
  "graphql-connection-transformer",
  "graphql-auth-transformer",
  "graphql-versioned-transformer",
];
const load = createRequire(path.join(process.cwd(), "package.json"));

/** What Amplify calls the providers in the settings of an API. */
const providers = {
  apiKey: { authenticationType: "API_KEY", apiKeyConfig: { apiKeyExpirationDays: 7, description: "key" } },
  userPools: { authenticationType: "AMAZON_COGNITO_USER_POOLS", userPoolConfig: { userPoolId: "pool" } },
  oidc: {
    authenticationType: "OPENID_CONNECT",
    openIDConnectConfig: { name: "oidc", issuerUrl: "https://oidc.example", clientId: "client" },
  },
  iam: { authenticationType: "AWS_IAM" },
  function: { authenticationType: "AWS_LAMBDA", lambdaAuthorizerConfig: { lambdaFunction: "authorizer" } },
};
const versions = { project: { ConflictHandler: "AUTOMERGE", ConflictDetection: "VERSION" } };

const transform = { v1: transformFirstDialect, v2: transformSecondDialect };
const fixtures = path.resolve(import.meta.dirname, "../fixtures/amplify-schemas");
const asked = process.argv[2] ?? "";
for (const [dialect, write] of Object.entries(transform)) {
  for (const name of readdirSync(path.join(fixtures, dialect)).filter((folder) => folder.includes(asked))) {
    const folder = path.join(fixtures, dialect, name);
    const sdl = readFileSync(path.join(folder, "schema.graphql"), "utf8");
    mkdirSync(path.join(folder, "expected"), { recursive: true });
    for (const detection of ["on", "off"]) {
      try {
        const text = write(sdl, authOf(sdl), detection === "on");
        // Formatters are not meant to touch what somebody else wrote, so its name does not end in .graphql.
        const file = `conflict-detection-${detection}.graphql.txt`;
        writeFileSync(path.join(folder, "expected", file), `${text.trimEnd()}\n`);
      } catch (error) {
        throw new Error(`${dialect}/${name}, conflict detection ${detection}: ${error.message}`, { cause: error });
      }
    }
  }
}
const written = names.map((name) => `${name} ${load(`${name}/package.json`).version}\n`);
writeFileSync(path.join(fixtures, "WRITTEN_BY.txt"), written.join(""));

function authOf(sdl) {
  const line = /^# auth: (.*)$/m.exec(sdl);
  if (line === null) throw new Error("the first line names no providers");
  const [first, ...others] = line[1].split(",").map((name) => providers[name.trim()]);
  return { defaultAuthentication: first, additionalAuthenticationProviders: others };
}

/** Ends the transformation once the schema is there: what would be deployed is not needed. */
function transformSecondDialect(schema, authConfig, detects) {
  const { constructTransformerChain } = load("@aws-amplify/graphql-transformer");
  const { GraphQLTransform } = load("@aws-amplify/graphql-transformer-core");
  const { App, Stack, NestedStack } = load("aws-cdk-lib");
  const { parse } = load("graphql");
  const done = new Error("the schema is there");
  let text = "";
  class SchemaOnly extends GraphQLTransform {
    generateGraphQlApi(_stacks, _assets, _parameters, output) {
      text = output.buildSchema();
      throw done;
    }
  }
  const transformer = new SchemaOnly({
    transformers: constructTransformerChain(),
    authConfig,
    resolverConfig: detects ? versions : {},
    transformParameters: { sandboxModeEnabled: false },
  });
  const models = parse(schema).definitions.filter(({ directives = [] }) =>
    directives.some(({ name }) => name.value === "model"),
  );
  const strategy = { dbType: "DYNAMODB", provisionDB: true, provisionStrategy: "DEFAULT" };
  const strategies = Object.fromEntries(models.map(({ name }) => [name.value, strategy]));
  const stack = new Stack(new App(), "Stack");
  try {
    transformer.transform({
      schema,
      scope: stack,
      nestedStackProvider: { provide: (scope, name) => new NestedStack(scope, name) },
      assetProvider: { provide: () => ({}) },
      parameterProvider: undefined,
      dataSourceStrategies: new Proxy(strategies, { get: () => strategy }),
      synthParameters: {
        amplifyEnvironmentName: "NONE",
        apiName: "api",
        identityPoolId: "pool",
        userPoolId: "pool",
        authenticatedUserRoleName: "authenticated",
        unauthenticatedUserRoleName: "unauthenticated",
        adminRoles: [],
      },
      logging: undefined,
    });
  } catch (error) {
    if (error !== done) throw error;
  }
  return text;
}

function transformFirstDialect(schema, authConfig, detects) {
  const { GraphQLTransform } = load("graphql-transformer-core");
  const { DynamoDBModelTransformer } = load("graphql-dynamodb-transformer");
  const { VersionedModelTransformer } = load("graphql-versioned-transformer");
  const { KeyTransformer } = load("graphql-key-transformer");
  const { ModelConnectionTransformer } = load("graphql-connection-transformer");
  const { ModelAuthTransformer } = load("graphql-auth-transformer");
  return new GraphQLTransform({
    transformers: [
      new DynamoDBModelTransformer(),
      new VersionedModelTransformer(),
      new KeyTransformer(),
      new ModelConnectionTransformer(),
      new ModelAuthTransformer({ authConfig, addAwsIamAuthInOutputSchema: false }),
    ],
    transformConfig: { Version: 5, ...(detects ? { ResolverConfig: versions } : {}) },
    featureFlags: { getBoolean: (_name, standard) => standard ?? false, getNumber: (_name, standard) => standard },
  }).transform(schema).schema;
}
