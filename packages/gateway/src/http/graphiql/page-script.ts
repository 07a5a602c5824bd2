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
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      // Whatever stands between here and the gateway said it.
      return { errors: [{ message: ("HTTP " + response.status + " " + text).slice(0, 500) }] };
    }
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
        else if (message.type === "closed") yield { errors: [{ message: closedWords(message) }] };
        if (["error", "complete", "closed"].includes(message.type)) return;
      }
    } finally {
      socket.close();
    }
  }

  function closedWords({ code, reason }) {
    return reason === "" ? "the socket was closed with code " + code : reason + " (the socket was closed with code " + code + ")";
  }

  // GraphiQL tells what it parsed some time ago: behind a text that was just pasted and is run at once.
  function operationsIn(query) {
    const code = query.replace(/"""(?:\\\\"""|[^])*?"""|"(?:\\\\.|[^"\\\\\\n])*"|#.*/g, "");
    let depth = 0;
    let heads = "";
    for (const character of code) {
      if ("{(".includes(character)) depth += 1;
      if (depth === 0) heads += character;
      if ("})".includes(character)) depth -= 1;
    }
    const found = heads.matchAll(/fragment\\s+\\w+|\\b(query|mutation|subscription)\\b\\s*(\\w*)/g);
    return [...found].flatMap(([, type, name]) => (type === undefined ? [] : [{ type, name }]));
  }

  return ({ query, variables, operationName }, { headers = {} } = {}) => {
    const operations = operationsIn(query);
    const named = operations.find(({ name }) => name !== "" && name === operationName);
    const request = { query, variables, operationName: named?.name };
    return (named ?? operations[0])?.type === "subscription" ? listen(request, headers) : ask(request, headers);
  };
}`;

/** What stands in a new tab. Lines are short: the editor has some fifty columns on a small screen, and wraps nothing. */
const greetings: Readonly<Record<Introspection, string>> = {
  on: `# Every model has get, list and sync queries,
# create, update and delete mutations, and a
# subscription to each of the three.
#
# An API key goes into the headers below. Then
# fetch the schema with the arrows at the lower
# left: the book lists it, Ctrl-Space completes.
{
  __typename
}
`,
  off: `# Introspection is switched off here: there is
# no book of fields, and no completion. What you
# type is run all the same.
#
# An API key goes into the headers below.
{
  __typename
}
`,
};

/** `workers` are the sources of the editor's workers by label. */
export function pageScript(workers: Readonly<Record<string, string>>, introspection: Introspection): string {
  const options = {
    title: "Tributary",
    logo: "",
    defaultQuery: greetings[introspection],
    // With a schema given, if only none, it asks for none.
    ...(introspection === "on" ? {} : { schema: null }),
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
