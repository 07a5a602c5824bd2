/** All that a client may say, and its frames. */
import { ceilings } from "../ceilings.ts";
import type { Limits } from "../limits.ts";
import { clientKind, describeRefusedKind } from "../message-kind.ts";
import { parseJsonBody } from "../wire/json-body.ts";
import { malformed, tooLarge } from "../wire/malformed.ts";
import { type Claim, encodeClaim, readClaim } from "./claim.ts";
import { encodeHello, type Hello, readHello } from "./hello.ts";
import { encodePull, type Pull, readPull } from "./pull.ts";
import { encodePush, type Push, readPush } from "./push.ts";
import { encodeReauthenticate, type Reauthenticate, readReauthenticate } from "./reauthenticate.ts";
import { encodeWant, readWant, type Want } from "./want.ts";

export type ClientMessage = Hello | Push | Claim | Pull | Want | Reauthenticate;

const shallow = { maxDepth: 4, maxNodes: 16 };
const nested = { maxDepth: ceilings.jsonDepth, maxNodes: ceilings.jsonNodes };

/** The frame of a message. Throws RangeError for a number or string of a binary body that no frame can carry: a fault of the caller. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.type) {
    case "hello":
      return encodeHello(message);
    case "push":
      return encodePush(message);
    case "claim":
      return encodeClaim(message);
    case "pull":
      return encodePull(message);
    case "want":
      return encodeWant(message);
    case "reauthenticate":
      return encodeReauthenticate(message);
  }
}

/**
 * The message in a frame that a client sent. Byte arrays in it are views into `frame`: who keeps one longer than the frame
 * copies it.
 *
 * Throws ProtocolError, and nothing else: `malformed`, `tooLarge`, or `unsupportedVersion` for a hello of another version.
 */
export function decodeClientMessage(frame: Uint8Array, limits: Limits): ClientMessage {
  const kind = frame[0];
  if (kind === undefined) throw malformed("an empty frame is no message");
  assertSize(frame, "a frame", limits.maxFrameBytes);
  switch (kind) {
    case clientKind.hello:
      assertSize(frame, "hello", limits.maxHelloBytes);
      return readHello(parseJsonBody(frame, "hello", nested));
    case clientKind.push:
      return readPush(frame, limits);
    case clientKind.claim:
      return readClaim(parseJsonBody(frame, "claim", shallow), limits);
    case clientKind.pull:
      return readPull(parseJsonBody(frame, "pull", shallow));
    case clientKind.want:
      return readWant(parseJsonBody(frame, "want", { maxDepth: 4, maxNodes: wantNodes(limits) }), limits);
    case clientKind.reauthenticate:
      assertSize(frame, "reauthenticate", limits.maxHelloBytes);
      return readReauthenticate(parseJsonBody(frame, "reauthenticate", { maxDepth: 4, maxNodes: 128 }));
    default:
      throw malformed(describeRefusedKind(kind, "client"));
  }
}

/** A record is counted three times: its bracket, the comma within and the comma behind it. */
function wantNodes(limits: Limits): number {
  return 8 + 3 * limits.maxWantRecords;
}

function assertSize(frame: Uint8Array, what: string, max: number): void {
  if (frame.length > max) throw tooLarge(`${what} of ${frame.length} bytes is over the limit of ${max}`);
}
