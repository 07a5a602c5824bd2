/**
 * What becomes of the records of a page: sources that GraphQL executes its selection on, or the JSON that this comes to.
 *
 * Everything around it (ranges, filters, tokens, what may be read and what it costs) is the same for every form.
 */
import type { StoredRecord } from "@tributary/relay";
import type { PageRequest } from "./read-page.ts";
import { type RecordSource, recordSource } from "./record-source.ts";

export interface PageForm<Items> {
  /** A page in one step; null where its records have to be read and looked at. */
  readRange(request: PageRequest): Promise<RangePage<Items> | null>;
  ofRecords(records: readonly StoredRecord[]): Promise<Formed<Items>>;
}

export interface Formed<Items> {
  readonly items: Items;
  /** How many records were read beside those of the page, because it leads to them. */
  readonly led: number;
}

export interface RangePage<Items> extends Formed<Items> {
  readonly looked: number;
  /** Values of the order's fields of the last record looked at; null at the end. */
  readonly behind: PageRequest["after"];
}

export const sourceForm: PageForm<readonly RecordSource[]> = {
  readRange: async () => null,
  ofRecords: async (records) => ({ items: records.map(recordSource), led: 0 }),
};
