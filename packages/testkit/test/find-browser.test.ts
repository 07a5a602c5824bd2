import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findBrowser, isWithoutBrowser } from "../src/browser/find-browser.ts";
import { tempFolder } from "./temp-folder.ts";

/** A folder with executables of these names. */
function folderWith(...names: string[]): string {
  const folder = path.join(tempFolder(), "bin");
  mkdirSync(folder);
  for (const name of names) executable(path.join(folder, name));
  return folder;
}

function executable(file: string): void {
  writeFileSync(file, "");
  chmodSync(file, 0o755);
}

const never = async (): Promise<void> => expect.unreachable("nothing is to be installed");

describe("findBrowser", () => {
  it("BROWSER-1 takes the one that is named, and no other", async () => {
    const PATH = folderWith("chromium");
    const named = path.join(folderWith("my-browser"), "my-browser");
    expect(await findBrowser({ env: { PATH, TRIBUTARY_BROWSER: named }, install: never })).toBe(named);
    const missing = { env: { PATH, TRIBUTARY_BROWSER: "/no/such/browser" }, install: never };
    await expect(findBrowser(missing)).rejects.toThrow("TRIBUTARY_BROWSER names /no/such/browser, which cannot be run");
  });

  it("BROWSER-1 takes the first on the path that can be run", async () => {
    const unusable = folderWith();
    writeFileSync(path.join(unusable, "chromium"), "");
    const [first, second] = [folderWith("google-chrome"), folderWith("chromium")];
    const PATH = ["", unusable, folderWith("other"), first, second].join(path.delimiter);
    expect(await findBrowser({ env: { PATH, TRIBUTARY_BROWSER: "" }, install: never })).toBe(
      path.join(first, "google-chrome"),
    );
  });

  it("BROWSER-1 installs one where that can be, once", async () => {
    const PATH = folderWith();
    let installs = 0;
    const install = async (): Promise<void> => {
      installs += 1;
      executable(path.join(PATH, "chromium"));
    };
    for (let i = 0; i < 2; i += 1) {
      expect(await findBrowser({ env: { PATH }, install })).toBe(path.join(PATH, "chromium"));
    }
    expect(installs).toBe(1);
    const inVain = { env: { PATH: folderWith() }, install: async () => {} };
    await expect(findBrowser(inVain)).rejects.toThrow("is not on the path");
  });

  it("BROWSER-1 elsewhere says what to do; without a browser is who says so", async () => {
    const env = { PATH: folderWith() };
    await expect(findBrowser({ env, install: null })).rejects.toThrow(
      /apt-get install -y --no-install-recommends chromium.*TRIBUTARY_BROWSER=none/,
    );
    expect([isWithoutBrowser({ env }), isWithoutBrowser({ env: { TRIBUTARY_BROWSER: "none" } })]).toEqual([
      false,
      true,
    ]);
  });
});
