/**
 * The place in a query where its next page begins, as an opaque text.
 *
 * It is bound to the query by a hash of what was asked, so that a token is not taken for a place in another one. It is no
 * secret and gives no rights: whoever makes one up gets what he could have asked for anyway.
 */
import { createHash } from "node:crypto";
import type { JsonValue, SortKey, Values } from "@tributary/model";
import { GatewayError } from "../gateway-error.ts";
import { isJsonObject, readJson } from "../json.ts";
import type { Arguments } from "./arguments.ts";

export type Place =
  /** Behind the record with these values of the fields that the page is ordered by. */
  | { readonly kind: "records"; readonly after: Values | null }
  /** Behind the change with this number. */
  | { readonly kind: "changes"; readonly afterSeq: number };

export interface Position {
  readonly place: Place;
  /** When the first page was begun, in ms since 1970. */
  readonly startedAt: number;
}

/** What a query asks for beside how many and from where: pages of one query have this in common. */
export function queryHash(name: string, args: Arguments): string {
  const asked = Object.entries(args).filter(
    ([argument, value]) => argument !== "limit" && argument !== "nextToken" && value !== null && value !== undefined,
  );
  return createHash("sha256")
    .update(JSON.stringify([name, asked]))
    .digest("base64url")
    .slice(0, 16);
}

export function writeToken(hash: string, { place, startedAt }: Position): string {
  const where = place.kind === "records" ? { after: place.after } : { seq: place.afterSeq };
  return Buffer.from(JSON.stringify({ query: hash, at: startedAt, ...where })).toString("base64url");
}

/** Where a query goes on, or where it begins: the time is taken before anything is read. */
export async function startOf(
  token: string | null,
  hash: () => string,
  order: readonly SortKey[],
  startedAt: () => Promise<number>,
): Promise<Position> {
  if (token === null) return { place: { kind: "records", after: null }, startedAt: await startedAt() };
  return readToken(
    token,
    hash(),
    order.map(({ field }) => field),
  );
}

/** `order` names the fields that places among records are given by. Throws for a token that was not made for this query. */
export function readToken(token: string, hash: string, order: readonly string[]): Position {
  const members = decode(token);
  if (members === null || typeof members.query !== "string") {
    throw new GatewayError("BadRequest", "nextToken is none of this API's; start without one");
  }
  if (members.query !== hash) {
    throw new GatewayError(
      "BadRequest",
      "nextToken belongs to another query; pass it with the arguments of the query that answered it, or start without one",
    );
  }
  const place = readPlace(members, order);
  const startedAt = members.at;
  if (place === null || typeof startedAt !== "number") {
    throw new GatewayError("BadRequest", "nextToken is damaged; start without one");
  }
  return { place, startedAt };
}

function decode(token: string): { readonly [key: string]: JsonValue } | null {
  if (!/^[\w-]+$/.test(token)) return null;
  const read = readJson(Buffer.from(token, "base64url").toString("utf8"));
  return read.outcome === "read" && isJsonObject(read.value) ? read.value : null;
}

function readPlace(members: { readonly [key: string]: JsonValue }, order: readonly string[]): Place | null {
  const { after, seq } = members;
  if (typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 0) return { kind: "changes", afterSeq: seq };
  if (after === null) return { kind: "records", after: null };
  if (typeof after !== "object" || Array.isArray(after)) return null;
  const values: { [field: string]: JsonValue } = {};
  for (const name of order) {
    const value = Object.entries(after).find(([field]) => field === name)?.[1];
    if (value === undefined || (typeof value === "object" && value !== null)) return null;
    values[name] = value;
  }
  return { kind: "records", after: values };
}
