/** Runs one row: its sides in processes of their own, one sample of each in turn. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { type Child, startChild } from "./child.ts";
import { removeFolder } from "./fresh-folder.ts";
import { compare, type RowResult } from "./result.ts";
import type { Row, Sample } from "./row.ts";

export interface MeasureOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly withPeers: boolean;
  /** The row's own. */
  readonly folder: string;
  /** Hears what goes on, for whoever waits. */
  readonly onStep: (step: string) => void;
}

interface Taken {
  readonly name: string;
  readonly child: Child;
  readonly folder: string;
  readonly samples: Sample[];
}

export async function measureRow(row: Row, options: MeasureOptions): Promise<RowResult> {
  const names = ["ours", ...(options.withPeers ? Object.keys(row.peers ?? {}) : []), "baseline"];
  const sides: Taken[] = [];
  try {
    for (const name of names) {
      options.onStep(`prepares ${name}`);
      sides.push(await prepare(row, name, options));
    }
    const warmUps = row.isLong === true || options.isQuick ? 0 : 1;
    for (let round = 1 - warmUps; round <= options.rounds; round++) {
      for (const side of sides) {
        options.onStep(round === 0 ? `warms up ${side.name}` : `round ${round} of ${options.rounds}, ${side.name}`);
        const sample = await side.child.ask<Sample>("sample");
        if (round > 0) side.samples.push(sample);
      }
    }
  } finally {
    await Promise.all(sides.map((side) => side.child.stop()));
    for (const side of sides) removeFolder(side.folder);
  }
  return resultOf(row, sides);
}

async function prepare(row: Row, name: string, options: MeasureOptions): Promise<Taken> {
  const folder = path.join(options.folder, name);
  mkdirSync(folder, { recursive: true });
  const child = startChild("sampler.js", [row.name, name, folder, options.isQuick ? "quick" : "full"]);
  try {
    await child.ask("prepare");
  } catch (error) {
    await child.stop();
    removeFolder(folder);
    throw error;
  }
  return { name, child, folder, samples: [] };
}

function resultOf(row: Row, sides: readonly Taken[]): RowResult {
  const samplesOf = (name: string): readonly Sample[] => sides.find((side) => side.name === name)?.samples ?? [];
  const ours = samplesOf("ours");
  const baseline = samplesOf("baseline");
  const peers = Object.entries(row.peers ?? {})
    .filter(([name]) => samplesOf(name).length > 0)
    .map(([name, peer]) => ({
      name,
      samples: samplesOf(name),
      comparison: compare(row.better, peer.goal, ours, samplesOf(name)),
    }));
  return { row, ours, baseline, comparison: compare(row.better, row.goal, ours, baseline), peers };
}
