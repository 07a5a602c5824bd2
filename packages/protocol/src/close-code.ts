/**
 * Codes a relay closes a socket with. 4xxx are the protocol's own and keep HTTP's meaning in their last three digits.
 *
 * Only `ok`, `goingAway`, `tryAgain`, `takenOver` and `helloTimeout` come to a client without a fault; PROTOCOL.md says what
 * each asks of it.
 */
export const CloseCode = {
  /** The side that closes is done. */
  ok: 1000,
  /** The relay stops. Reconnect. */
  goingAway: 1001,
  /** The reader was too slow, or the relay is overloaded. Reconnect after the pause and resume. */
  tryAgain: 1013,
  /** A frame did not decode, came in the wrong direction or at the wrong time. */
  malformed: 4400,
  /** The credential is missing, wrong or expired. */
  unauthenticated: 4401,
  /** The identity may not connect here at all. */
  forbidden: 4403,
  /** The other side speaks another version. */
  unsupportedVersion: 4406,
  /** No hello within the time allowed. */
  helloTimeout: 4408,
  /** A later socket of the same replica took over. */
  takenOver: 4409,
  /** A frame or a count in it is over a limit. */
  tooLarge: 4413,
  /** The session kept sending what was refused. */
  tooManyRefusals: 4429,
} as const;

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
