/**
 * Holds a request's body to a number of bytes, whether its length was announced or not.
 *
 * Reading stays with whoever handles the request: the bytes are counted on their way into the stream. Of a body that is too
 * long, the rest is thrown away for a while, because a peer that is cut off while it sends never sees the answer.
 */
import type { IncomingMessage } from "node:http";

/** What is left of a body that is too long may take so long before the answer comes anyway. */
const LINGER_MS = 1_000;

/**
 * Calls `refuse` once, if the body is over the limit. False when that is clear from what was announced; then nothing of the
 * body reaches a reader, else only what is within the limit does.
 */
export function limitBody(request: IncomingMessage, maxBytes: number, refuse: () => void): boolean {
  const push = request.push.bind(request);
  const announced = Number(request.headers["content-length"] ?? 0);
  let received = 0;
  let linger: NodeJS.Timeout | null = null;
  let isRefused = false;

  function finish(): void {
    if (isRefused) return;
    isRefused = true;
    if (linger !== null) clearTimeout(linger);
    refuse();
  }

  function exceed(): void {
    linger ??= setTimeout(finish, LINGER_MS);
  }

  if (announced > maxBytes) exceed();
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    received += chunk?.byteLength ?? 0;
    if (received > maxBytes) exceed();
    if (linger === null) return push(chunk, encoding);
    if (chunk === null) finish();
    return true;
  };
  return linger === null;
}
