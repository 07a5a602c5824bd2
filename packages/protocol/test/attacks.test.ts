/** Frames that are made to cost more than they are worth. Each is refused for what it is, in time that its bytes account for. */
import { describe, expect, it } from "vitest";
import { CloseCode, decodeClientMessage, defaultLimits, encodeClientMessage } from "../src/index.ts";
import { clientKind, relayKind } from "../src/message-kind.ts";
import { hello } from "./exemplars.ts";
import { frame, jsonFrame, problemOf, refusalOf, type Side } from "./frames.ts";

/** Generous: a busy machine takes milliseconds, anything quadratic in four megabytes takes minutes. */
const MAX_MS = 4000;

const { malformed, tooLarge } = CloseCode;
const huge = [0x80, 0x80, 0x80, 0x80, 4]; // 2^30
const helloText = JSON.stringify(hello).replace('"type":"hello",', "");
const withExpressions = (json: string): string => helloText.replace(JSON.stringify(hello.expressions), json);
const pushHead = [0, 2, 0x61, 0x30]; // settled 0, nonce "a0"
const megabytes = (count: number, byte: number): Uint8Array => new Uint8Array(count * 1024 * 1024).fill(byte);

const attacks: [string, Side, CloseCode, () => Uint8Array][] = [
  ["A7 2^30 models announced, none there", "client", malformed, () => frame(clientKind.push, pushHead, huge)],
  ["A7 2^30 pushes announced, none there", "client", malformed, () => frame(clientKind.push, pushHead, 0, huge)],
  [
    "A7 2^30 changes announced, none there",
    "client",
    malformed,
    () => frame(clientKind.push, pushHead, 1, "N", 1, 1, huge, [0, 0, 0, 0, 0, 0, 0, 0]),
  ],
  [
    "A7 an update of 2^30 bytes announced, none there",
    "client",
    malformed,
    () => frame(clientKind.push, pushHead, 1, "N", 1, 1, 1, 0, 0, "k", 0, 1, huge),
  ],
  ["A7 2^30 answers announced, none there", "relay", malformed, () => frame(relayKind.turn, 0, huge)],
  ["A7 2^30 records announced, none there", "relay", malformed, () => frame(relayKind.page, 0, 0, "c", huge)],
  [
    "A4 a million models, all of one byte",
    "client",
    tooLarge,
    () => frame(clientKind.push, pushHead, [0xc0, 0x84, 0x3d], megabytes(2, 1)),
  ],
  [
    "A4 a million pushes",
    "client",
    tooLarge,
    () => frame(clientKind.push, pushHead, 0, [0x80, 0x89, 0x0f], megabytes(3, 1)),
  ],
  [
    "A4 half a million changes in one push",
    "client",
    tooLarge,
    () => frame(clientKind.push, pushHead, 1, "N", 1, 1, [0x80, 0x89, 0x0f], megabytes(3, 0)),
  ],
  [
    "A4 a want of a million records",
    "client",
    tooLarge,
    () => jsonFrame(clientKind.want, `{"records":[${"0,".repeat(1_000_000)}0]}`),
  ],
  ["A6 brackets 10,000 deep in a hello", "client", tooLarge, () => jsonFrame(1, withExpressions("[".repeat(10_000)))],
  [
    "A6 a condition nested 10,000 deep",
    "client",
    tooLarge,
    () => {
      const depth = "[".repeat(8000) + "]".repeat(8000);
      const text = new TextEncoder().encode(depth);
      return frame(clientKind.push, pushHead, 1, "N", 1, 1, 1, 1, 0, "k", 0, 1, 0, [0x80, 0x7d], text);
    },
  ],
  ["A6 objects 10,000 deep in a welcome", "relay", tooLarge, () => jsonFrame(64, '{"a":'.repeat(10_000))],
  ["A8 a hello of 16 KiB and a byte", "client", tooLarge, () => jsonFrame(1, helloText + " ".repeat(16 * 1024))],
  ["A8 a frame of strings that never end", "client", malformed, () => jsonFrame(1, `{"${'\\"'.repeat(8000)}`)],
  ["A10 a frame over the limit", "client", tooLarge, () => frame(clientKind.push, megabytes(4, 1))],
  ["A9 a relay's turn, sent by a client", "client", malformed, () => frame(relayKind.turn, 0, 0, 0)],
  ["A9 an edge link's message, sent by a client", "client", malformed, () => frame(9)],
  ["an integer that goes on for 4 MiB", "client", malformed, () => frame(clientKind.push, megabytes(3, 0x80))],
];

describe("attacks", () => {
  it.each(attacks)("PROTO-20 %s", (_, side, code, make) => {
    const sent = make();
    const start = performance.now();
    const refused = refusalOf(side, sent);
    const ms = performance.now() - start;
    expect(refused).toBe(code);
    expect(ms).toBeLessThan(MAX_MS);
  });

  it("PROTO-20 a full frame of the smallest changes decodes in time that its bytes account for", () => {
    const change = { key: "k", facet: 0, life: 1, update: new Uint8Array(), condition: null, baseVersion: null };
    const changes = Array.from({ length: 500 }, () => ({ model: "N", ...change }));
    const pushes = Array.from({ length: 1000 }, (_, i) => ({ n: i + 1, changes }));
    const full = encodeClientMessage({ type: "push", settled: 0, nonce: "a0", pushes });
    expect(full.length).toBeGreaterThan(0.8 * defaultLimits.maxFrameBytes);
    const start = performance.now();
    expect(problemOf(() => decodeClientMessage(full, defaultLimits))).toBeNull();
    expect(performance.now() - start).toBeLessThan(MAX_MS);
  });
});
