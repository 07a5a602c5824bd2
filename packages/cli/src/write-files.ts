/**
 * Writes several files into a folder, each whole or not at all: all are written beside their places first, and moved there when
 * that has succeeded.
 */
import { randomUUID } from "node:crypto";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeDirectory } from "@tributary/server/make-directory";
import { CommandError } from "./command-error.ts";

export interface FileToWrite {
  /** Its place in the folder, with `/` between parts. */
  readonly name: string;
  readonly text: string;
}

/** The paths of the files, in their order. Missing folders are made. Throws a `CommandError` when a file cannot be written. */
export function writeFiles(folder: string, files: readonly FileToWrite[]): readonly string[] {
  const moves = files.map(({ name, text }) => {
    const target = path.join(folder, name);
    return { text, target, draft: path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`) };
  });
  const drafts: string[] = [];
  try {
    for (const { target } of moves) refuseFolder(target);
    for (const { text, draft } of moves) {
      makeDirectory(path.dirname(draft));
      drafts.push(draft);
      writeFileSync(draft, text, { flag: "wx" });
    }
    for (const { draft, target } of moves) renameSync(draft, target);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${folder} cannot be written to (${reason}); name another folder with --out`, {
      cause: error,
    });
  } finally {
    for (const draft of drafts) removeIfThere(draft);
  }
  return moves.map(({ target }) => target);
}

function removeIfThere(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // It could not be made either, and that is what the caller hears of.
  }
}

function refuseFolder(target: string): void {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new CommandError(`${target} is a directory where a file is to be written; remove it`);
}
