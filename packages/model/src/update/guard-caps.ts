/** How much one update may hold. Checked while it is read, so that nothing is allocated for what is refused. */
export interface GuardCaps {
  readonly maxBytes: number;
  /** Yjs structs: runs of insertions or deletions by one client. */
  readonly maxStructs: number;
  /** Client ids with structs, and client ids with delete ranges, each. */
  readonly maxClients: number;
  readonly maxDeleteRanges: number;
  /** Levels of lists and objects within one value. */
  readonly maxDepth: number;
  /** Values in the update, those inside lists and objects included. */
  readonly maxNodes: number;
  /** Elements passed in search of the places of others, over all lists of the document that the update adds elements to. */
  readonly maxListSteps: number;
}

/**
 * A mebibyte holds the largest record an app should have. Depth is what JSON printers and database drivers bear without
 * trouble; clients are as many as may have written one record before it should begin a new life. To order a list takes as many
 * steps as concurrent insertions lie at the same place, squared: a thousand against a thousand, one by one, is the most. Every
 * reader of the document takes them again.
 */
export const defaultGuardCaps: GuardCaps = {
  maxBytes: 1024 * 1024,
  maxStructs: 50_000,
  maxClients: 5_000,
  maxDeleteRanges: 50_000,
  maxDepth: 64,
  maxNodes: 200_000,
  maxListSteps: 1_000_000,
};
