/**
 * A document as Yjs reads it: for what needs the order of a list's elements. Loading costs several times what the struct store
 * does, so this is only for documents in which a list was edited.
 */
import { applyUpdate, Doc, type Array as YArray } from "yjs";
import type { JsonValue } from "../json-value.ts";
import { encodeBeyond, type StructStore } from "./struct-store.ts";

/** Elements that one client inserted one behind the other, deleted ones included. */
export interface ElementRun {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

export interface LoadedDocument {
  list(root: string): YArray<JsonValue>;
  elements(root: string): readonly JsonValue[];
  /** All runs of a root in the order of the list. */
  order(root: string): ElementRun[];
  /** Runs `edit` as `clientId` and answers the update it makes; null when it changed nothing. */
  edit(clientId: number, edit: () => void): Uint8Array | null;
}

/** Loads a document when it is first asked for. */
export function loaderOf(store: StructStore): () => LoadedDocument {
  let loaded: LoadedDocument | null = null;
  return () => {
    loaded ??= loadDocument(encodeBeyond(store, new Map()));
    return loaded;
  };
}

/** `update` is format v1 and holds a whole document. */
function loadDocument(update: Uint8Array): LoadedDocument {
  // Without a guid of ours Yjs draws a random one, which costs more than everything else here.
  const doc = new Doc({ guid: "record" });
  applyUpdate(doc, update);
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
    throw new Error("a document builds on changes that it does not hold; fetch the record anew");
  }
  const list = (root: string): YArray<JsonValue> => doc.getArray<JsonValue>(root);
  return {
    list,
    elements: (root) => list(root).toArray(),
    order(root) {
      const runs: ElementRun[] = [];
      for (let item = list(root)._start; item !== null; item = item.right) {
        runs.push({ client: item.id.client, clock: item.id.clock, length: item.length });
      }
      return runs;
    },
    edit(clientId, edit) {
      let made: Uint8Array | null = null;
      const keep = (bytes: Uint8Array): void => {
        made = bytes;
      };
      // Set right before writing: Yjs draws another id when it meets structs of its own while loading.
      doc.clientID = clientId;
      doc.on("update", keep);
      doc.transact(edit);
      doc.off("update", keep);
      return made;
    },
  };
}
