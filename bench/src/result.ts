/** What a run found out, and how it is judged. */
import { median } from "./clock.ts";
import type { Row, Sample } from "./row.ts";

export interface Comparison {
  /** Ratio of ours to theirs, a round each. */
  readonly ratios: readonly number[];
  readonly ratio: number;
  /** The ratio of the round furthest to the bad side. */
  readonly worst: number;
  /** The worst round lies within a quarter of the median. */
  readonly isSteady: boolean;
  /** Null where there is no goal. */
  readonly verdict: Verdict | null;
}

export type Verdict = "reached" | "above half" | "below half";

export interface RowResult {
  readonly row: Row;
  readonly ours: readonly Sample[];
  readonly baseline: readonly Sample[];
  readonly comparison: Comparison;
  readonly peers: readonly {
    readonly name: string;
    readonly samples: readonly Sample[];
    readonly comparison: Comparison;
  }[];
}

const STEADY_WITHIN = 0.25;

export function compare(
  better: Row["better"],
  goal: number | null,
  ours: readonly Sample[],
  theirs: readonly Sample[],
): Comparison {
  const ratios = ours.map((sample, i) => sample.value / (theirs[i]?.value ?? Number.NaN));
  const ratio = median(ratios);
  const worst = better === "more" ? Math.min(...ratios) : Math.max(...ratios);
  return {
    ratios,
    ratio,
    worst,
    isSteady: Math.abs(worst / ratio - 1) <= STEADY_WITHIN,
    verdict: goal === null ? null : verdictOf(better, goal, ratio),
  };
}

/** A goal is half reached by half the rate, or by twice the time. */
function verdictOf(better: Row["better"], goal: number, ratio: number): Verdict {
  const share = better === "more" ? ratio / goal : goal / ratio;
  if (share >= 1) return "reached";
  return share >= 0.5 ? "above half" : "below half";
}

export function medianOf(samples: readonly Sample[]): number {
  return median(samples.map((sample) => sample.value));
}

/** Medians of the figures beside the value. */
export function notesOf(samples: readonly Sample[]): Record<string, number> {
  const notes: Record<string, number> = {};
  for (const name of Object.keys(samples[0]?.notes ?? {})) {
    notes[name] = median(samples.map((sample) => sample.notes?.[name] ?? Number.NaN));
  }
  return notes;
}
