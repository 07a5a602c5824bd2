/**
 * Makes a directory with its parents.
 *
 * Node's own way, `mkdirSync` with `recursive`, never returns where a file system answers ENOENT although the parent is there, as
 * /proc does.
 */
import { mkdirSync, statSync } from "node:fs";
import path from "node:path";

/** One that is there is left as it is. `mode` is that of all that are made. Throws the error of the system call that failed. */
export function makeDirectory(directory: string, mode = 0o777): void {
  const place = path.resolve(directory);
  const parent = path.dirname(place);
  if (parent !== place && !isDirectory(parent)) makeDirectory(parent, mode);
  try {
    mkdirSync(place, mode);
  } catch (error) {
    if (!isDirectory(place)) throw error;
  }
}

function isDirectory(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
