// Makes a checkout ready to run: installs what package-lock.json names when node_modules does not hold it yet, proves
// that the native SQLite driver loads, and builds. Runs before `npm start`, `npm test`, `npm run demo` and
// `npm run bench`. Uses Node's own modules only, because nothing else is there yet.
//
// Writes to stderr: stdout belongs to the command that follows.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { acquireLock } from "./checkout-lock.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const stampFile = path.join(root, "node_modules", ".tributary-installed");
const progressEveryMs = process.stderr.isTTY ? 1_000 : 10_000;

/** A reason to stop that the reader can act upon: printed without a stack. */
class BootstrapError extends Error {}

function say(line) {
  process.stderr.write(`tributary: ${line}\n`);
}

async function bootstrap() {
  assertNodeVersion();
  const lock = await acquireLock(path.join(root, ".bootstrap.lock"), {
    onWait: (owner) => say(`waiting for another install or build of this checkout (process ${owner})`),
  });
  try {
    if (installedStamp() !== wantedStamp()) await makeInstalled();
    await build();
  } finally {
    lock.release();
  }
}

function assertNodeVersion() {
  const wanted = readPackageJson(root).engines.node;
  const [wantedMajor, wantedMinor] = wanted.replace(/^>=/, "").split(".").map(Number);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new BootstrapError(`Node ${wanted} is needed, this is Node ${process.versions.node}: install a newer Node.`);
}

/** What an install depends on: the locked versions, and the platform that native code is compiled for. */
function wantedStamp() {
  return createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .update(JSON.stringify([process.versions.modules, process.platform, process.arch]))
    .digest("hex");
}

function installedStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}

async function makeInstalled() {
  // Somebody may have run npm by hand; then all that is missing is the stamp.
  if (!holdsLockedVersions() || whyNoSqlite() !== undefined) await install();
  writeFileSync(stampFile, wantedStamp());
}

/** Compares the lock with the list that npm keeps in node_modules of what it put there. */
function holdsLockedVersions() {
  const installedFile = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages;
  const locked = Object.entries(readJson(path.join(root, "package-lock.json")).packages);
  return locked.every(([location, wanted]) => {
    if (!location.includes("node_modules/")) return true;
    const found = installed[location];
    if (!found) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity && found.link === wanted.link;
  });
}

async function install() {
  const { command, args } = npmCommand();
  await run("installing dependencies (about a minute when SQLite has to be compiled)", command, [
    ...args,
    "ci",
    "--include=dev",
    "--no-progress",
  ]);
  const reason = whyNoSqlite();
  if (reason === undefined) return;
  // npm can skip install scripts and still exit 0; then the driver's native part is missing.
  const cure =
    process.env.npm_config_ignore_scripts === "true"
      ? "npm is set to ignore install scripts: run `npm config delete ignore-scripts`, then `npm rebuild better-sqlite3`"
      : "with Python 3, make and a C++ compiler at hand run `npm rebuild better-sqlite3`; " +
        "if npm says that its install script was skipped, run `npm install-scripts approve better-sqlite3` first";
  throw new BootstrapError(`better-sqlite3 was installed but does not load (${reason}): ${cure}.`);
}

/** Why the native SQLite driver does not load; undefined when it does. */
function whyNoSqlite() {
  try {
    const requireFromStorage = createRequire(path.join(root, "packages", "storage", "package.json"));
    const Database = requireFromStorage("better-sqlite3");
    new Database(":memory:").close();
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split("\n")[0];
  }
}

/** The npm that started this script; by hand (`node scripts/bootstrap.mjs`) the one on the path. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /^npm(-cli)?\.c?js$/.test(path.basename(script))) return { command: process.execPath, args: [script] };
  return { command: process.platform === "win32" ? "npm.cmd" : "npm", args: [] };
}

/**
 * node-gyp downloads Node's headers unless it is told where they are, and so fails offline. This name of the setting is
 * the one that npm passes on without a warning.
 */
function withLocalHeaders(env) {
  const prefix = path.resolve(path.dirname(process.execPath), "..");
  if (!existsSync(path.join(prefix, "include", "node", "node.h"))) return env;
  return { npm_package_config_node_gyp_nodedir: prefix, ...env };
}

async function build() {
  const typescript = path.join(root, "node_modules", "typescript");
  const compiler = path.join(typescript, readPackageJson(typescript).bin.tsc);
  await run("building", process.execPath, [compiler, "--build"]);
}

function readPackageJson(folder) {
  return readJson(path.join(folder, "package.json"));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Runs a command with its output on stderr. Says what it does at once, and for how long it has been at it. */
function run(title, command, args) {
  const startedAt = Date.now();
  say(`${title} ...`);
  const ticker = setInterval(() => {
    const line = `${title} ... ${Math.round((Date.now() - startedAt) / 1_000)} s`;
    // On a terminal the line counts in place; what follows it overwrites it.
    if (process.stderr.isTTY) process.stderr.write(`tributary: ${line}\r`);
    else say(line);
  }, progressEveryMs);
  const child = spawn(command, args, {
    cwd: root,
    env: withLocalHeaders(process.env),
    stdio: ["ignore", 2, 2],
    shell: command.endsWith(".cmd"),
  });
  const passOn = (signal) => child.kill(signal);
  process.on("SIGINT", passOn).on("SIGTERM", passOn);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new BootstrapError(`${title}: cannot run ${command}: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new BootstrapError(`${title} failed (${signal ?? `exit code ${code}`}), see above.`));
    });
  }).finally(() => {
    clearInterval(ticker);
    process.off("SIGINT", passOn).off("SIGTERM", passOn);
  });
}

try {
  await bootstrap();
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  say(error.message);
  // The last line of `npm test` says how it went, also when it does not come to the tests.
  if (process.env.npm_lifecycle_event === "pretest") process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = 1;
}
