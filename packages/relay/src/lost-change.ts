/**
 * A change that lost everything it wrote: a version and an entry in the feed, and a document as it was.
 *
 * AppSync counts a merge also when the stored values win all of it; a client that named an older version hears of the present
 * one in that way.
 */
import { foldDocument, projectRow } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { RelayRecord } from "@tributary/storage";
import type { AcceptedChange } from "./judge-change.ts";
import { hasLists } from "./list-steps.ts";

/** `at` is the time of its commit. The record is live. */
export function lostChange(model: ModelDescription, current: RelayRecord, at: number): AcceptedChange {
  const folds = current.documents.flatMap((document, facet) =>
    document === null ? [] : [foldDocument(model, facet, document)],
  );
  const values = projectRow(model, folds, { createdAt: current.createdAt, changedAt: at });
  return {
    outcome: "accepted",
    operation: "update",
    facet: 0,
    update: nothing,
    lists: hasLists(model) ? {} : null,
    after: { ...current, values, version: current.version + 1, seq: 0, changedAt: at },
  };
}

/** A Yjs update without structs and deletions. */
const nothing = new Uint8Array([0, 0]);
