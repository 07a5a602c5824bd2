/** A new folder in a side's own, and its end. */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

export function freshFolder(parent: string): string {
  return mkdtempSync(path.join(parent, "s-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
