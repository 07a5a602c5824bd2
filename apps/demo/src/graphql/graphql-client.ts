/** Asks a relay over GraphQL, as any HTTP client would. */
import type { Values } from "../scenario/edit.ts";

export interface GraphqlClient {
  /** The answer's data. Rejects when the relay cannot be reached or answers with errors. */
  ask<Data>(query: string, variables?: Values): Promise<Data>;
}

export function createGraphqlClient({
  url,
  apiKey,
}: {
  /** `http://host:port` */
  readonly url: string;
  readonly apiKey: string;
}): GraphqlClient {
  return {
    async ask<Data>(query: string, variables: Values = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": apiKey },
        body: JSON.stringify({ query, variables }),
      });
      const answer = (await response.json()) as { data?: Data; errors?: readonly { readonly message: string }[] };
      const [error] = answer.errors ?? [];
      if (error !== undefined) throw new Error(`GraphQL answers: ${error.message}`);
      if (answer.data === undefined) throw new Error(`GraphQL answers ${response.status} without data`);
      return answer.data;
    },
  };
}
