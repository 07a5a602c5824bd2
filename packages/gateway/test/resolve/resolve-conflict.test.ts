/** LAMBDA: functions that decide about conflicts, called and over HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Identity } from "@tributary/model";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Conflict, ConflictHandler, LambdaStrategy } from "../../src/index.ts";
import { type StartOptions, startGateway } from "../start-gateway.ts";

const schema = parseSchema(`
  type Note @model @auth(rules: [{ allow: public }]) {
    id: ID!
    title: String!
    stars: Int
    tags: [String]
    data: AWSJSON
    rank: Int @auth(rules: [{ allow: public, operations: [read] }])
  }
  type Kept @model @auth(rules: [{ allow: public, operations: [create, read, update] }]) {
    id: ID!
    text: String
    createdAt: AWSDateTime
    updatedAt: AWSDateTime
  }
`);

const all = "{ id title stars tags data _version _deleted }";

/** A note at version 2, and what writes to it. */
async function withNote(strategy: LambdaStrategy, more: StartOptions = {}) {
  const gateway = await startGateway({ schema, conflictResolution: { models: { Note: strategy } }, ...more });
  const write = (operation: string, input: object, selected = all) =>
    gateway.ask(
      `mutation ($input: ${operation}NoteInput!) { ${operation.toLowerCase()}Note(input: $input) ${selected} }`,
      { input },
    );
  await write("Create", { id: "n", title: "first", stars: 5, tags: ["a"], data: '{"deep":[1]}' });
  await write("Update", { id: "n", title: "stored", _version: 1 });
  const get = () => gateway.field(`{ getNote(id: "n") ${all} }`);
  return { gateway, write, get };
}

const stale = { id: "n", title: "mine", stars: null, _version: 1 };

/** A handler that keeps what it was told. */
function recording(answer: ConflictHandler): { readonly asked: Conflict[]; readonly lambda: ConflictHandler } {
  const asked: Conflict[] = [];
  return {
    asked,
    lambda(conflict, signal) {
      asked.push(structuredClone(conflict));
      return answer(conflict, signal);
    },
  };
}

/** Where `handle` answers on a free port. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/conflicts?key=k`;
}

describe("what it is told", () => {
  it("GQL-42 has AppSync's shape for an update", async () => {
    const { asked, lambda } = recording(() => ({ action: "REJECT" }));
    const { write } = await withNote({ lambda });
    await write("Update", stale);
    const times = { createdAt: expect.any(String), updatedAt: expect.any(String) };
    expect(asked).toEqual([
      {
        newItem: { id: "n", title: "mine", tags: ["a"], data: { deep: [1] }, ...times },
        existingItem: {
          id: "n",
          title: "stored",
          stars: 5,
          tags: ["a"],
          data: { deep: [1] },
          _version: 2,
          _lastChangedAt: expect.any(Number),
          ...times,
        },
        arguments: { input: stale },
        resolver: {
          tableName: "Note",
          awsRegion: "local",
          parentType: "Mutation",
          field: "updateNote",
          outputType: "Note",
        },
        identity: null,
      },
    ]);
  });

  it("GQL-42 tells of a deletion, and who asks", async () => {
    const claims = { "cognito:username": "ann", iss: "https://issuer.example" };
    const identity: Identity = { kind: "token", subject: "s-1", claims, provider: "userPools" };
    const { asked, lambda } = recording(() => ({ action: "REJECT" }));
    const { write } = await withNote(
      { lambda },
      {
        schema: parseSchema("type Note @model { id: ID! title: String stars: Int tags: [String] data: AWSJSON }"),
        relay: { sandbox: true },
        authenticate: async () => ({ outcome: "accepted", identity, expiresAt: null }),
      },
    );
    await write("Delete", { id: "n", _version: 1 });
    expect(asked).toMatchObject([
      {
        newItem: { id: "n", title: "stored", _deleted: true },
        arguments: { input: { id: "n", _version: 1 } },
        resolver: { field: "deleteNote" },
        identity: { sub: "s-1", issuer: "https://issuer.example", username: "ann", claims },
      },
    ]);
  });

  it("GQL-42 it is asked about conflicts only, and not about writes that are refused anyway", async () => {
    const { asked, lambda } = recording(() => ({ action: "REJECT" }));
    const { gateway, write } = await withNote({ lambda });
    await write("Update", { id: "n", stars: 6, _version: 2 });
    await write("Update", { id: "none", stars: 6, _version: 2 });
    const forbidden = await write("Update", { id: "n", rank: 1, _version: 1 });
    expect(forbidden.errors).toMatchObject([{ errorType: "Unauthorized" }]);
    const held = `mutation { updateNote(input: { id: "n", stars: 1, _version: 1 }, condition: { stars: { eq: 0 } }) { id } }`;
    expect((await gateway.ask(held)).errors).toMatchObject([{ errorType: "ConditionalCheckFailedException" }]);
    await write("Delete", { id: "n", _version: 3 });
    expect((await write("Update", stale)).errors).toMatchObject([
      { errorType: "ConflictUnhandled", data: { _deleted: true } },
    ]);
    expect(asked).toEqual([]);
  });
});

describe("what it decides", () => {
  it("GQL-43 REJECT refuses the write with the stored record", async () => {
    const { write, get } = await withNote({ lambda: () => ({ action: "REJECT" }) });
    const before = await get();
    for (const [operation, input] of [
      ["Update", stale],
      ["Delete", { id: "n" }],
    ] as const) {
      expect((await write(operation, input)).errors).toMatchObject([{ errorType: "ConflictUnhandled", data: before }]);
    }
    expect(await get()).toEqual(before);
  });

  it("GQL-43 RESOLVE makes the record what its item says, and clears what the item leaves out", async () => {
    const { write, get } = await withNote({
      lambda: ({ newItem, existingItem }) => ({
        action: "RESOLVE",
        item: { id: "n", title: `${existingItem.title}+${newItem.title}`, stars: 9, tags: ["a", "b"] },
      }),
    });
    const { data, errors } = await write("Update", stale);
    expect(errors).toBeUndefined();
    const resolved = {
      id: "n",
      title: "stored+mine",
      stars: 9,
      tags: ["a", "b"],
      data: null,
      _version: 3,
      _deleted: null,
    };
    expect(data?.updateNote).toEqual(resolved);
    expect(await get()).toEqual(resolved);
  });

  it.each([
    ["newItem", { title: "mine", stars: null }],
    ["existingItem", { title: "stored", stars: 5 }],
  ] as const)("GQL-43 RESOLVE takes %s as it was shown, metadata and all, as one version", async (which, expected) => {
    const { write } = await withNote({ lambda: (conflict) => ({ action: "RESOLVE", item: conflict[which] }) });
    expect((await write("Update", stale)).data?.updateNote).toMatchObject({
      ...expected,
      tags: ["a"],
      data: '{"deep":[1]}',
      _version: 3,
    });
  });

  it("GQL-43 RESOLVE keeps a record that was to be deleted", async () => {
    const { write } = await withNote({
      lambda: ({ existingItem }) => ({ action: "RESOLVE", item: { ...existingItem, stars: 0 } }),
    });
    expect((await write("Delete", { id: "n", _version: 1 })).data?.deleteNote).toMatchObject({
      stars: 0,
      _version: 3,
      _deleted: null,
    });
  });

  it("GQL-43 REMOVE deletes, also when the write was an update", async () => {
    const { write } = await withNote({ lambda: () => ({ action: "REMOVE" }) });
    expect((await write("Update", stale)).data?.updateNote).toMatchObject({
      title: "stored",
      _version: 3,
      _deleted: true,
    });
  });

  it("GQL-43 what it decides is written with the permissions of whoever made the write", async () => {
    const ranked = await withNote({ lambda: ({ newItem }) => ({ action: "RESOLVE", item: { ...newItem, rank: 1 } }) });
    expect((await ranked.write("Update", stale)).errors).toMatchObject([
      { errorType: "Unauthorized", message: "Unauthorized on [rank]" },
    ]);
    const gateway = await startGateway({
      schema,
      conflictResolution: { project: { lambda: () => ({ action: "REMOVE" }) } },
    });
    await gateway.ask(`mutation { createKept(input: { id: "k" }) { id } }`);
    const { errors } = await gateway.ask(`mutation { updateKept(input: { id: "k", text: "x" }) { id } }`);
    expect(errors).toMatchObject([{ errorType: "Unauthorized" }]);
  });

  it("GQL-43 GQL-14 declared times stay when the item leaves them out; that of the update goes on", async () => {
    let now = Date.parse("2024-03-01T00:00:00.000Z");
    const lambda: ConflictHandler = ({ existingItem }) => {
      const { createdAt: _, ...item } = existingItem;
      return { action: "RESOLVE", item: { ...item, text: "r" } };
    };
    const clocks = { now: () => now, relay: { now: () => now } };
    const gateway = await startGateway({ schema, ...clocks, conflictResolution: { project: { lambda } } });
    const times = `createdAt: "2019-01-01T00:00:00Z", updatedAt: "2020-01-01T00:00:00Z"`;
    await gateway.ask(`mutation { createKept(input: { id: "k", ${times} }) { id } }`);
    now += 1_000;
    const update = `mutation { updateKept(input: { id: "k", text: "x" }) { text createdAt updatedAt } }`;
    expect(await gateway.field(update)).toEqual({
      text: "r",
      createdAt: "2019-01-01T00:00:00Z",
      updatedAt: "2024-03-01T00:00:01.000Z",
    });
  });

  it("GQL-44 a record that changes while it decides is put to it again", async () => {
    let meanwhile = 0;
    const { asked, lambda } = recording(async ({ existingItem }) => {
      if (meanwhile < 2) {
        meanwhile += 1;
        await note.gateway.relay.submit({ kind: "operator" }, [
          {
            operation: "update",
            model: "Note",
            values: { id: "n", stars: meanwhile },
            baseVersion: null,
            condition: null,
          },
        ]);
      }
      return { action: "RESOLVE", item: { ...existingItem, title: "resolved" } };
    });
    const note = await withNote({ lambda });
    expect((await note.write("Update", { id: "n", title: "mine", _version: 1 })).data?.updateNote).toMatchObject({
      title: "resolved",
      stars: 2,
      _version: 5,
    });
    expect(asked.map(({ existingItem }) => existingItem._version)).toEqual([2, 3, 4]);
  });

  it("GQL-44 one that keeps changing is given up, with the stored record", async () => {
    let stars = 100;
    const { asked, lambda } = recording(async ({ existingItem }) => {
      stars += 1;
      await note.gateway.relay.submit({ kind: "operator" }, [
        { operation: "update", model: "Note", values: { id: "n", stars }, baseVersion: null, condition: null },
      ]);
      return { action: "RESOLVE", item: existingItem };
    });
    const note = await withNote({ lambda });
    const { errors } = await note.write("Update", stale);
    expect(errors).toMatchObject([{ errorType: "MaxConflicts", data: { title: "stored", stars, _version: 7 } }]);
    expect(asked).toHaveLength(5);
  });

  it("GQL-41 GQL-43 a resolved write that is sent again is not resolved again", async () => {
    const { asked, lambda } = recording(({ existingItem }) => ({
      action: "RESOLVE",
      item: { ...existingItem, stars: Number(existingItem.stars) + 1 },
    }));
    const { write } = await withNote({ lambda });
    for (const [operation, input] of [
      ["Update", stale],
      ["Delete", { id: "n", _version: 2 }],
    ] as const) {
      const made = await write(operation, input);
      expect(await write(operation, input)).toEqual(made);
    }
    expect(asked).toHaveLength(2);
  });
});

describe("what goes wrong", () => {
  const failing: [string, ConflictHandler, string][] = [
    [
      "throws",
      () => {
        throw new Error("the password is 1234");
      },
      "threw an error",
    ],
    ["rejects", () => Promise.reject(new Error("the password is 1234")), "threw an error"],
    ["answers nothing", () => undefined as never, "gave an answer that cannot be used: it is not JSON"],
    ["answers a text", () => "RESOLVE" as never, "answered no action; there are RESOLVE, REJECT and REMOVE"],
    [
      "answers another action",
      () => ({ action: "resolve" }) as never,
      "answered no action; there are RESOLVE, REJECT and REMOVE",
    ],
    ["answers no item", () => ({ action: "RESOLVE" }) as never, "answered RESOLVE without an item"],
    [
      "answers a list for an item",
      () => ({ action: "RESOLVE", item: [] }) as never,
      "answered RESOLVE without an item",
    ],
    [
      "answers what turns around in itself",
      () => {
        const item: Record<string, unknown> = {};
        item.item = item;
        return { action: "RESOLVE", item } as never;
      },
      "threw an error",
    ],
    [
      "answers a field that is none",
      ({ existingItem }) => ({ action: "RESOLVE", item: { ...existingItem, colour: "red" } }),
      "answered an item with colour, which is no field of Note",
    ],
    [
      "answers another key",
      ({ existingItem }) => ({ action: "RESOLVE", item: { ...existingItem, id: "m" } }),
      "answered an item with another id; a record keeps its key",
    ],
    [
      "answers a value that is no value of its field",
      ({ existingItem }) => ({ action: "RESOLVE", item: { ...existingItem, stars: "many" } }),
      "answered an item that cannot be stored: ",
    ],
    [
      "answers too little",
      () => ({ action: "RESOLVE", item: { id: "n" } }),
      "answered an item that cannot be stored: ",
    ],
  ];

  it.each(failing)("GQL-45 a handler that %s fails that mutation alone", async (_, lambda, message) => {
    const { gateway, write, get } = await withNote({ lambda });
    const before = await get();
    const { errors } = await gateway.ask(
      `mutation ($input: UpdateNoteInput!) { updateNote(input: $input) ${all} createNote(input: { id: "m", title: "m" }) { id } }`,
      { input: stale },
    );
    expect(errors).toMatchObject([{ errorType: "ConflictError", path: ["updateNote"], data: before }]);
    expect(errors?.[0]?.message).toContain(`The conflict handler of Note ${message}`);
    expect(errors?.[0]?.message).not.toContain("1234");
    expect(gateway.logged).toMatchObject([[{ model: "Note" }, "a conflict handler failed"]]);
    expect(await gateway.field(`{ getNote(id: "m") { id } }`)).toEqual({ id: "m" });
    expect((await write("Update", { id: "n", stars: 6, _version: 2 })).errors).toBeUndefined();
  });

  it("GQL-45 a handler that takes too long is told so, and what it answers later is not heard", async () => {
    let isAborted = false;
    const { write, get } = await withNote({
      timeoutMs: 20,
      lambda: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            isAborted = true;
            resolve({ action: "REMOVE" });
          });
        }),
    });
    expect((await write("Update", stale)).errors).toMatchObject([
      {
        errorType: "ConflictError",
        message: "The conflict handler of Note took longer than 20 ms",
        data: { title: "stored" },
      },
    ]);
    expect(isAborted).toBe(true);
    expect(await get()).toMatchObject({ _version: 2, _deleted: null });
  });

  it("GQL-45 a handler that changes what it is shown changes its own copy", async () => {
    const { asked, lambda } = recording(async (conflict) => {
      (conflict.newItem.tags as string[]).push("slipped in");
      Object.assign(conflict.arguments.input ?? {}, { title: "slipped in" });
      if (asked.length === 1) {
        await note.gateway.relay.submit({ kind: "operator" }, [
          { operation: "update", model: "Note", values: { id: "n", stars: 1 }, baseVersion: null, condition: null },
        ]);
      }
      return { action: "RESOLVE", item: conflict.existingItem };
    });
    const note = await withNote({ lambda });
    const input = { id: "n", title: "mine", tags: ["t"], _version: 1 };
    expect((await note.write("Update", input)).errors).toBeUndefined();
    const shown = { newItem: { title: "mine", tags: ["t"] }, arguments: { input } };
    expect(asked).toMatchObject([shown, shown]);
    expect(await note.get()).toMatchObject({ title: "stored", tags: ["a"], stars: 1 });
  });
});

describe("over HTTP", () => {
  it("GQL-46 gets the conflict by POST as JSON, and its answer is taken", async () => {
    const requests: unknown[] = [];
    const lambda = await serve((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const conflict = JSON.parse(body) as Conflict;
        requests.push([request.method, request.url, request.headers["content-type"], conflict.resolver.field]);
        const item = { ...conflict.existingItem, title: "résolu" };
        response.end(JSON.stringify({ action: "RESOLVE", item }));
      });
    });
    const { write } = await withNote({ lambda });
    expect((await write("Update", stale)).data?.updateNote).toMatchObject({ title: "résolu", stars: 5, _version: 3 });
    expect(requests).toEqual([["POST", "/conflicts?key=k", "application/json", "updateNote"]]);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    ["answers an error", (_, response) => response.writeHead(500).end("no"), "answered with HTTP status 500"],
    [
      "sends elsewhere",
      (request, response) => {
        if (request.url === "/other") response.end('{"action":"REMOVE"}');
        else response.writeHead(302, { location: "/other" }).end();
      },
      "cannot be reached",
    ],
    ["hangs up", (request) => request.socket.destroy(), "cannot be reached"],
    ["answers no JSON", (_, response) => response.end("<html>"), "gave an answer that cannot be used: it is not JSON"],
    [
      "answers without an end",
      (_, response) => {
        const chunk = Buffer.alloc(256 * 1024, 32);
        const more = (): void => {
          while (response.writable && response.write(chunk)) {}
        };
        response.on("drain", more);
        more();
      },
      "answered more than 4194304 bytes",
    ],
    ["says nothing", () => {}, "took longer than 300 ms"],
    ["stops in the middle", (_, response) => response.write('{"action":'), "took longer than 300 ms"],
  ])("GQL-46 one that %s is an error of that mutation", async (_, handle, message) => {
    const timeoutMs = message.startsWith("took") ? 300 : 10_000;
    const { write, get } = await withNote({ lambda: await serve(handle), timeoutMs });
    expect((await write("Update", stale)).errors).toMatchObject([
      { errorType: "ConflictError", message: `The conflict handler of Note ${message}`, data: { title: "stored" } },
    ]);
    expect(await get()).toMatchObject({ _version: 2 });
  });
});
