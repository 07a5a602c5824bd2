/** PROTOCOL.md against the code: its tables, and every frame in it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ceilings } from "../src/ceilings.ts";
import {
  type ClientMessage,
  CloseCode,
  decodeClientMessage,
  decodeRelayMessage,
  defaultLimits,
  encodeClientMessage,
  encodeRelayMessage,
  type RelayMessage,
} from "../src/index.ts";
import { clientKind, relayKind, reservedNames } from "../src/message-kind.ts";
import { refusalCodes } from "../src/relay/answer.ts";
import { clientExemplars, relayExemplars } from "./exemplars.ts";
import { refusalOf, type Side, toHex } from "./frames.ts";

const document = readFileSync(new URL("../PROTOCOL.md", import.meta.url), "utf8");
const firstKindOfRelays = 64;

/** The text under a heading, up to the next of any level. */
function section(heading: string): string {
  const [, text] = document.split(new RegExp(`^#+ ${heading}.*$`, "m"));
  if (text === undefined) throw new Error(`PROTOCOL.md has no heading ${heading}`);
  return text.split(/^#+ /m)[0] ?? "";
}

/** Cells of the rows of all tables in a text whose first row begins with `first`; without backticks. */
function tables(text: string, first: string): string[][][] {
  const blocks = text.split("\n\n").filter((block) => block.trimStart().startsWith(`| ${first} |`));
  return blocks.map((block) =>
    block
      .trim()
      .split("\n")
      .slice(2)
      .map((row) =>
        row
          .slice(1, -1)
          .split(" | ")
          .map((cell) => cell.trim().replaceAll("`", "")),
      ),
  );
}

const table = (heading: string, first: string): string[][] => tables(section(heading), first)[0] ?? [];
const pairs = (rows: string[][], key: number, value: number): [string, number][] =>
  rows.map((row) => [row[key] ?? "", Number(row[value])]);

/** Fields of a message and of the objects in it that have tables of their own. */
function fieldSets(message: ClientMessage | RelayMessage): string[][] {
  const of = (value: object): string[] => Object.keys(value).filter((name) => name !== "type");
  switch (message.type) {
    case "push":
      return [message, message.pushes[0] ?? {}, message.pushes[0]?.changes[0] ?? {}].map(of);
    case "page":
      return [message, message.records[0] ?? {}].map(of);
    case "turn":
      return [message, message.changes[0] ?? {}].map(of);
    default:
      return [of(message)];
  }
}

interface WrittenFrame {
  readonly side: Side;
  readonly frame: Uint8Array;
}

/** Frames of a block: hex up to two spaces or a brace, on lines of their own. */
function framesOf(block: string): WrittenFrame[] {
  const frames: { side: Side; text: string }[] = [];
  for (const line of block.split("\n")) {
    const [, arrow, rest = ""] = /^([<>]?) *(.*)$/.exec(line) ?? [];
    if (arrow === ">" || arrow === "<") frames.push({ side: arrow === ">" ? "client" : "relay", text: "" });
    const last = frames.at(-1);
    if (last === undefined) throw new Error(`no frame begins before ${line}`);
    last.text += last.text.includes("{") || rest.includes("{") ? `${rest}\n` : ` ${rest.split("  ")[0]}`;
  }
  return frames.map(({ side, text }) => ({ side, frame: bytesOf(text) }));
}

function bytesOf(text: string): Uint8Array {
  const brace = text.indexOf("{");
  const hex = (brace < 0 ? text : text.slice(0, brace)).trim();
  if (!/^([0-9a-f]{2}( |$))*$/.test(hex)) throw new Error(`not hex: ${hex}`);
  const head = hex === "" ? [] : hex.split(" ").map((byte) => Number.parseInt(byte, 16));
  return Uint8Array.from([...head, ...(brace < 0 ? [] : new TextEncoder().encode(text.slice(brace)))]);
}

const blocks = [...document.matchAll(/^```(frames|json|refused)\n(.*?)\n```$/gms)].map(([, kind, text]) => ({
  kind: kind ?? "",
  text: text ?? "",
}));
const conversations = blocks.filter(({ kind }) => kind === "frames").flatMap(({ text }) => framesOf(text));

function decoded({ side, frame }: WrittenFrame): ClientMessage | RelayMessage {
  return side === "client" ? decodeClientMessage(frame, defaultLimits) : decodeRelayMessage(frame);
}

function encoded(side: Side, message: ClientMessage | RelayMessage): Uint8Array {
  return side === "client"
    ? encodeClientMessage(message as ClientMessage)
    : encodeRelayMessage(message as RelayMessage);
}

/** Bytes as the document's JSON writes them. */
function withHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (Array.isArray(value)) return value.map(withHex);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withHex(inner)]));
}

describe("PROTOCOL.md", () => {
  it("PROTO-22 lists the kinds, reserved ones included", () => {
    const [used = [], reserved = []] = tables(section("Kinds"), "kind");
    const names = used.map(([kind, name, from]) => [Number(kind), name, from]);
    expect(names).toEqual([
      ...Object.entries(clientKind).map(([name, kind]) => [kind, name, "client"]),
      ...Object.entries(relayKind).map(([name, kind]) => [kind, name, "relay"]),
    ]);
    expect(reserved.map(([kind, name, from]) => [Number(kind), name, from])).toEqual(
      [...reservedNames].map(([kind, name]) => [kind, name, kind < firstKindOfRelays ? "client" : "relay"]),
    );
  });

  it.each([...Object.entries(clientKind), ...Object.entries(relayKind)])(
    "PROTO-22 has a table of the fields of %s, kind %i",
    (name, kind) => {
      const side = kind < firstKindOfRelays ? "client" : "relay";
      const message = [...clientExemplars, ...relayExemplars].find(({ type }) => type === name);
      if (message === undefined) throw new Error(`no exemplar of ${name}`);
      const written = tables(section(`\`${name}\`: kind ${kind}, from the ${side}`), "field");
      const fields = written.map((rows) => rows.map(([field]) => field).filter((field) => field !== ""));
      expect(fields.map((set) => set.toSorted())).toEqual(fieldSets(message).map((set) => set.toSorted()));
    },
  );

  it("PROTO-22 lists refusal codes, close codes, limits and ceilings", () => {
    expect(pairs(table("Answers", "code"), 0, 1)).toEqual(
      [...refusalCodes.entries()].map(([place, code]) => [code, place]),
    );
    expect(pairs(table("Close codes", "code"), 1, 0)).toEqual(Object.entries(CloseCode));
    expect(pairs(table("Limits", "limit"), 0, 1)).toEqual(Object.entries(defaultLimits));
    expect(Object.fromEntries(pairs(table("Limits", "ceiling"), 0, 1))).toEqual(ceilings);
  });

  it("PROTO-23 shows frames of every kind that carries bulk, and of both sides", () => {
    expect(new Set(conversations.map((written) => decoded(written).type))).toEqual(
      new Set(["hello", "welcome", "pull", "page", "synced", "push", "turn", "claim", "bye"]),
    );
  });

  it.each(conversations.map((written, i) => ({ i: i + 1, ...written })))(
    "PROTO-23 frame $i of its conversations is one that the codec writes",
    ({ side, frame }) => {
      const message = decoded({ side, frame });
      const again = encoded(side, message);
      if (isBinary(frame)) expect(toHex(again)).toBe(toHex(frame));
      else expect(JSON.parse(text(again))).toEqual(JSON.parse(text(frame)));
    },
  );

  it("PROTO-23 says rightly what its binary frames mean", () => {
    let explained = 0;
    for (const [i, { kind, text: json }] of blocks.entries()) {
      if (kind !== "json") continue;
      const frame = framesOf(blocks[i - 1]?.text ?? "").findLast((written) => isBinary(written.frame));
      if (frame === undefined) throw new Error(`no binary frame before ${json}`);
      expect(withHex(decoded(frame))).toEqual(JSON.parse(json));
      explained++;
    }
    expect(explained).toBe(6);
  });

  it("PROTO-23 names the code that its bad frames end a session with", () => {
    const lines = blocks.filter(({ kind }) => kind === "refused").flatMap(({ text: lines }) => lines.split("\n"));
    for (const line of lines) {
      const [, code, rest = ""] = /^(\d{4}) (.*)$/.exec(line) ?? [];
      const [written] = framesOf(rest);
      if (written === undefined) throw new Error(line);
      expect(refusalOf(written.side, written.frame), line).toBe(Number(code));
    }
    expect(lines.length).toBeGreaterThan(10);
  });
});

function isBinary([kind]: Uint8Array): boolean {
  return kind === clientKind.push || kind === relayKind.page || kind === relayKind.turn;
}

function text(frame: Uint8Array): string {
  return new TextDecoder().decode(frame.subarray(1));
}
