/**
 * The first byte of a frame. Clients send 1..63, relays 64..127; no number means something in both directions, so a message
 * sent the wrong way is told from an unknown one.
 *
 * A reserved number has a settled purpose and no body yet: it is refused like an unknown one, and stays out of other use.
 */
export const clientKind = { hello: 1, push: 2, claim: 3, pull: 4, want: 5, reauthenticate: 6 } as const;

export const relayKind = {
  welcome: 64,
  page: 65,
  turn: 66,
  synced: 67,
  claimRefused: 68,
  bye: 69,
  authExpiring: 70,
} as const;

export const reservedNames: ReadonlyMap<number, string> = new Map([
  [7, "compare"],
  [8, "heal"],
  [9, "edge"],
  [10, "presence"],
  [11, "openDocument"],
  [12, "documentUpdate"],
  [13, "closeDocument"],
  [71, "compared"],
  [72, "healed"],
  [73, "edge"],
  [74, "presence"],
  [75, "documentOpened"],
  [76, "documentUpdate"],
  [77, "documentClosed"],
]);

const firstRelayKind = 64;
const firstUnusedKind = 128;

/** Why a frame of this kind is refused by the side that expects messages from `sender`. */
export function describeRefusedKind(kind: number, sender: "client" | "relay"): string {
  const actual = kind < firstRelayKind ? "client" : "relay";
  if (kind === 0 || kind >= firstUnusedKind) return `kind ${kind} is no message`;
  if (actual !== sender) return `kind ${kind} is a message of a ${actual}, sent in the wrong direction`;
  const reserved = reservedNames.get(kind);
  return reserved === undefined
    ? `kind ${kind} is unknown`
    : `kind ${kind} (${reserved}) is reserved for a later version`;
}
