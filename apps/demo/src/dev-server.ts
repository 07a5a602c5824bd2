/**
 * `npm start`: a development server with the chat of the demo in it. Stays up until it is told to stop; the next start goes on
 * with the same data and the same key.
 */
import path from "node:path";
import process from "node:process";
import { readFlags, readWholeNumber } from "./command-line/read-flags.ts";
import { serveChat } from "./dev/serve-chat.ts";
import { createProgress } from "./terminal/progress.ts";
import { createStyle, wantsColour } from "./terminal/style.ts";

const help = `A development server with a chat in it: users, rooms and some thousand generated messages.

Usage: npm start -- [--port <number>] [--data <directory>]

  --port <number>     the port, 0 for a free one (default: PORT, else 4000)
  --data <directory>  where everything is kept (default: .tributary in the checkout)
  --help              print this help

The last line that it prints when it is up is "ready http://HOST:PORT". Ctrl-C and SIGTERM stop it cleanly.
`;

const checkout = path.resolve(import.meta.dirname, "../../..");
const DEFAULT_PORT = 4_000;
const MAX_PORT = 65_535;

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`tributary: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, { port: { kind: "text" }, data: { kind: "text" }, help: { kind: "switch" } });
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  // Whoever started it may have stopped reading; it serves on.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  let stop = async (): Promise<void> => undefined;
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`tributary: failed to stop cleanly: ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
  await serveChat({
    port: portOf(flags.port),
    directory: flags.data ?? path.relative("", path.join(checkout, ".tributary")),
    schemaFile: path.relative("", path.resolve(import.meta.dirname, "../schema.graphql")),
    style: createStyle(wantsColour(process.stdout, process.env)),
    progress: createProgress({
      write: (text) => process.stderr.write(text),
      isTerminal: process.stderr.isTTY,
      now: () => performance.now(),
    }),
    say: (line) => process.stdout.write(`${line}\n`),
    onServing: (close) => {
      stop = close;
    },
  });
}

function portOf(flag: string | undefined): number {
  if (flag !== undefined) return readWholeNumber("--port", flag, 0, MAX_PORT);
  const { PORT } = process.env;
  return PORT === undefined || PORT === "" ? DEFAULT_PORT : readWholeNumber("PORT", PORT, 0, MAX_PORT);
}
