import type { IncomingMessage } from "node:http";

/** The path a request names, without its query. An absolute target counts by its path, anything else as it stands. */
export function pathOf(request: IncomingMessage): string {
  const target = request.url ?? "/";
  const path = target.startsWith("/") ? target : URL.canParse(target) ? new URL(target).pathname : target;
  return path.split("?", 1)[0] ?? "/";
}
