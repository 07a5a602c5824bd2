/** Child process: one side of one row. Arguments: row, side, folder, scale. */

import { serve } from "./child.ts";
import type { Sampler, SideContext } from "./row.ts";
import { rows } from "./rows/rows.ts";

const [rowName, sideName, folder = "", scale] = process.argv.slice(2);
const row = rows.find((one) => one.name === rowName);
if (row === undefined) throw new Error(`there is no row ${rowName}`);
const side =
  sideName === "ours" ? row.ours : sideName === "baseline" ? row.baseline : row.peers?.[sideName ?? ""]?.side;
if (side === undefined) throw new Error(`the row ${row.name} has no side ${sideName}`);

const context: SideContext = { folder, size: (full, quick) => (scale === "quick" ? quick : full) };
let sampler: Sampler | null = null;

serve(
  {
    async prepare() {
      sampler = await side(context);
      return null;
    },
    async sample() {
      if (sampler === null) throw new Error("not prepared");
      globalThis.gc?.();
      const { value, notes = {} } = await sampler.sample();
      return { value, notes };
    },
  },
  async () => sampler?.close(),
);
