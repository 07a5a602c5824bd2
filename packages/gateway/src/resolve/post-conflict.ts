/** Puts a conflict to a function that is reached over HTTP. */
import type { Conflict } from "./conflict-handler.ts";
import { ConflictHandlerError } from "./conflict-handler-error.ts";

/** A record at the protocol's limit, as JSON, with room to spare. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** The text of the answer. Rejects with a `ConflictHandlerError`. */
export async function postConflict(url: string, conflict: Conflict, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(conflict),
      redirect: "error",
      signal,
    });
    if (response.ok) return await readText(response);
    await response.body?.cancel();
    throw new ConflictHandlerError(`answered with HTTP status ${response.status}`);
  } catch (error) {
    if (error instanceof ConflictHandlerError) throw error;
    throw new ConflictHandlerError("cannot be reached", { cause: error });
  }
}

async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new ConflictHandlerError(`answered more than ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
