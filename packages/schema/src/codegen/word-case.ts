/**
 * Letter case as Amplify's generator turns it: the words of a name are told by its capitals and by what is no letter or digit.
 */

/** `inProgress` -> `IN_PROGRESS`, `HTTPError` -> `HTTP_ERROR`. */
export function constantCase(name: string): string {
  return wordsOf(name)
    .map((word) => word.toUpperCase())
    .join("_");
}

/** `PostEditor` -> `postEditor`, `HTTPLog` -> `httpLog`. A later word that begins with a digit is set off by `_`. */
export function camelCase(name: string): string {
  return wordsOf(name)
    .map((word, i) => {
      const lower = word.toLowerCase();
      if (i === 0) return lower;
      return /^\d/.test(lower) ? `_${lower}` : `${lower.charAt(0).toUpperCase()}${lower.slice(1)}`;
    })
    .join("");
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
}
