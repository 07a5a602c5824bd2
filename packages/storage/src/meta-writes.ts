/** Writes to what a relay's store keeps by name. */
import type { Write } from "./adapter.ts";
import { metaTable } from "./relay-tables.ts";

export function putMeta(name: string, value: string): Write {
  return { kind: "upsert", table: metaTable.name, row: [name, value] };
}

/** Conflicts when another value stands there; for null, when any does. */
export function expectMeta(name: string, value: string | null): Write {
  return {
    kind: "expect",
    table: metaTable.name,
    key: [name],
    expect: value === null ? null : { column: "value", value },
  };
}
