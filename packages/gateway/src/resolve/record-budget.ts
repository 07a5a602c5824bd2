/** How many records one request may still ask for: many pages can be asked for in one document. */
import { GatewayError } from "../gateway-error.ts";

export interface RecordBudget {
  /** Throws when the pages asked for so far come to more than the budget. */
  take(records: number): void;
}

export function createRecordBudget(maxRecords: number): RecordBudget {
  let left = maxRecords;
  return {
    take(records) {
      left -= records;
      if (left >= 0) return;
      const message = `the pages of one request may hold ${maxRecords} records together; ask for fewer or smaller pages`;
      throw new GatewayError("LimitExceededError", message);
    },
  };
}
