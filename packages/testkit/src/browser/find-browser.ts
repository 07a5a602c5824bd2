/**
 * A Chromium for tests that need one: the one that `TRIBUTARY_BROWSER` names, else one on the path, else Debian's, installed where
 * the tests run as root, as they do where nothing but the tests runs. Elsewhere that is for whoever owns the machine to do.
 */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import process from "node:process";

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Installs Chromium, so that it is on the path then. Null where that cannot be. */
  readonly install: (() => Promise<void>) | null;
}

/** As distributions call it. */
const names = ["chromium", "chromium-browser", "google-chrome"];

const installLine = "apt-get update && apt-get install -y --no-install-recommends chromium";

export function thisMachine(): Machine {
  const canInstall = isExecutable("/usr/bin/apt-get") && process.getuid?.() === 0;
  return { env: process.env, install: canInstall ? installWithApt : null };
}

/** Whether whoever runs the tests wants those left out that need a browser. */
export function isWithoutBrowser({ env }: Pick<Machine, "env"> = thisMachine()): boolean {
  return env.TRIBUTARY_BROWSER === "none";
}

/** The path of its executable. Rejects with what to do when there is none. */
export async function findBrowser(machine: Machine = thisMachine()): Promise<string> {
  const { TRIBUTARY_BROWSER: given = "", PATH = "" } = machine.env;
  if (given !== "") {
    if (isExecutable(given)) return given;
    throw new Error(`TRIBUTARY_BROWSER names ${given}, which cannot be run`);
  }
  const found = browserOn(PATH);
  if (found !== null) return found;
  if (machine.install === null) {
    throw new Error(
      `this test needs Chromium: install it (on Debian, as root: ${installLine}), name one in TRIBUTARY_BROWSER, or leave ` +
        "such tests out with TRIBUTARY_BROWSER=none",
    );
  }
  await machine.install();
  const installed = browserOn(PATH);
  if (installed === null) throw new Error("Chromium was installed, and is not on the path");
  return installed;
}

function browserOn(folders: string): string | null {
  const files = folders
    .split(path.delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  return files.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Says on stderr what it does. The output of apt is long, and told only when it fails. */
async function installWithApt(): Promise<void> {
  process.stderr.write("testkit: installs Debian's Chromium with apt-get (some 15 s) ...\n");
  // Others may be installing something, too.
  const line = installLine.replaceAll("apt-get", "apt-get -qq -o DPkg::Lock::Timeout=120");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const child = spawn("/bin/sh", ["-c", line], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += String(chunk);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`apt-get could not install Chromium (exit code ${code}):\n${output.slice(-2_000)}`);
}
