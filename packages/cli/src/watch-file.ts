/**
 * Hears of changes to a file, by looking at it from time to time: that also works where editors replace the file, and on
 * mounted file systems that send no events.
 */
import { unwatchFile, watchFile as poll } from "node:fs";

const INTERVAL_MS = 300;

/** Returns the way to stop. A file that disappears is a change like any other. */
export function watchFile(file: string, onChange: () => void): () => void {
  const listener = (now: { mtimeMs: number; size: number; ino: number }, before: typeof now): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) onChange();
  };
  poll(file, { interval: INTERVAL_MS, persistent: false }, listener);
  return () => unwatchFile(file, listener);
}
