/** Which fields the relay keeps a time in; others of these names are left to the app. */
import type { FieldType } from "./description.ts";

export function holdsTime({ type, isList }: { readonly type: FieldType | null; readonly isList: boolean }): boolean {
  return type?.kind === "scalar" && (type.name === "AWSDateTime" || type.name === "String") && !isList;
}
