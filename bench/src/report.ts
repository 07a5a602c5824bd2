/** A run's results as a table for people and as JSON for machines. */
import type { Machine } from "./machine.ts";
import { type Comparison, medianOf, notesOf, type RowResult } from "./result.ts";
import type { Row } from "./row.ts";

export interface Run {
  readonly at: Date;
  readonly machine: Machine;
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly results: readonly RowResult[];
}

const heads = ["what", "ours", "held against", "ratio", "worst round", "goal", "verdict", "survives the death of"];

/** A table in Markdown whose columns also line up in a terminal. */
export function table(results: readonly RowResult[]): string {
  const lines = [heads, ...results.flatMap(linesOf)];
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const text = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const [head = [], ...body] = lines;
  return [text(head), rule, ...body.map(text)].join("\n");
}

function linesOf({ row, ours, baseline, comparison, peers }: RowResult): string[][] {
  const value = figure(medianOf(ours), row.unit);
  const notes = noteText(notesOf(ours));
  return [
    [
      row.title,
      `${value}${notes}`,
      `${figure(medianOf(baseline), row.unit)}, ${row.against}`,
      ...judged(row, row.goal, comparison),
      row.durability,
    ],
    ...peers.map(({ name, samples, comparison: beside }) => {
      const peer = row.peers?.[name];
      return [
        "",
        "",
        `${figure(medianOf(samples), row.unit)}, ${name}: ${peer?.remark ?? ""}`,
        ...judged(row, peer?.goal ?? null, beside),
        "",
      ];
    }),
  ];
}

function judged(row: Row, goal: number | null, { ratio, worst, isSteady, verdict }: Comparison): string[] {
  const sign = row.better === "more" ? ">=" : "<=";
  return [
    ratio.toFixed(2),
    `${worst.toFixed(2)}${isSteady ? "" : " (unsteady)"}`,
    goal === null ? "" : `${sign} ${goal}`,
    verdict ?? "",
  ];
}

function figure(value: number, unit: string): string {
  const rounded = value >= 1000 ? Math.round(Number(value.toPrecision(3))) : Number(value.toPrecision(3));
  return `${rounded.toLocaleString("en")} ${unit}`;
}

/** `p50_us: 48` as `p50 48 us`. */
function noteText(notes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(notes).map(([name, value]) => {
    const [what, unit = ""] = name.split(/_(?=(?:us|ms|MiB)$)/);
    return `${what?.replaceAll("_", " ")} ${figure(value, unit).trimEnd()}`;
  });
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** Everything, samples included. */
export function json({ at, machine, rounds, isQuick, results }: Run): string {
  const rows = results.map(({ row, ours, baseline, comparison, peers }) => {
    const { name, title, unit, better, goal, against, durability } = row;
    return { name, title, unit, better, goal, against, durability, ours, baseline, ...comparison, peers };
  });
  return `${JSON.stringify({ at: at.toISOString(), machine, rounds, isQuick, rows }, null, 2)}\n`;
}

/** The lines above the table that say what it was measured on. */
export function heading({ at, machine, rounds }: Run): string {
  const { cpu, cpus, memoryGiB, platform, versions } = machine;
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured ${at.toISOString().slice(0, 10)} on ${cpus} cores (${cpu}), ${memoryGiB} GiB of memory, ${platform}.`,
    `${used.join(", ")}. ${rounds} rounds, medians.`,
  ].join("\n");
}
