/** The last lines: whether all replicas hold the same, and where not. */
import type { StoryEnd } from "../story/tell-story.ts";
import { fit } from "../terminal/columns.ts";
import type { Page } from "./report-edits.ts";

/** So many differences are shown. */
const SHOWN = 10;

/** The last line is `converged: 5 replicas, 3164 records, 0 differences` when all is well, and begins otherwise when not. */
export function reportEnd(
  { comparison, surprises }: StoryEnd,
  { style, width }: Page,
): { readonly lines: readonly string[]; readonly isGood: boolean } {
  const { replicas, records, differences } = comparison;
  const isGood = differences.length === 0 && surprises.length === 0;
  const found = differences.slice(0, SHOWN).map(({ record, field, held }) => {
    const each = Object.entries(held).map(([name, value]) => `${name} ${value}`);
    return fit(`   ${record}${field === null ? "" : ` ${field}`}: ${each.join(", ")}`, width * 2);
  });
  const counts = `${replicas} replicas, ${records} records, ${differences.length} differences`;
  const more = differences.length > SHOWN ? [`   and ${differences.length - SHOWN} more`] : [];
  const last =
    differences.length > 0
      ? style.red(`not converged: ${counts}`)
      : surprises.length > 0
        ? style.red(`converged, but not as the writes say: ${counts}`)
        : `${style.green("converged:")} ${counts}`;
  return { lines: ["", ...found, ...more, ...surprises.map((one) => style.red(`   ${one}`)), last], isGood };
}
