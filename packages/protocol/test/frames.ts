/** Frames by hand, and what decoding them comes to. */
import { type CloseCode, decodeClientMessage, decodeRelayMessage, defaultLimits, ProtocolError } from "../src/index.ts";

export type Side = "client" | "relay";

/** Decodes a frame that this side sent. */
export function decode(side: Side, frame: Uint8Array): unknown {
  return side === "client" ? decodeClientMessage(frame, defaultLimits) : decodeRelayMessage(frame);
}

/** The close code that a frame ends a session with; null when it decodes. Anything but a ProtocolError is thrown on. */
export function refusalOf(side: Side, frame: Uint8Array, limits = defaultLimits): CloseCode | null {
  return (
    problemOf(() => (side === "client" ? decodeClientMessage(frame, limits) : decodeRelayMessage(frame)))?.code ?? null
  );
}

/** What `action` was refused with; null when it was not. Anything but a ProtocolError is thrown on. */
export function problemOf(action: () => unknown): ProtocolError | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** A kind byte and what follows it: numbers as bytes, texts with their length, lists of bytes as they are. */
export function frame(kind: number, ...parts: readonly (number | string | ArrayLike<number>)[]): Uint8Array {
  const pieces = parts.map((part) => {
    if (typeof part === "number") return [part];
    if (typeof part !== "string") return part;
    const text = new TextEncoder().encode(part);
    return [text.length, ...text];
  });
  const made = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 1));
  made[0] = kind;
  let at = 1;
  for (const piece of pieces) {
    made.set(piece, at);
    at += piece.length;
  }
  return made;
}

/** A kind byte and JSON text. */
export function jsonFrame(kind: number, body: unknown): Uint8Array {
  return frame(kind, new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)));
}

export function toHex(frame: Uint8Array): string {
  return Buffer.from(frame).toString("hex");
}
