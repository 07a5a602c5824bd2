/** The rows in the order of the table. */
import type { Row } from "../row.ts";
import { bulkSave10k, bulkSave100k } from "./bulk-save.ts";
import { catchUp, catchUpGrowth } from "./catch-up.ts";
import { concurrentSaves } from "./concurrent-saves.ts";
import { firstSync } from "./first-sync.ts";
import { gatewayPage, gatewayPageSubset } from "./gateway-page.ts";
import { ingest } from "./ingest.ts";
import { propagation } from "./propagation.ts";
import { queryById } from "./query-by-id.ts";
import { queryPage } from "./query-page.ts";
import { save } from "./save.ts";

export const rows: readonly Row[] = [
  save,
  concurrentSaves,
  bulkSave10k,
  bulkSave100k,
  queryById,
  queryPage,
  propagation,
  ingest,
  firstSync,
  catchUp,
  catchUpGrowth,
  gatewayPage,
  gatewayPageSubset,
];
