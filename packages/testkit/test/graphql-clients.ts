/** Apollo Client and urql as apps set them up, over HTTP or over a socket, behind one face: what a test asks of both. */
import { ApolloClient, type ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import {
  type AnyVariables,
  Client,
  cacheExchange,
  type Exchange,
  fetchExchange,
  type OperationResult,
  subscriptionExchange,
} from "@urql/core";
import { createClient, type Client as SocketClient } from "graphql-ws";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/**
 * Messages come in tasks of their own, as in browsers. Otherwise graphql-ws counts an operation twice that is given up at its first
 * answer, as urql does, and closes the socket under the next one.
 */
class BrowserLikeWebSocket extends WebSocket {
  constructor(url: string, protocols: string) {
    super(url, protocols, { allowSynchronousEvents: false });
  }
}

// Before Node 22 there is none, and Apollo's link over a socket compares with it.
Object.assign(globalThis, { WebSocket: BrowserLikeWebSocket });

export type Door = "HTTP" | "a socket";

/** What of an answer a test looks at. */
// biome-ignore lint/suspicious/noExplicitAny: answers are of whatever shape a test asked for.
export type Fields = Record<string, any>;

export interface ToldError {
  readonly message: string;
  readonly extensions?: Fields | undefined;
}

export interface Answer {
  readonly data: Fields | null;
  readonly errors: readonly ToldError[];
}

export interface GraphqlClient {
  /** Queries go to the relay, whatever the client remembers. Rejects when there is no answer at all. */
  ask(document: string, variables?: Fields): Promise<Answer>;
  /** What is told from now on, and how it ended. */
  listen(document: string, variables?: Fields): { readonly events: Fields[]; readonly failures: unknown[] };
}

export interface Endpoint {
  /** `http://HOST:PORT/graphql`. */
  readonly uri: string;
  readonly apiKey: string;
}

/** A socket client with the settings that it has by itself, disposed of when the test ends. */
export function socketClient({ uri, apiKey }: Endpoint, retryAttempts = 5): SocketClient {
  const connectionParams = { "x-api-key": apiKey };
  const url = uri.replace(/^http/, "ws");
  const client = createClient({ url, connectionParams, webSocketImpl: BrowserLikeWebSocket, retryAttempts });
  onTestFinished(async () => client.dispose());
  return client;
}

export function httpLink({ uri, apiKey }: Endpoint): HttpLink {
  return new HttpLink({ uri, headers: { "x-api-key": apiKey } });
}

export function apollo(link: ApolloLink): ApolloClient {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  onTestFinished(() => client.stop());
  return client;
}

/** Its subscriptions take the socket whichever door the rest takes. */
export function apolloClient(endpoint: Endpoint, door: Door, socket = socketClient(endpoint)): GraphqlClient {
  const subscriptions = apollo(new GraphQLWsLink(socket));
  const client = door === "HTTP" ? apollo(httpLink(endpoint)) : subscriptions;
  return {
    async ask(document, variables = {}) {
      const parsed = gql(document);
      const isMutation = document.startsWith("mutation");
      const { data, error } = isMutation
        ? await client.mutate<Fields>({ mutation: parsed, variables, errorPolicy: "all" })
        : await client.query<Fields>({ query: parsed, variables, errorPolicy: "all", fetchPolicy: "network-only" });
      if (error === undefined) return { data: data ?? null, errors: [] };
      if (CombinedGraphQLErrors.is(error)) return { data: data ?? null, errors: error.errors };
      throw error;
    },
    listen(document, variables = {}) {
      const heard = { events: [] as Fields[], failures: [] as unknown[] };
      const told = subscriptions.subscribe<Fields>({ query: gql(document), variables }).subscribe({
        next: ({ data, error }) => {
          if (data) heard.events.push(data);
          if (error) heard.failures.push(error);
        },
        error: (error) => heard.failures.push(error),
      });
      onTestFinished(() => told.unsubscribe());
      return heard;
    },
  };
}

/** `others` stand before what fetches, as urql's own exchanges do. */
export function urqlClient(
  endpoint: Endpoint,
  door: Door,
  socket = socketClient(endpoint),
  others: readonly Exchange[] = [],
): GraphqlClient {
  const overSocket = subscriptionExchange({
    enableAllOperations: door === "a socket",
    forwardSubscription: ({ query = "", variables }) => ({
      subscribe: ({ next, error, complete }) => ({
        unsubscribe: socket.subscribe<Fields, Fields>(
          { query, variables: { ...variables } },
          { next: ({ data, errors }) => next({ data: data ?? null, ...(errors && { errors }) }), error, complete },
        ),
      }),
    }),
  });
  const client = new Client({
    url: endpoint.uri,
    preferGetMethod: false,
    requestPolicy: "network-only",
    fetchOptions: { headers: { "x-api-key": endpoint.apiKey } },
    exchanges: [cacheExchange, ...others, overSocket, fetchExchange],
  });
  return {
    async ask(document, variables = {}) {
      const asked = document.startsWith("mutation")
        ? client.mutation<Fields, AnyVariables>(document, variables)
        : client.query<Fields, AnyVariables>(document, variables);
      const { data, error }: OperationResult<Fields> = await asked.toPromise();
      if (error?.networkError) throw error;
      return { data: data ?? null, errors: error?.graphQLErrors ?? [] };
    },
    listen(document, variables = {}) {
      const heard = { events: [] as Fields[], failures: [] as unknown[] };
      const { unsubscribe } = client
        .subscription<Fields, AnyVariables>(document, variables)
        .subscribe(({ data, error }) => {
          if (data) heard.events.push(data);
          if (error) heard.failures.push(error);
        });
      onTestFinished(unsubscribe);
      return heard;
    },
  };
}
