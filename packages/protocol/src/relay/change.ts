/**
 * A committed change as a session sees it. It is encoded once, however many sessions get it, and copied into their turns.
 *
 * A `gone` carries nothing but which facet of which record it is about: its other fields do not travel.
 */
import { ceilings } from "../ceilings.ts";
import type { FrameReader } from "../wire/frame-reader.ts";
import { FrameWriter } from "../wire/frame-writer.ts";

export interface Change {
  /**
   * - `update`: to be merged into what the client holds in this life.
   * - `state`: the whole document of the facet, which holds all that came before in this life.
   * - `tombstone`: the record is deleted.
   * - `gone`: the session may not see it any more, or it does not exist; facet 0 is the whole record, another one that facet.
   */
  readonly kind: "update" | "state" | "tombstone" | "gone";
  /** Place of the model in `welcome.models`. */
  readonly model: number;
  readonly key: string;
  readonly facet: number;
  readonly life: number;
  readonly version: number;
  /** `_lastChangedAt`: ms since 1970. */
  readonly at: number;
  /** Creation of this life: ms since 1970. */
  readonly createdAt: number;
  /** JSON array text of the stored fields' values after the change, as in a page and on its terms; null when not sent. */
  readonly row: string | null;
  /** Yjs update v1; of `update` and `state` only, null else. */
  readonly update: Uint8Array | null;
}

/** Flags, model, key of one byte, facet. */
export const minChangeBytes = 5;

/** Place in this list is the number on the wire. */
const kinds = ["update", "state", "tombstone", "gone"] as const satisfies readonly Change["kind"][];
const kindMask = 3;
const hasRow = 4;

/** The change as `encodeTurn` takes it. Throws RangeError for a change whose kind and update do not go together. */
export function encodeChange(change: Change): Uint8Array {
  const { kind, model, key, facet, life, version, at, createdAt, row, update } = change;
  const writer = new FrameWriter(56 + key.length + (row?.length ?? 0) + (update?.length ?? 0));
  const sendsRow = row !== null && kind !== "gone";
  writer.byte(kinds.indexOf(kind) | (sendsRow ? hasRow : 0));
  writer.integer(model);
  writer.text(key);
  writer.integer(facet);
  if (kind === "gone") return writer.finish();
  writer.integer(life);
  writer.integer(version);
  writer.integer(at);
  writer.integer(createdAt);
  if (sendsRow) writer.text(row);
  if (hasUpdate(kind) !== (update !== null)) {
    throw new RangeError(`cannot encode the ${kind} of record ${key}: it has ${update === null ? "no" : "an"} update`);
  }
  if (update !== null) writer.bytes(update);
  return writer.finish();
}

export function readChange(reader: FrameReader): Change {
  const flags = reader.flags("a change's flags", kindMask | hasRow);
  const kind = kinds[flags & kindMask] ?? "gone";
  const model = reader.integer("a change's model");
  const key = reader.name("a change's key", ceilings.relayFrameBytes);
  const facet = reader.integer("a change's facet", ceilings.facets - 1);
  if (kind === "gone") {
    if ((flags & hasRow) !== 0) throw reader.malformed("a gone has a row");
    return { kind, model, key, facet, life: 0, version: 0, at: 0, createdAt: 0, row: null, update: null };
  }
  return {
    kind,
    model,
    key,
    facet,
    life: reader.integer("a change's life"),
    version: reader.integer("a change's version"),
    at: reader.integer("a change's time"),
    createdAt: reader.integer("a change's creation"),
    row: (flags & hasRow) === 0 ? null : reader.name("a change's row", ceilings.relayFrameBytes),
    update: hasUpdate(kind) ? reader.bytes("a change's update", ceilings.relayFrameBytes) : null,
  };
}

function hasUpdate(kind: Change["kind"]): boolean {
  return kind === "update" || kind === "state";
}
