/** What a developer needs to know of a server that is up. */
import { columns } from "../terminal/columns.ts";
import type { Style } from "../terminal/style.ts";

export interface Introduced {
  readonly url: string;
  readonly apiKey: string;
  readonly schemaFile: string;
  readonly data: string;
}

export function introduction({ url, apiKey, schemaFile, data }: Introduced, style: Style): string[] {
  const rows: readonly (readonly [string, string])[] = [
    ["GraphiQL", `${url}/graphql in a browser, with the header x-api-key`],
    ["GraphQL", `${url}/graphql`],
    ["Sync", `${url.replace(/^http/, "ws")}/sync for DataStore clients`],
    ["Health", `${url}/healthz`],
    ["Metrics", `${url}/metrics`],
    ["API key", apiKey],
    ["Schema", schemaFile],
    ["Data", data],
  ];
  const table = rows.map(([name, text]) => [{ text: name, style: style.bold }, { text }]);
  const body = JSON.stringify({ query: "{ listChatRooms(limit: 3) { items { id name topic _version } } }" });
  return [
    style.bold("Tributary development server, with the demo's chat in it"),
    "",
    ...columns(table, 2, Number.POSITIVE_INFINITY),
    "",
    "Try it:",
    "",
    `  curl -s ${url}/graphql -H 'x-api-key: ${apiKey}' -H 'content-type: application/json' \\`,
    `    -d '${body}'`,
    "",
    "Stop it with Ctrl-C.",
  ];
}
