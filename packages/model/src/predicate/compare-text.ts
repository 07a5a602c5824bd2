/** Text by Unicode code point: the order of UTF-8 bytes, and so of SQLite, not of UTF-16 units. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [left.charCodeAt(i), right.charCodeAt(i)];
    if (a === b) continue;
    // Where the units disagree, a surrogate stands for a code point behind all others.
    const [aIsSurrogate, bIsSurrogate] = [isSurrogate(a), isSurrogate(b)];
    return aIsSurrogate === bIsSurrogate ? a - b : aIsSurrogate ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
