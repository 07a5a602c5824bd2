/** The words of a text, as a search compares them. */

/** In order, folded: small letters, without the marks that a Latin letter bears. */
export function wordsOf(text: string): string[] {
  const folded = text
    .normalize("NFD")
    .replace(/(?<=\p{Script=Latin})\p{Mn}+/gu, "")
    .normalize("NFC")
    .toLowerCase();
  return folded.match(/[\p{L}\p{N}\p{Co}\p{M}]+/gu) ?? [];
}
