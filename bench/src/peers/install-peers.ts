/** Installs the peers into their own package, on first use and after its list changed. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export async function installPeers(folder: string, say: (line: string) => void): Promise<void> {
  const wanted = readFileSync(path.join(folder, "package.json"), "utf8");
  const stamp = path.join(folder, "node_modules", ".installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installs the peers into bench/peers (a minute or two)");
  await run(folder, [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--legacy-peer-deps",
    "--loglevel=error",
  ]);
  writeFileSync(stamp, wanted);
}

/** npm, as it runs this script; by hand the one on the path. Its output goes to stderr. */
function run(cwd: string, args: readonly string[]): Promise<void> {
  const script = process.env.npm_execpath;
  const [command, first] = script === undefined ? ["npm", []] : [process.execPath, [script]];
  const child = spawn(command, [...first, ...args], { cwd, stdio: ["ignore", 2, 2] });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`cannot run npm: ${error.message}`)));
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm could not install the peers (exit code ${code}); run without --peers, or see above`));
    });
  });
}
