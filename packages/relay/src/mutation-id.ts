/** What a GraphQL mutation is known by when it comes again (Q1): who asked for what. */
import { createHash } from "node:crypto";
import type { RecordWrite } from "./relay-port.ts";

/** Null for a write that is not to be known again. */
export function mutationId(principal: string, { model, asked = null }: RecordWrite, key: string): string | null {
  if (asked === null) return null;
  return createHash("sha256")
    .update(JSON.stringify([principal, model, key, asked]))
    .digest("base64url")
    .slice(0, 32);
}
