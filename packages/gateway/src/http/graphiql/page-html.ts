/** GraphiQL as one document that loads nothing from anywhere, and the policy that holds it to that. */
import { createHash } from "node:crypto";
import type { Introspection } from "../../execute/no-introspection.ts";
import { pageScript } from "./page-script.ts";

/** The parts that `@graphql-yoga/render-graphiql` brings along. */
export interface GraphiqlParts {
  readonly js: string;
  readonly css: string;
  readonly editorWorkerService: string;
  readonly jsonWorker: string;
  readonly graphqlWorker: string;
}

export interface PageHtml {
  readonly html: string;
  /** The value of its `content-security-policy`. */
  readonly policy: string;
}

export function createPageHtml(parts: GraphiqlParts, introspection: Introspection): PageHtml {
  const { editorWorkerService, jsonWorker, graphqlWorker } = parts;
  const workers = { editorWorkerService, json: jsonWorker, graphql: graphqlWorker };
  const scripts = [parts.js, pageScript(workers, introspection)];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL - Tributary</title>
<link rel="icon" href="data:,">
<style>${parts.css}</style>
<style>html, body, #root { height: 100%; margin: 0; }</style>
</head>
<body class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root"></div>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
  return { html, policy: policyOf(scripts) };
}

/** Only these very scripts run, and they reach nobody but the server they came from. The editor writes its styles itself. */
function policyOf(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "worker-src blob:",
    "style-src 'unsafe-inline'",
    "img-src data:",
    "font-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
