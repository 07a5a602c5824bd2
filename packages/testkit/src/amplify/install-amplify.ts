/**
 * Installs Amplify's libraries into the package of their own that they have, on first use and after its lock changed.
 *
 * They are large, so that nobody gets them who does not run the test that needs them.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** The package whose dependencies are what clients are made of. */
export const amplifyFolder: string = path.resolve(import.meta.dirname, "../../amplify-clients");

/** As `scripts/checkout-lock.mjs` has it, which has no types. */
interface CheckoutLock {
  acquireLock(
    folder: string,
    options: { readonly onWait: (owner: number) => void },
  ): Promise<{ readonly release: () => void }>;
}

/** Resolves when they are there. Of several processes one installs, the others wait for it. Says on stderr what it does. */
export async function installAmplify(): Promise<void> {
  const script = path.resolve(import.meta.dirname, "../../../../scripts/checkout-lock.mjs");
  const { acquireLock } = (await import(pathToFileURL(script).href)) as CheckoutLock;
  const lock = await acquireLock(path.join(amplifyFolder, ".install.lock"), {
    onWait: (owner) => say(`waits for another install of Amplify's libraries (process ${owner})`),
  });
  try {
    const wanted = createHash("sha256")
      .update(readFileSync(path.join(amplifyFolder, "package-lock.json")))
      .digest("hex");
    // npm empties the folder before it installs: an interrupted install leaves no stamp.
    const stamp = path.join(amplifyFolder, "node_modules", ".installed");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
    say("installs Amplify's libraries into packages/testkit/amplify-clients (about a minute) ...");
    await runNpm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    writeFileSync(stamp, wanted);
    say("installed Amplify's libraries");
  } finally {
    lock.release();
  }
}

function say(line: string): void {
  process.stderr.write(`testkit: ${line}\n`);
}

/** The npm that runs the tests; by hand the one on the path. Its output goes to stderr. */
function runNpm(args: readonly string[]): Promise<void> {
  const script = process.env.npm_execpath;
  const isNpm = script !== undefined && /^npm(-cli)?\.c?js$/.test(path.basename(script));
  const [command, first] = isNpm ? [process.execPath, [script]] : ["npm", []];
  const child = spawn(command, [...first, ...args], {
    cwd: amplifyFolder,
    stdio: ["ignore", 2, 2],
    shell: !isNpm && process.platform === "win32",
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`cannot run npm: ${error.message}`)));
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`npm could not install Amplify's libraries (exit code ${code}), see above; it needs a registry`),
        );
    });
  });
}
