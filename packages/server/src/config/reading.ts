/** What reading one setting comes to. */

/** A value read, or what is wrong with it: the end of a sentence that begins with where it stands. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** A given value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}

/** An object that somebody wrote, whatever it holds. */
export type ReadObject = { readonly [name: string]: unknown };

export function isObject(given: unknown): given is ReadObject {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
