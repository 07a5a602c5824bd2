/**
 * Says on stderr what is being waited for. On a terminal one line that counts in place and is gone when the work is done;
 * elsewhere nothing, unless it takes long.
 */

export interface Progress {
  /** What is under way, and how much of it is done where that is known. */
  show(what: string, done?: number, total?: number): void;
  /** Takes the line away, before anything else is written. */
  clear(): void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** ms on any clock that does not go back. */
  readonly now: () => number;
}

/** On a terminal a line is written anew at most so often. */
const REDRAW_MS = 80;
/** Where lines stay, one comes only so often. */
const LINE_EVERY_MS = 5_000;

export function createProgress({ write, isTerminal, now }: ProgressOptions): Progress {
  let what = "";
  let isShown = false;
  let lastAt = now();

  return {
    show(next, done, total) {
      const isNew = next !== what;
      what = next;
      const at = now();
      if (isTerminal ? !isNew && at - lastAt < REDRAW_MS : at - lastAt < LINE_EVERY_MS) return;
      lastAt = at;
      const line = `${what}${done === undefined || total === undefined ? "" : ` ${done} of ${total}`} ...`;
      write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
      isShown = isTerminal;
    },
    clear() {
      if (isShown) write("\r\u001b[K");
      isShown = false;
      what = "";
      lastAt = now();
    },
  };
}
