/**
 * JSON text that is equal for equal values: object keys in code-unit order, entries that are `undefined` left out.
 *
 * Not a parser's counterpart: it is only ever digested or compared.
 */

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The canonical JSON text of `value`. */
export function canonicalJson(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const entry = value[key];
      return entry === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(entry)}`];
    });
  return `{${entries.join(",")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
