/**
 * `text` as it may travel in an explanation: at most `maxUnits` UTF-16 units, so at most three times as many bytes, and no
 * half of a surrogate pair. Explanations quote what was sent; they must never be what makes a frame undecodable.
 */
export function cutText(text: string, maxUnits: number): string {
  const short = text.length <= maxUnits ? text : `${text.slice(0, maxUnits - 1)}…`;
  return short.replace(/[\uD800-\uDFFF]/gu, "\uFFFD");
}
