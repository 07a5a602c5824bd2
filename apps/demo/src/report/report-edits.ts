/** Who wrote what when: a line an edit. */
import { helpDesk, type Written } from "../scenario/edit.ts";
import { type Cell, columns } from "../terminal/columns.ts";
import type { Style } from "../terminal/style.ts";
import { describeChange, describeRecord, describeTime } from "./describe.ts";

export interface Page {
  readonly style: Style;
  /** Characters in a line. */
  readonly width: number;
}

/** The columns that say when, who, and whether out of reach. As wide everywhere, so that all lists of edits line up. */
export function writerCells({ at, by, isOffline }: Written, style: Style): Cell[] {
  return [
    { text: describeTime(at), style: style.dim },
    { text: by.padEnd(helpDesk.length), style: style.bold },
    { text: isOffline ? OFFLINE : " ".repeat(OFFLINE.length), style: style.yellow },
  ];
}

const OFFLINE = "offline";

export function reportEdits(written: readonly Written[], { style, width }: Page): string[] {
  const rows = written.map((one): Cell[] => [
    ...writerCells(one, style),
    { text: describeRecord(one.record), style: style.cyan },
    { text: describeChange(one.change) },
  ]);
  return columns(rows, 3, width);
}
