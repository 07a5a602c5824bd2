/** `kill -9` of relay and clients under load, on real files and sockets: nothing promised is lost. */
import { copyFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createRandom } from "../src/cluster/random.ts";
import { type Child, endChildren, startChild } from "../src/processes/child.ts";
import type { HeldNote, LoadLine } from "../src/processes/load-client.ts";
import { type RelayProcess, startRelayProcess } from "../src/processes/relay-process.ts";
import { tempFolder } from "./temp-folder.ts";

const loadClient = path.resolve(import.meta.dirname, "../dist/processes/load-client.js");
const KEY = "kill-test-key";

afterEach(endChildren);

type Notes = Readonly<Record<string, HeldNote>>;

/** What a client was promised: the greatest count of each own note, and every word added to a shared one. */
class Promises {
  readonly stars = new Map<string, number>();
  readonly tags = new Map<string, Set<string>>();

  add(line: Extract<LoadLine, { type: "saved" }>): void {
    if (line.stars !== undefined) this.stars.set(line.id, Math.max(line.stars, this.stars.get(line.id) ?? 0));
    if (line.tag === undefined) return;
    const tags = this.tags.get(line.id) ?? new Set();
    this.tags.set(line.id, tags.add(line.tag));
  }

  /** One line for each promise that `notes` breaks. */
  broken(notes: Notes): string[] {
    const found: string[] = [];
    for (const [id, stars] of this.stars) {
      if ((notes[id]?.stars ?? -1) < stars) found.push(`${id} counts ${notes[id]?.stars}, ${stars} was promised`);
    }
    for (const [id, tags] of this.tags) {
      for (const tag of tags) if (!notes[id]?.tags.includes(tag)) found.push(`${id} lacks ${tag}`);
    }
    return found;
  }
}

const parsed = (child: Child): LoadLine[] => child.lines.map((line) => JSON.parse(line) as LoadLine);
const savesOf = (child: Child) => parsed(child).filter((line) => line.type === "saved");

function lastNotes(child: Child, type: "found" | "final"): Extract<LoadLine, { type: "final" | "found" }> {
  const line = parsed(child).findLast((one) => one.type === type);
  if (line === undefined || (line.type !== "found" && line.type !== "final")) throw new Error(`no ${type} line`);
  return line;
}

interface Fleet {
  readonly saved: Promises;
  readonly acknowledged: Promises;
  clients: Map<string, Child>;
}

describe("kill -9 under load", () => {
  for (const seed of [1, 2]) {
    it(`I4 keeps what save resolved and what the relay acknowledged, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const folder = tempFolder();
      const schemaFile = path.join(folder, "schema.graphql");
      copyFileSync(path.resolve(import.meta.dirname, "fixtures/kill.graphql"), schemaFile);
      const startRelay = (port: string): Promise<RelayProcess> => {
        const data = path.join(folder, "relay");
        return startRelayProcess(["start", "--schema", schemaFile, "--data", data, "--port", port, "--api-key", KEY]);
      };
      const startClient = (name: string, url: string): Child =>
        startChild(loadClient, [name, name === "reader" ? "-" : path.join(folder, `${name}.db`), url, KEY, schemaFile]);
      /** What the relay holds, as a client sees it that never met it before. */
      const readRelay = async (url: string): Promise<Notes> => {
        const reader = startClient("reader", url);
        await reader.until((lines) => lines.some((line) => line.includes('"settled"')));
        reader.tell("report");
        await reader.until((lines) => lines.some((line) => line.includes('"final"')));
        const { notes } = lastNotes(reader, "final");
        await reader.kill();
        return notes;
      };

      let relay = await startRelay("0");
      const { url } = relay;
      const names = ["a", "b", "c"];
      const fleet: Fleet = { saved: new Promises(), acknowledged: new Promises(), clients: new Map() };
      for (const name of names) fleet.clients.set(name, startClient(name, url));
      const clientNamed = (name: string): Child => fleet.clients.get(name) as Child;
      const bookPromises = (child: Child): void => {
        const saves = savesOf(child);
        const settled = parsed(child).findLast((line) => line.type === "settled");
        for (const [i, line] of saves.entries()) {
          fleet.saved.add(line);
          if (settled?.type === "settled" && i < settled.saves) fleet.acknowledged.add(line);
        }
      };
      const moreSaves = (child: Child, count: number): Promise<void> => {
        const before = savesOf(child).length;
        return child.until((lines) => lines.filter((line) => line.includes('"saved"')).length >= before + count);
      };
      const moreSettled = (child: Child): Promise<void> => {
        const before = child.lines.filter((line) => line.includes('"settled"')).length;
        return child.until((lines) => lines.filter((line) => line.includes('"settled"')).length > before);
      };

      for (let round = 0; round < 4; round++) {
        for (const name of names) await moreSaves(clientNamed(name), 20 + random.int(20));
        await moreSettled(clientNamed(random.pick(names)));
        if (round % 2 === 0) {
          await relay.kill();
          for (const child of fleet.clients.values()) bookPromises(child);
          // On another port first, where no client can bring back what the relay might have lost.
          const alone = await startRelay("0");
          expect(fleet.acknowledged.broken(await readRelay(alone.url))).toEqual([]);
          await alone.kill();
          for (const name of names) await moreSaves(clientNamed(name), 5);
          relay = await startRelay(new URL(url).port);
        } else {
          const name = random.pick(names);
          const promised = new Promises();
          await clientNamed(name).kill();
          for (const line of savesOf(clientNamed(name))) promised.add(line);
          bookPromises(clientNamed(name));
          fleet.clients.set(name, startClient(name, url));
          await moreSaves(clientNamed(name), 1);
          expect(promised.broken(lastNotes(clientNamed(name), "found").notes)).toEqual([]);
        }
      }

      for (const child of fleet.clients.values()) child.tell("stop");
      for (const child of fleet.clients.values()) {
        await child.until((lines) => lines.at(-1)?.includes('"settled"') ?? false);
        bookPromises(child);
      }
      const held = await readRelay(url);
      expect(fleet.saved.broken(held)).toEqual([]);
      expect([...fleet.saved.tags.values()].reduce((sum, tags) => sum + tags.size, 0)).toBeGreaterThan(60);
      for (const child of fleet.clients.values()) {
        await expect
          .poll(async () => {
            const reports = child.lines.filter((line) => line.includes('"final"')).length;
            child.tell("report");
            await child.until((lines) => lines.filter((line) => line.includes('"final"')).length > reports);
            return lastNotes(child, "final");
          })
          .toEqual({ type: "final", notes: held, refused: 0 });
        child.tell("end");
      }
      expect(await relay.stop()).toBe(0);
    });
  }
});
