/** Lines of aligned columns. Widths are counted before styling, because escape codes take no room. */

export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
  readonly align?: "right";
}

const GAP = "  ";

/** One line a row, without trailing spaces. A line takes at most `width` characters: the last cell of a row is cut where it must. */
export function columns(rows: readonly (readonly Cell[])[], indent: number, width: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, { text }] of row.slice(0, -1).entries()) {
      widths[index] = Math.max(widths[index] ?? 0, text.length);
    }
  }
  return rows.map((row) => {
    let room = width - indent;
    const cells = row.map(({ text, style, align }, index) => {
      const isLast = index === row.length - 1;
      const shown = isLast ? fit(text, room) : pad(text, widths[index] ?? 0, align);
      room -= shown.length + GAP.length;
      return style === undefined ? shown : style(shown);
    });
    return `${" ".repeat(indent)}${cells.join(GAP)}`.trimEnd();
  });
}

/** The text, cut to `width` characters with an ellipsis where it is longer. */
export function fit(text: string, width: number): string {
  if (text.length <= width) return text;
  return `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}

function pad(text: string, width: number, align: Cell["align"]): string {
  return align === "right" ? text.padStart(width) : text.padEnd(width);
}
