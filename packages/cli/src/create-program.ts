/**
 * The command line: commands, flags and help. What a command does is loaded when it is run, so that help costs nothing.
 *
 * Values are checked where they are used, because a config file may hold the same settings.
 */
import { Command, Option } from "commander";
import { makeStrict } from "./strict-options.ts";

export function createProgram(version: string): Command {
  const program = new Command("tributary")
    .description("A self-hosted, local-first DataStore: replicas that merge instead of overwriting each other.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    // The caller prints what went wrong, and decides how the process ends.
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      "after",
      `
Examples:
  tributary dev --schema schema.graphql
  TRIBUTARY_API_KEY=... tributary start --schema schema.graphql --host 0.0.0.0
  tributary schema print --schema schema.graphql
  tributary codegen models --schema schema.graphql --out src/models`,
    );
  addStart(program);
  addDev(program);
  addSchema(program);
  addCodegen(program);
  addHelp(program);
  return program;
}

/** In place of the parser's own, which answers an unknown name with help and does not say what is wrong. */
function addHelp(parent: Command): void {
  parent
    .command("help")
    .argument("[command...]")
    .summary("print the help of a command")
    .description("Prints the help of a command.")
    .action(async (names: readonly string[]) => {
      let command = parent;
      for (const name of names) {
        const next = command.commands.find((one) => one.name() === name);
        // The parser has the words for what it does not know.
        if (next === undefined) return void (await command.parseAsync([name], { from: "user" }));
        command = next;
      }
      command.help();
    });
}

function addStart(program: Command): void {
  const start = addServerOptions(program.command("start"))
    .summary("serve a schema")
    .description(
      `Starts a relay with its GraphQL gateway. When it accepts connections it prints one line, "ready http://HOST:PORT", on \
stdout; everything else goes to stderr. SIGTERM and SIGINT stop it cleanly, a second one at once.

Flags win over the environment, the environment wins over the config file.`,
    )
    .addHelpText(
      "after",
      `
Environment:
  TRIBUTARY_API_KEY  the same as --api-key, but not seen in lists of processes

Who may do what:
  with an API key    it is needed for everything, in a sandbox too;
                     models without @auth are closed unless --sandbox
  --sandbox alone    everybody may connect; models without @auth are open to all
  neither            nobody can read or write

Examples:
  tributary start --schema schema.graphql --api-key "$KEY"
  tributary start --schema schema.graphql --sandbox --port 0
  tributary start --config tributary.config.ts --data /var/lib/tributary
  tributary start --schema schema.graphql --api-key "$KEY" \\
    --allow-origin https://app.example.com`,
    )
    .action(async (flags) => {
      const { start: run } = await import("./commands/start.ts");
      await run(flags);
    });
  makeStrict(start, ["allow-origin"]);
}

function addDev(program: Command): void {
  const dev = addServerOptions(program.command("dev"))
    .summary("serve a schema while you work on it")
    .description(
      `The same as start, with an API key that is made once and kept in the data directory, and with the schema file watched: a \
changed schema is served at once, a broken one is reported while the former one serves on.`,
    )
    .addHelpText(
      "after",
      `
Examples:
  tributary dev --schema schema.graphql
  tributary dev --schema schema.graphql --sandbox --port 4100`,
    )
    .action(async (flags) => {
      const { dev: run } = await import("./commands/dev.ts");
      await run(flags);
    });
  makeStrict(dev, ["allow-origin"]);
}

function addSchema(program: Command): void {
  const schema = program.command("schema").description("Works with schema files.");
  const print = schema
    .command("print")
    .summary("print the gateway's schema")
    .description("Prints the GraphQL schema that the gateway serves for a schema file, on stdout.")
    .option("--schema <file>", "the GraphQL schema file")
    .option("--conflict-detection <on|off>", "with _version, _deleted and _lastChangedAt, or without (default: on)")
    .addOption(dialectOption())
    .addOption(authOption())
    .addHelpText(
      "after",
      `
Examples:
  tributary schema print --schema schema.graphql > gateway.graphql
  tributary schema print --schema schema.graphql --conflict-detection off \\
    --auth userPools,apiKey,iam`,
    )
    .action(async (flags) => {
      const { printSchema } = await import("./commands/print-schema.ts");
      await printSchema(flags);
    });
  makeStrict(print);
  addHelp(schema);
}

function addCodegen(program: Command): void {
  const codegen = program.command("codegen").description("Writes code for a schema.");
  const models = codegen
    .command("models")
    .summary("write model files")
    .description("Writes the model files of a schema into a folder, and names them on stderr.")
    .option("--schema <file>", "the GraphQL schema file")
    .option("--out <directory>", "the folder of the model files; made if missing")
    .option("--target <target>", "what to write (default: javascript)")
    .option("--package <name>", "what JavaScript and TypeScript import from (default: @aws-amplify/datastore)")
    .addOption(dialectOption())
    .addOption(authOption())
    .addHelpText(
      "after",
      `
Targets:
  javascript         schema.js, index.js and their declarations, as Amplify's
                     generator writes them
  typescript         models.ts, one module that holds all of these
  introspection      model-introspection.json
  dart, swift, java  what Amplify's own generator writes; install
                     @aws-amplify/graphql-generator in the project

Examples:
  tributary codegen models --schema schema.graphql --out src/models
  tributary codegen models --schema schema.graphql --out src \\
    --target typescript --package @tributary/datastore/node
  tributary codegen models --schema schema.graphql --out lib --target dart`,
    )
    .action(async (flags) => {
      const { codegenModels } = await import("./commands/codegen-models.ts");
      await codegenModels(flags);
    });
  makeStrict(models);
  addHelp(codegen);
}

function addServerOptions(command: Command): Command {
  return command
    .option("--schema <file>", "the GraphQL schema file")
    .option("--config <file>", "a config file: .ts, .mjs, .js or .json")
    .option("--port <number>", "the port, 0 for a free one (default: 4000)")
    .option("--host <address>", "the address to listen on (default: 127.0.0.1)")
    .option("--data <directory>", "where everything is kept; made if missing (default: .tributary)")
    .option("--api-key <key>", "the key that clients send as x-api-key")
    .option("--sandbox", "open models without @auth")
    .option("--allow-origin <origin>", "a web origin that may connect, * for all; repeatable", collect)
    .addOption(dialectOption())
    .addOption(authOption())
    .option("--introspection <on|off>", "whether GraphQL clients may ask for the schema (default: on)")
    .option("--log-level <level>", "debug, info, warn, error or silent (default: info)")
    .option("--log-format <format>", "text or json (default: text on a terminal, else json)");
}

function dialectOption(): Option {
  return new Option("--dialect <v1|v2>", "the schema's dialect (default: told from its directives)");
}

function authOption(): Option {
  return new Option("--auth <providers>", "the ways to authenticate, the first is the default (default: apiKey)");
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
