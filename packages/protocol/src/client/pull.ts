/** Credit: how many more base or catch-up frames the client has room for. */
import { ceilings } from "../ceilings.ts";
import { clientKind } from "../message-kind.ts";
import { encodeJsonFrame, readInteger, readObject } from "../wire/json-body.ts";

export interface Pull {
  readonly type: "pull";
  /** 1 .. 1024, added to what is left of earlier credit. */
  readonly pages: number;
}

export function encodePull({ pages }: Pull): Uint8Array {
  return encodeJsonFrame(clientKind.pull, { pages });
}

export function readPull(value: unknown): Pull {
  const { pages } = readObject(value, "pull", ["pages"]);
  return { type: "pull", pages: readInteger(pages, "pull.pages", 1, ceilings.pages) };
}
