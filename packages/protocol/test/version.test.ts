import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { ceilings } from "../src/ceilings.ts";
import { CloseCode, encodeClientMessage, encodeRelayMessage, PROTOCOL_VERSION } from "../src/index.ts";
import { clientKind, relayKind, reservedNames } from "../src/message-kind.ts";
import { refusalCodes } from "../src/relay/answer.ts";
import { answers, changes, clientExemplars, relayExemplars } from "./exemplars.ts";
import { toHex } from "./frames.ts";

/**
 * The hash of all shapes, by version. A version that was released never gets another hash: whoever changes a shape adds a
 * version, and a line here.
 */
const shapes: Readonly<Record<number, string>> = {
  1: "c2b7d4eea470b487d27aef24ea4fe4f7",
};

/** Names of all fields at any depth, as `push.pushes[].changes[].key`. */
function fieldsOf(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${at}[]`));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [at];
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, `${at}.${name}`));
}

function shape(): string {
  const messages = [...clientExemplars, ...relayExemplars];
  const described = {
    kinds: { clientKind, relayKind, reserved: [...reservedNames] },
    codes: { CloseCode, refusalCodes },
    ceilings,
    fields: [...new Set(messages.flatMap((message) => fieldsOf(message, message.type)))].sort(),
    frames: [...clientExemplars.map(encodeClientMessage), ...relayExemplars.map(encodeRelayMessage)].map(toHex),
  };
  return createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 32);
}

it("PROTO-21 the shape of the messages is the one that this version has", () => {
  expect(shape(), "a shape changed: it needs a new PROTOCOL_VERSION, unless this one was never released").toBe(
    shapes[PROTOCOL_VERSION],
  );
});

it("PROTO-21 the exemplars that the hash is over hold every kind and every variant", () => {
  const kinds = [...clientExemplars.map(encodeClientMessage), ...relayExemplars.map(encodeRelayMessage)].map(
    ([kind]) => kind,
  );
  const known = [...Object.values(clientKind), ...Object.values(relayKind)];
  expect(new Set(kinds)).toEqual(new Set<number | undefined>(known));
  expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(["update", "state", "tombstone", "gone"]));
  expect(answers.flatMap((answer) => (answer.kind === "refused" ? [answer.code] : [answer.kind]))).toEqual([
    "ack",
    "gap",
    ...refusalCodes,
  ]);
});
