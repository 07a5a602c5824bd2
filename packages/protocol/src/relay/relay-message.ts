/** All that a relay may say, and its frames. */
import { ceilings } from "../ceilings.ts";
import { describeRefusedKind, relayKind } from "../message-kind.ts";
import { parseJsonBody } from "../wire/json-body.ts";
import { malformed, tooLarge } from "../wire/malformed.ts";
import { type AuthExpiring, encodeAuthExpiring, readAuthExpiring } from "./auth-expiring.ts";
import { type Bye, encodeBye, readBye } from "./bye.ts";
import { encodeChange } from "./change.ts";
import { type ClaimRefused, encodeClaimRefused, readClaimRefused } from "./claim-refused.ts";
import { encodePage, type Page, readPage } from "./page.ts";
import { encodeSynced, readSynced, type Synced } from "./synced.ts";
import { encodeTurn, readTurn, type Turn } from "./turn.ts";
import { encodeWelcome, readWelcome, type Welcome } from "./welcome.ts";

export type RelayMessage = Welcome | Page | Turn | Synced | ClaimRefused | Bye | AuthExpiring;

const shallow = { maxDepth: 4, maxNodes: 64 };
/** Models with their counts, and the facets of those that have more than one. */
const listing = { maxDepth: 4, maxNodes: 64 + 16 * ceilings.models };

/** The frame of a message. Throws RangeError for a number or string of a binary body that no frame can carry: a fault of the caller. */
export function encodeRelayMessage(message: RelayMessage): Uint8Array {
  switch (message.type) {
    case "welcome":
      return encodeWelcome(message);
    case "page":
      return encodePage(message);
    case "turn":
      return encodeTurn({ ...message, changes: message.changes.map(encodeChange) });
    case "synced":
      return encodeSynced(message);
    case "claimRefused":
      return encodeClaimRefused(message);
    case "bye":
      return encodeBye(message);
    case "authExpiring":
      return encodeAuthExpiring(message);
  }
}

/**
 * The message in a frame that a relay sent. Byte arrays in it are views into `frame`: who keeps one longer than the frame
 * copies it.
 *
 * Throws ProtocolError, and nothing else: `malformed`, or `tooLarge` for a frame or count over a ceiling.
 */
export function decodeRelayMessage(frame: Uint8Array): RelayMessage {
  const kind = frame[0];
  if (kind === undefined) throw malformed("an empty frame is no message");
  if (frame.length > ceilings.relayFrameBytes) {
    throw tooLarge(`a frame of ${frame.length} bytes is over the limit of ${ceilings.relayFrameBytes}`);
  }
  switch (kind) {
    case relayKind.welcome:
      return readWelcome(parseJsonBody(frame, "welcome", listing));
    case relayKind.page:
      return readPage(frame);
    case relayKind.turn:
      return readTurn(frame);
    case relayKind.synced:
      return readSynced(parseJsonBody(frame, "synced", shallow));
    case relayKind.claimRefused:
      return readClaimRefused(parseJsonBody(frame, "claimRefused", shallow));
    case relayKind.bye:
      return readBye(parseJsonBody(frame, "bye", shallow));
    case relayKind.authExpiring:
      return readAuthExpiring(parseJsonBody(frame, "authExpiring", shallow));
    default:
      throw malformed(describeRefusedKind(kind, "relay"));
  }
}
