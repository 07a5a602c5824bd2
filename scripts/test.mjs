// `npm test`: format and lint, the types of the tests, then every vitest project. The last line is
// `N passed, N failed`, in which each of the two checks counts as one.
//
// `npm test -- args` hands args to vitest (a path, `--project fuzz`, `-t title`) and leaves the two checks out.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(path.join(root, "package.json"));

/** Runs the command of an installed package, its output on ours, and returns its exit code. */
function runTool(packageName, command, args, env = process.env) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  const script = path.join(path.dirname(manifest), bin[command]);
  const { status, signal, error } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  if (error) throw error;
  if (signal) process.exit(1);
  return status;
}

function check(title, packageName, command, args) {
  process.stdout.write(`${title} ...\n`);
  const ok = runTool(packageName, command, args) === 0;
  process.stdout.write(`${title}: ${ok ? "ok" : "failed"}\n\n`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function runVitest(args) {
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-test-"));
  const totalsFile = path.join(folder, "totals.json");
  try {
    const reporters = args.some((arg) => arg.startsWith("--reporter"))
      ? ["--reporter=./scripts/totals-reporter.mjs"]
      : [];
    const code = runTool("vitest", "vitest", ["run", "--config", "vitest.workspace.ts", ...args, ...reporters], {
      ...process.env,
      TRIBUTARY_TEST_TOTALS: totalsFile,
    });
    const totals = existsSync(totalsFile) ? JSON.parse(readFileSync(totalsFile, "utf8")) : { passed: 0, failed: 0 };
    // Vitest can fail without a failed test: a broken configuration, a coverage threshold, a crash.
    if (code !== 0 && totals.failed === 0) totals.failed = 1;
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
const results = [];
if (args.length === 0) {
  results.push(check("format and lint", "@biomejs/biome", "biome", ["check", "--error-on-warnings"]));
  results.push(check("types of sources and tests", "typescript", "tsc", ["--build", "tsconfig.test.json"]));
}
results.push(runVitest(args));

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
