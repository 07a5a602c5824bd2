import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { type GraphqlAnswer, startGateway } from "../start-gateway.ts";

const key = { "x-api-key": "right" };
const json = { ...key, "content-type": "application/json" };

const post = (url: string, body: string, headers: Record<string, string> = json): Promise<Response> =>
  fetch(url, { method: "POST", headers, body });

describe("HTTP", () => {
  it("GQL-22 answers queries by POST and GET", async () => {
    const { url } = await startGateway();
    const query = "query A($id: ID!) { getTask(id: $id) { id } } query B { __typename }";
    const posted = await post(url, JSON.stringify({ query, operationName: "A", variables: { id: "t" } }));
    expect(posted.status).toBe(200);
    expect(posted.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(posted.headers.get("cache-control")).toBe("no-store");
    expect(await posted.json()).toEqual({ data: { getTask: null } });
    const params = new URLSearchParams({ query, operationName: "A", variables: '{"id":"t"}' });
    const got = await fetch(`${url}?${params}`, { headers: key });
    expect([got.status, await got.json()]).toEqual([200, { data: { getTask: null } }]);
  });

  it("GQL-22 answers in the media type that is asked for", async () => {
    const { url } = await startGateway();
    const graphql = "application/graphql-response+json";
    const plain = "application/json";
    for (const [accept, type] of [
      [graphql, graphql],
      [`${graphql}, ${plain};q=0.9`, graphql],
      [`${plain};q=0.9, ${graphql}`, graphql],
      [`${graphql}, ${plain}`, graphql],
      [`${plain}, text/plain, ${graphql}`, plain],
      [`${graphql};q=0.5, */*;q=0.6`, plain],
      [`image/png, */*;q=0.1, ${graphql};q=0`, plain],
    ] as const) {
      const answer = await post(url, '{"query":"{ __typename }"}', { ...json, accept });
      expect([accept, answer.headers.get("content-type")]).toEqual([accept, `${type}; charset=utf-8`]);
      expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
      const refused = await post(url, "", { accept });
      expect([accept, refused.headers.get("content-type")]).toEqual([accept, `${type}; charset=utf-8`]);
    }
    for (const accept of [`${plain};q=0`, `${graphql};q=no`, "text/css"]) {
      expect((await post(url, '{"query":"{ __typename }"}', { ...json, accept })).status).toBe(406);
    }
  });

  it("GQL-22 makes no mutation by GET", async () => {
    const gateway = await startGateway();
    const query = `mutation { createTask(input: { id: "t", title: "x" }) { id } }`;
    const answer = await fetch(`${gateway.url}?${new URLSearchParams({ query })}`, { headers: key });
    expect(answer.status).toBe(405);
    expect(await answer.json()).toMatchObject({
      data: null,
      errors: [{ errorType: "MalformedHttpRequestException", message: expect.stringContaining("POST") }],
    });
    expect(await gateway.ask(`{ getTask(id: "t") { id } }`)).toEqual({ data: { getTask: null } });
  });

  it("GQL-22 says where subscriptions are served", async () => {
    const { url } = await startGateway();
    const query = "subscription { onCreateTask { id } }";
    for (const answer of [
      await post(url, JSON.stringify({ query })),
      await fetch(`${url}?${new URLSearchParams({ query })}`, { headers: key }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get("content-type")).toContain("application/json");
      expect(await answer.json()).toMatchObject({
        data: null,
        errors: [{ errorType: "UnsupportedOperation", message: expect.stringContaining("graphql-transport-ws") }],
      });
    }
    const stream = await post(url, JSON.stringify({ query }), { ...json, accept: "text/event-stream" });
    expect(stream.status).toBe(406);
    expect(await stream.json()).toMatchObject({
      errors: [{ errorType: "UnsupportedOperation", message: expect.stringContaining("graphql-transport-ws") }],
    });
  });

  it("GQL-50 serves a document that is named by its hash, once it was sent, by POST and GET", async () => {
    const gateway = await startGateway();
    const named = (query: string) => ({
      extensions: { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } },
      variables: { id: "t" },
    });
    const posted = async (body: object) => (await post(gateway.url, JSON.stringify(body))).json();
    const got = (query: string) => {
      const { extensions, variables } = named(query);
      const params = { extensions: JSON.stringify(extensions), variables: JSON.stringify(variables) };
      return fetch(`${gateway.url}?${new URLSearchParams(params)}`, { headers: key });
    };
    const unknown = { errorType: "PERSISTED_QUERY_NOT_FOUND", message: "PersistedQueryNotFound" };
    const query = "query Q($id: ID!) { getTask(id: $id) { id } }";
    for (const answer of [await post(gateway.url, JSON.stringify(named(query))), await got(query)]) {
      expect([answer.status, await answer.json()]).toMatchObject([200, { data: null, errors: [unknown] }]);
    }
    expect(await posted({ query, ...named(query) })).toEqual({ data: { getTask: null } });
    expect(await posted(named(query))).toEqual({ data: { getTask: null } });
    expect(await posted({ query: null, ...named(query) })).toEqual({ data: { getTask: null } });
    expect(await (await got(query)).json()).toEqual({ data: { getTask: null } });

    const mutation = 'mutation ($id: ID!) { createTask(input: { id: $id, title: "x" }) { id } }';
    expect(await posted({ query: mutation, ...named(mutation) })).toEqual({ data: { createTask: { id: "t" } } });
    expect((await got(mutation)).status).toBe(405);
    const invalid = "query ($id: ID!) { nope(id: $id) }";
    expect(await posted({ query: invalid, ...named(invalid) })).toMatchObject({
      errors: [{ errorType: "ValidationError" }],
    });
    expect(await posted(named(invalid))).toMatchObject({ errors: [unknown] });
  });

  it("GQL-51 GQL-52 serves what the setting lets through", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: "name" } };
    const off = await startGateway({ persistedQueries: "off" });
    const refused = await post(off.url, JSON.stringify({ extensions }));
    expect([refused.status, await refused.json()]).toMatchObject([
      200,
      { errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" } }] },
    ]);
    const only = await startGateway({ persistedQueries: { only: new Map([["name", "{ __typename }"]]) } });
    expect(await (await post(only.url, JSON.stringify({ extensions }))).json()).toEqual({
      data: { __typename: "Query" },
    });
    expect(await only.ask("{__typename}")).toEqual({ data: { __typename: "Query" } });
    const other = await post(only.url, JSON.stringify({ query: "{ getTask(id: 1) { id } }" }));
    expect([other.status, await other.json()]).toMatchObject([
      400,
      { errors: [{ errorType: "UnsupportedOperation" }] },
    ]);
  });

  it("GQL-53 tells nothing of the schema where introspection is off, not by guesses either", async () => {
    const gateway = await startGateway({ introspection: "off" });
    const message = async (query: string, variables?: object) => (await gateway.ask(query, variables)).errors?.[0];
    expect(await message("{ __schema { queryType { name } } }")).toMatchObject({
      errorType: "ValidationError",
      message: "Introspection is switched off: __schema is not served",
    });
    expect(await gateway.ask("{ __typename }")).toEqual({ data: { __typename: "Query" } });
    expect((await message("{ getTasks { id } }"))?.message).toBe('Cannot query field "getTasks" on type "Query".');
    const filtered = "query ($f: ModelTaskFilterInput) { listTasks(filter: $f) { nextToken } }";
    const state = { f: { state: { eq: "OPENED" } } };
    expect((await message(filtered, state))?.message).toMatch(/does not exist in "State" enum\.$/);
    const open = await startGateway();
    expect((await open.ask("{ getTasks { id } }")).errors?.[0]?.message).toContain('Did you mean "getTask"');
    expect((await open.ask(filtered, state)).errors?.[0]?.message).toContain('Did you mean the enum value "OPEN"?');
  });

  it("GQL-54 takes arrays of operations where they are allowed, as many as are", async () => {
    const list = '{"query":"{ listTasks { items { id } } }"}';
    const create = (id: string, title: string) =>
      JSON.stringify({ query: `mutation { createTask(input: { id: "${id}", title: "${title}" }) { id } }` });
    const one = await startGateway();
    const refused = await post(one.url, `[${list}]`);
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { errors: [{ errorType: "MalformedHttpRequestException", message: expect.stringContaining("Batching is not") }] },
    ]);
    const several = await startGateway({ limits: { maxBatchedOperations: 3, maxRecordsPerRequest: 4 } });
    const answer = await post(several.url, `[${create("a", "x")},${create("a", "y")},{"query":"{ nope }"}]`);
    expect([answer.status, answer.headers.get("content-type"), await answer.json()]).toMatchObject([
      200,
      "application/json; charset=utf-8",
      [
        { data: { createTask: { id: "a" } } },
        { data: { createTask: null }, errors: [{ errorType: "ConditionalCheckFailedException" }] },
        { data: null, errors: [{ errorType: "ValidationError" }] },
      ],
    ]);
    await post(several.url, `[${create("b", "x")}]`);
    // Two records each, of four that one request may read.
    const spent = (await (await post(several.url, `[${list},${list},${list}]`)).json()) as GraphqlAnswer[];
    expect(spent.map(({ errors }) => errors?.[0]?.errorType)).toEqual([undefined, undefined, "LimitExceededError"]);
    const tooMany = await post(several.url, `[${list},${list},${list},${list}]`);
    expect([tooMany.status, await tooMany.json()]).toMatchObject([
      413,
      { errors: [{ errorType: "LimitExceededError" }] },
    ]);
    const mixed = (await (await post(several.url, `[null,${list},{}]`)).json()) as GraphqlAnswer[];
    const malformed = { data: null, errors: [{ errorType: "MalformedHttpRequestException" }] };
    expect(mixed).toMatchObject([malformed, { data: { listTasks: {} } }, malformed]);
    expect(several.logged).toEqual([]);
  });

  it("GQL-23 asks for a credential before it reads the request", async () => {
    const { url } = await startGateway();
    for (const headers of [{ "content-type": "application/json" }, { ...json, "x-api-key": "wrong" }]) {
      const answer = await post(url, "not even JSON", headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("x-amzn-errortype")).toBe("UnauthorizedException");
      expect(await answer.json()).toEqual({
        errors: [
          {
            errorType: "UnauthorizedException",
            message: "the API key is wrong",
            extensions: { code: "UnauthorizedException" },
          },
        ],
      });
    }
  });

  it("GQL-24 says what is wrong with a request that is no GraphQL request", async () => {
    const { url } = await startGateway();
    const cases: [string, number, string][] = [
      ["{", 400, "MalformedHttpRequestException"],
      ["", 400, "MalformedHttpRequestException"],
      ["[]", 400, "MalformedHttpRequestException"],
      ['[{"query":"{ __typename }"}]', 400, "MalformedHttpRequestException"],
      ["null", 400, "MalformedHttpRequestException"],
      ['"text"', 400, "MalformedHttpRequestException"],
      ["{}", 400, "MalformedHttpRequestException"],
      ['{"query":1}', 400, "MalformedHttpRequestException"],
      ['{"query":"{ __typename }","variables":"a"}', 400, "MalformedHttpRequestException"],
      ['{"query":"{ __typename }","variables":[]}', 400, "MalformedHttpRequestException"],
      ['{"query":"{ __typename }","operationName":1}', 400, "MalformedHttpRequestException"],
      ['{"query":"{"}', 200, "ValidationError"],
      ['{"query":""}', 200, "ValidationError"],
      ['{"query":"fragment F on Task { id }"}', 200, "ValidationError"],
      ['{"query":"{ __typename }","operationName":"A"}', 200, "BadRequest"],
      ['{"query":"query A { __typename } query B { __typename }"}', 200, "BadRequest"],
    ];
    for (const [body, status, errorType] of cases) {
      const answer = await post(url, body);
      const { errors } = (await answer.json()) as { errors: { errorType: string; message: string }[] };
      expect([body, answer.status, errors[0]?.errorType]).toEqual([body, status, errorType]);
      expect(errors[0]?.message, body).toMatch(/\w{3}/);
    }
  });

  it("GQL-24 refuses other methods and media types", async () => {
    const { url } = await startGateway();
    const refusals: [Promise<Response>, number, string][] = [
      [fetch(url, { method: "PUT", headers: json, body: "{}" }), 405, "PUT"],
      [fetch(url, { method: "DELETE", headers: key }), 405, "DELETE"],
      [post(url, '{"query":"{ __typename }"}', { ...key, "content-type": "text/plain" }), 415, "application/json"],
      [post(url, "query={__typename}", { ...key, "content-type": "application/x-www-form-urlencoded" }), 415, "JSON"],
      [post(url, '{"query":"{ __typename }"}', { ...json, accept: "image/png" }), 406, "application/json"],
    ];
    for (const [asked, status, text] of refusals) {
      const answer = await asked;
      expect([answer.status, await answer.json()]).toEqual([
        status,
        {
          errors: [
            {
              errorType: expect.any(String),
              message: expect.stringContaining(text),
              extensions: { code: expect.any(String) },
            },
          ],
        },
      ]);
    }
    expect((await fetch(url, { method: "PUT", headers: json })).headers.get("allow")).toBe("GET, POST");
  });

  it("GQL-24 takes a bare document, and any path ending", async () => {
    const { url } = await startGateway();
    const bare = await post(url, "{ __typename }", { ...key, "content-type": "application/graphql; charset=utf-8" });
    expect(await bare.json()).toEqual({ data: { __typename: "Query" } });
    const got = await fetch(`${url}?query={__typename}&operationName=/.`, { headers: key });
    expect(await got.json()).toMatchObject({ errors: [{ errorType: "BadRequest" }] });
  });

  it("GQL-24 refuses a body that is too large, announced or not", async () => {
    const { url } = await startGateway({ limits: { maxBodyBytes: 1_000 } });
    const body = JSON.stringify({ query: `{ __typename } #${"x".repeat(2_000)}` });
    const announced = await post(url, body);
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({ errors: [{ errorType: "LimitExceededError" }] });
    const status = await new Promise((resolve, reject) => {
      const sending = httpRequest(url, { method: "POST", headers: json }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.on("error", reject);
      sending.write(body.slice(0, 500));
      sending.end(body.slice(500));
    });
    expect(status).toBe(413);
  });

  it("GQL-26 lets pages of other origins ask, and read what a refusal was", async () => {
    const { url } = await startGateway();
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key, content-type, apollographql-client-name",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    for (const name of ["content-type", "x-api-key", "apollographql-client-name"]) {
      expect(preflight.headers.get("access-control-allow-headers")).toContain(name);
    }
    const refused = await post(url, "{}", { "content-type": "application/json", origin: "https://app.example" });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
    expect(refused.headers.get("access-control-expose-headers")).toContain("x-amzn-errortype");
  });

  it("GQL-28 masks and logs what fails inside", async () => {
    const gateway = await startGateway();
    const fail = (): never => {
      throw new Error("secret detail");
    };
    Object.assign(gateway.relay.records, { get: fail });
    const { data, errors } = await gateway.ask(`{ getTask(id: "t") { id } }`);
    expect(data).toEqual({ getTask: null });
    expect(errors).toMatchObject([{ errorType: "InternalFailure", path: ["getTask"], data: null }]);
    expect(JSON.stringify(errors)).not.toContain("secret");
    expect(gateway.logged).toHaveLength(1);
    expect(gateway.logged[0]).toMatchObject([
      { err: expect.objectContaining({ message: "secret detail" }) },
      expect.any(String),
    ]);
  });

  it("GQL-28 masks a failing authentication too", async () => {
    const { url, logged } = await startGateway({ authenticate: () => Promise.reject(new Error("secret detail")) });
    const answer = await post(url, '{"query":"{ __typename }"}');
    expect(answer.status).toBe(500);
    expect(answer.headers.get("x-amzn-errortype")).toBe("InternalFailure");
    expect(await answer.text()).not.toContain("secret");
    expect(logged).toHaveLength(1);
  });
});
