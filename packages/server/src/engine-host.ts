/**
 * Holds the engine that is serving, and exchanges it for one of another schema.
 *
 * Invariant: at most one engine is open at a time, because two must not share a store. Between two there is none, and callers
 * answer that the relay is not running.
 */
import type { SchemaDescription } from "@tributary/schema";
import type { Engine } from "./engine.ts";

export interface EngineHost {
  /** Null while engines are exchanged and after the end. */
  current(): Engine | null;
  /** Closes the engine and opens one for `schema`. When that fails, the former schema serves again and the promise rejects. */
  replace(schema: SchemaDescription): Promise<void>;
  close(): Promise<void>;
}

export async function createEngineHost(
  schema: SchemaDescription,
  open: (schema: SchemaDescription) => Promise<Engine>,
): Promise<EngineHost> {
  let serving = schema;
  let engine: Engine | null = await open(schema);
  let isClosed = false;
  /** Exchanges and the end run one after the other. */
  let last: Promise<void> = Promise.resolve();

  function afterLast(action: () => Promise<void>): Promise<void> {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  }

  async function exchange(next: SchemaDescription): Promise<void> {
    if (isClosed) return;
    const former = engine;
    engine = null;
    try {
      await former?.close();
      engine = await open(next);
      serving = next;
    } catch (error) {
      engine = await open(serving);
      throw error;
    }
  }

  return {
    current: () => engine,
    replace: (next) => afterLast(() => exchange(next)),
    close: () =>
      afterLast(async () => {
        isClosed = true;
        const former = engine;
        engine = null;
        await former?.close();
      }),
  };
}
