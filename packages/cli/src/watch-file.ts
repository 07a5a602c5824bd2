/**
 * Hears of changes to a file, by looking at it from time to time: that also works where editors replace the file, and on
 * mounted file systems that send no events.
 */
import { statSync } from "node:fs";

const INTERVAL_MS = 300;

/** Hears of every change after the call. A file that disappears has changed. Returns the way to stop. */
export function watchFile(file: string, onChange: () => void): () => void {
  let seen = fingerprint(file);
  const timer = setInterval(() => {
    const now = fingerprint(file);
    if (now === seen) return;
    seen = now;
    onChange();
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function fingerprint(file: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    // Missing or unreadable: whoever reads it says so.
    return "";
  }
}
