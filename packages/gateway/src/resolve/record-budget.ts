/**
 * How many records one request may still ask for: many pages can be asked for in one document.
 *
 * Reads of one request are made one after another, so that none begins while the budget is spent on others.
 */
import { GatewayError } from "../gateway-error.ts";

export interface RecordBudget {
  /**
   * Reads, and takes what `cost` says of the answer, or 1 where it found nothing. Rejects when that is more than is left, and does
   * not read when nothing is.
   */
  spend<Answer>(read: () => Promise<Answer>, cost: number | ((answer: Answer) => number)): Promise<Answer>;
  /** As `spend`, but where it takes more than is left, nothing is taken, and it rejects as it does where nothing is left. */
  attempt: RecordBudget["spend"];
  /** Reads as many of the items together as there is budget for; each counts 1. The others are answered by the error. */
  spendEach<Item, Answer>(
    items: readonly Item[],
    read: (affordable: readonly Item[]) => Promise<readonly Answer[]>,
  ): Promise<(Answer | GatewayError)[]>;
}

/**
 * Records that a page may look at for each that it may hold. Others' records lie between, or those that the store passes over by
 * a filter: so many cost about as much as one that is answered.
 */
export const LOOKED_PER_RECORD = 10;

/** What a page takes: the records that it counted, or more where most of what was looked at did not count. */
export function pageCost(counted: number, looked: number): number {
  return Math.max(counted, Math.ceil(looked / LOOKED_PER_RECORD));
}

type Take = <Answer>(
  read: () => Promise<Answer>,
  cost: number | ((answer: Answer) => number),
  isBinding: boolean,
) => Promise<Answer>;

export function createRecordBudget(maxRecords: number): RecordBudget {
  let left = maxRecords;
  let last: Promise<unknown> = Promise.resolve();
  /** Whoever asked hears of a failure; the next in turn does not. */
  const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  const take: Take = async (read, cost, isBinding) => {
    if (left <= 0) throw exhausted(maxRecords);
    const answer = await read();
    // Looking for nothing many times over takes its time, too.
    const taken = Math.max(1, typeof cost === "number" ? cost : cost(answer));
    if (taken > left) {
      if (isBinding) left = 0;
      throw exhausted(maxRecords);
    }
    left -= taken;
    return answer;
  };
  return {
    spend: (read, cost) => inTurn(() => take(read, cost, true)),
    attempt: (read, cost) => inTurn(() => take(read, cost, false)),
    spendEach: (items, read) =>
      inTurn(async () => {
        const affordable = items.slice(0, Math.max(left, 0));
        left -= affordable.length;
        const answers = affordable.length === 0 ? [] : await read(affordable);
        return [...answers, ...items.slice(affordable.length).map(() => exhausted(maxRecords))];
      }),
  };
}

function exhausted(maxRecords: number): GatewayError {
  const message = `one request may read ${maxRecords} records; ask for fewer or smaller pages`;
  return new GatewayError("LimitExceededError", message);
}
