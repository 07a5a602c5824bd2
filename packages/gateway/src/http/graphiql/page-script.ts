/**
 * The script that starts GraphiQL in a browser, and how it reaches the gateway: queries and mutations over HTTP, subscriptions
 * over a WebSocket of their own. Both carry the headers that stand in the page's header editor, a socket in its first message.
 *
 * It is text, because it is not part of this program: browsers run it.
 */
import type { Introspection } from "../../execute/no-introspection.ts";

/** An expression: from a `location` and the browser's `fetch` and `WebSocket` to what GraphiQL calls to have something run. */
export const createFetcherScript = `
({ location, fetch, WebSocket }) => {
  const url = new URL(location.pathname, location.href);

  async function ask(request, headers) {
    const response = await fetch(url.href, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify(request),
    });
    return response.json();
  }

  async function* listen(request, headers) {
    const socket = new WebSocket(url.href.replace(/^http/, "ws"), "graphql-transport-ws");
    const messages = [];
    let wake = () => {};
    const tell = (message) => {
      messages.push(message);
      wake();
    };
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: "connection_init", payload: headers });
    socket.onmessage = ({ data }) => tell(JSON.parse(data));
    socket.onclose = ({ code, reason }) => tell({ type: "closed", code, reason });
    try {
      for (;;) {
        if (messages.length === 0) await new Promise((resolve) => (wake = resolve));
        const message = messages.shift();
        if (message === undefined) continue;
        if (message.type === "connection_ack") send({ type: "subscribe", id: "1", payload: request });
        else if (message.type === "ping") send({ type: "pong" });
        else if (message.type === "next") yield message.payload;
        else if (message.type === "error") yield { errors: message.payload };
        else if (message.type === "closed") yield { errors: [{ message: "closed with " + message.code + " " + message.reason }] };
        if (["error", "complete", "closed"].includes(message.type)) return;
      }
    } finally {
      socket.close();
    }
  }

  function isSubscription({ documentAST, operationName }) {
    const operations = (documentAST?.definitions ?? []).filter(({ kind }) => kind === "OperationDefinition");
    const chosen = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
    return chosen?.operation === "subscription";
  }

  return ({ query, variables, operationName }, { headers = {}, documentAST } = {}) => {
    const request = { query, variables, operationName };
    return isSubscription({ documentAST, operationName }) ? listen(request, headers) : ask(request, headers);
  };
}`;

const defaultQuery = `# Every model has get, list and sync queries, create, update and delete mutations, and a subscription for each of
# the three. The book at the left lists them; Ctrl-Space completes. An API key goes into the headers below.
#
# Changes made over GraphQL reach clients that sync, and theirs reach subscriptions here.
`;

const defaultQueryWithoutSchema = `# This server does not tell its schema: introspection is switched off. What is asked is answered, without a book of fields
# and without completion. An API key goes into the headers below.
`;

/** `workers` are the sources of the editor's workers by label. */
export function pageScript(workers: Readonly<Record<string, string>>, introspection: Introspection): string {
  const options = {
    title: "Tributary",
    logo: "",
    ...(introspection === "on" ? { defaultQuery } : { defaultQuery: defaultQueryWithoutSchema, schema: null }),
    headers: '{ "x-api-key": "" }',
    shouldPersistHeaders: true,
  };
  return `
const workers = ${scriptJson(workers)};
for (const [label, source] of Object.entries(workers)) {
  workers[label] = URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
}
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_, label) => workers[label] };
const fetcher = (${createFetcherScript})({ location, fetch: (...request) => fetch(...request), WebSocket });
YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), { ...${scriptJson(options)}, fetcher });
`;
}

/** JSON that can stand in a script element: nothing in it ends the element or begins a comment. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
