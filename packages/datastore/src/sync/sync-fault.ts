/** A connection that ended in a way that somebody has to look at. */
export class SyncFault extends Error {
  /** The close code: one of the protocol's, or `NO_RELAY`. */
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.name = "SyncFault";
    this.code = code;
  }
}
