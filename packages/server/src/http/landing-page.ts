/** What `/` says: what this is, and where to go from here. */

interface Place {
  readonly path: string;
  readonly what: string;
  /** Whether a browser can go there. */
  readonly isPage: boolean;
}

const places: readonly Place[] = [
  { path: "/graphql", what: "GraphQL: POST queries and mutations; GraphiQL in a browser", isPage: true },
  { path: "/sync", what: "WebSocket: Tributary DataStore clients", isPage: false },
  { path: "/healthz", what: "is the process alive", isPage: true },
  { path: "/readyz", what: "does the relay serve", isPage: true },
  { path: "/metrics", what: "metrics for Prometheus", isPage: true },
];

const summary = "This is a Tributary relay: the replica that local-first apps sync their records through.";

export function landingText(): string {
  const width = Math.max(...places.map(({ path }) => path.length));
  return [summary, "", ...places.map(({ path, what }) => `${path.padEnd(width)}  ${what}`), ""].join("\n");
}

export function landingHtml(): string {
  const rows = places.map(
    ({ path, what, isPage }) => `<dt>${isPage ? `<a href="${path}">${path}</a>` : path}</dt><dd>${what}</dd>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tributary</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
  dt { font-family: ui-monospace, monospace }
  dd { margin: 0 0 .75rem }
</style>
<h1>Tributary</h1>
<p>${summary}</p>
<dl>
${rows.join("\n")}
</dl>
</html>
`;
}
