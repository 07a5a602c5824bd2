/** Tells the story on a terminal: headings, lines, and what is being waited for. */
import type { Page } from "../report/report-edits.ts";
import { type Cell, columns } from "../terminal/columns.ts";
import type { Progress } from "../terminal/progress.ts";

export interface Narrator {
  readonly page: Page;
  readonly progress: Progress;
  /** Begins the next chapter. */
  chapter(title: string): void;
  lines(lines: readonly string[]): void;
  /** A line of somebody who does something. */
  does(who: string, what: string, style?: (text: string) => string): void;
}

/** Of the longest, which is that of the help desk. */
const NAME_WIDTH = 9;

export function createNarrator(page: Page, progress: Progress, write: (text: string) => void): Narrator {
  let chapters = 0;
  const lines = (all: readonly string[]): void => {
    progress.clear();
    for (const line of all) write(`${line}\n`);
  };
  return {
    page,
    progress,
    lines,
    chapter(title) {
      chapters += 1;
      lines(["", page.style.bold(`${chapters}  ${title}`)]);
    },
    does(who, what, style) {
      const cells: Cell[] = [
        { text: who.padEnd(NAME_WIDTH), style: page.style.bold },
        { text: what, ...(style === undefined ? {} : { style }) },
      ];
      lines(columns([cells], 3, page.width));
    },
  };
}
