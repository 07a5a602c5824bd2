/**
 * Calls from a process to a child of its, over the channel that Node opens between the two.
 *
 * A call is answered once, with a value or an error. News go the other way, unasked. Both are JSON. A child ends with its parent,
 * however the parent ended, and leaves signals to it: Ctrl-C in a terminal reaches the whole family at once.
 */
import process from "node:process";

/** What a child offers: each call takes one value and answers one. */
export type Api<Self> = { readonly [Name in keyof Self]: (given: never) => Promise<unknown> };

export interface CallMessage {
  readonly call: number;
  readonly name: string;
  readonly given: unknown;
}

export type ChildMessage =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: string }
  | { readonly news: unknown };

/** Answers the parent's calls until it is gone. */
export function serveCalls<Self extends Api<Self>>(api: Self): void {
  const calls = new Map<string, (given: never) => Promise<unknown>>(Object.entries(api));
  process.on("message", (message: CallMessage) => void answer(calls, message));
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => undefined);
}

/** Tells the parent something. */
export function tell(news: unknown): void {
  send({ news });
}

async function answer(
  calls: ReadonlyMap<string, (given: never) => Promise<unknown>>,
  { call, name, given }: CallMessage,
): Promise<void> {
  try {
    const run = calls.get(name);
    if (run === undefined) throw new Error(`there is no call ${name}`);
    send({ answer: call, value: (await run(given as never)) ?? null });
  } catch (error) {
    send({ answer: call, error: error instanceof Error ? error.message : String(error) });
  }
}

function send(message: ChildMessage): void {
  process.send?.(message);
}
