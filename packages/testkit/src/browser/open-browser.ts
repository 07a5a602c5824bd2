/** Chromium without a screen, on a profile of its own that goes with it. */
import process from "node:process";
import { type Browser, chromium } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

/** It reaches nobody of itself, so that all that is loaded is what a page asks for. */
const args = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  // Chromium does not run its sandbox as root.
  const chromiumSandbox = process.getuid?.() !== 0;
  return chromium.launch({ executablePath, headless: true, args, chromiumSandbox });
}
