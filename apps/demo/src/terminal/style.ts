/** Colours of a terminal, or none. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Whether what is written to `stream` may hold colours: on a terminal only, and never where `NO_COLOR` holds something. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined },
): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
}

export function createStyle(hasColour: boolean): Style {
  const between =
    (begin: number, end: number) =>
    (text: string): string =>
      hasColour && text !== "" ? `\u001b[${begin}m${text}\u001b[${end}m` : text;
  return {
    bold: between(1, 22),
    dim: between(2, 22),
    red: between(31, 39),
    green: between(32, 39),
    yellow: between(33, 39),
    cyan: between(36, 39),
  };
}
