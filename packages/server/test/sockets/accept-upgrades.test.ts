import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type FakeSession, openTestDoors, type TestDoorOptions, type TestDoors } from "../fake-engine.ts";

let open: TestDoors | null = null;
const sockets: WebSocket[] = [];

async function doors(options?: TestDoorOptions): Promise<TestDoors> {
  open = await openTestDoors(options);
  return open;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await open?.doors.shut(0);
  await open?.doors.close(0);
  open = null;
});

function dial(url: string, protocols: string[] = [], headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(url, protocols, { headers, perMessageDeflate: true });
  socket.on("error", () => undefined);
  sockets.push(socket);
  return socket;
}

const opened = (socket: WebSocket) => new Promise<void>((resolve) => socket.once("open", () => resolve()));
const closed = (socket: WebSocket) =>
  new Promise<[number, string]>((resolve) => socket.once("close", (code, reason) => resolve([code, String(reason)])));
const message = (socket: WebSocket) =>
  new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));

/** Status and body of a refused upgrade. */
const refused = (socket: WebSocket) =>
  new Promise<[number, unknown]>((resolve) => {
    socket.once("unexpected-response", async (_, response) => {
      let text = "";
      for await (const chunk of response) text += String(chunk);
      resolve([response.statusCode ?? 0, JSON.parse(text)]);
    });
  });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("/sync", () => {
  test("SERVER-50 carries binary messages both ways and tells the session when the socket is gone", async () => {
    const { socketUrl, engine } = await doors();
    engine.onFrame = (session) => session.socket.send(Uint8Array.of(...(session.frames.at(-1) ?? []), 9));
    const socket = dial(`${socketUrl}/sync`);
    await opened(socket);
    expect([socket.protocol, socket.extensions]).toEqual(["", ""]);
    const answer = new Promise((resolve) => socket.once("message", (data, isBinary) => resolve([data, isBinary])));
    socket.send(Uint8Array.of(1, 2));
    expect(await answer).toEqual([Buffer.from([1, 2, 9]), true]);
    const [session] = engine.sessions;
    expect(session?.socket.bufferedBytes).toBe(0);
    expect(session?.isClosed).toBe(false);
    socket.close();
    await until(() => session?.isClosed === true);
  });

  test("SERVER-50 reads nothing of a socket while the relay does not want to", async () => {
    const { socketUrl, engine } = await doors();
    engine.onFrame = ({ socket }) => socket.pause();
    const socket = dial(`${socketUrl}/sync`);
    await opened(socket);
    socket.send(Uint8Array.of(1));
    await until(() => engine.sessions[0]?.frames.length === 1);
    socket.send(Uint8Array.of(2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [session] = engine.sessions;
    expect(session?.frames).toHaveLength(1);
    session?.socket.resume();
    await until(() => session?.frames.length === 2);
    session?.socket.resume();
    socket.close();
    await until(() => session?.isClosed === true);
  });

  test("SERVER-50 passes on why the relay closes, cut to what a close frame holds", async () => {
    const { socketUrl, engine } = await doors();
    engine.onFrame = (session) => session.socket.close(4401, `ä${"ö".repeat(100)}`);
    const socket = dial(`${socketUrl}/sync?x=1`);
    await opened(socket);
    socket.send(Uint8Array.of(1));
    expect(await closed(socket)).toEqual([4401, `ä${"ö".repeat(60)}`]);
  });

  test("SERVER-50 chooses no subprotocol", async () => {
    const { socketUrl } = await doors();
    const error = new Promise<Error>((resolve) => dial(`${socketUrl}/sync`, ["graphql-ws"]).once("error", resolve));
    expect((await error).message).toBe("Server sent no subprotocol");
  });

  test("SERVER-51 closes a socket that sends text with 4400", async () => {
    const { socketUrl, engine } = await doors();
    const socket = dial(`${socketUrl}/sync`);
    await opened(socket);
    socket.send("hello");
    expect(await closed(socket)).toEqual([4400, "this protocol has binary messages only"]);
    await until(() => engine.sessions[0]?.isClosed === true);
    expect(engine.sessions[0]?.frames).toEqual([]);
  });

  test("SERVER-52 a frame over the limit ends that socket alone", async () => {
    const { socketUrl, engine } = await doors({ sessionLimits: { maxFrameBytes: 1_000 } });
    engine.onFrame = (session) => session.socket.send(Uint8Array.of(1));
    const [bad, good] = [dial(`${socketUrl}/sync`), dial(`${socketUrl}/sync`)];
    await Promise.all([opened(bad), opened(good)]);
    bad.send(new Uint8Array(1_001));
    expect(await closed(bad)).toEqual([1009, ""]);
    good.send(new Uint8Array(1_000));
    await message(good);
  });

  test.each([
    ["an unmasked frame", [0x82, 0x01, 0x00]],
    ["a reserved opcode", [0x83, 0x80, 0, 0, 0, 0]],
    ["a compressed frame", [0xc2, 0x80, 0, 0, 0, 0]],
    ["text that is not UTF-8", [0x81, 0x81, 0, 0, 0, 0, 0xff]],
  ])("SERVER-52 %s ends that socket alone", async (_, bytes) => {
    const { doors: target, url, engine } = await doors();
    const connection = await rawUpgrade(target.port);
    const gone = new Promise((resolve) => connection.once("close", resolve));
    connection.write(Uint8Array.from(bytes));
    await gone;
    await until(() => engine.sessions[0]?.isClosed === true);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe("/graphql", () => {
  test.each(["/graphql", "/graphql/realtime"])(
    "SERVER-53 %s hands graphql-transport-ws to the gateway",
    async (path) => {
      const { socketUrl, engine } = await doors();
      for (const offered of [["graphql-transport-ws"], ["graphql-ws", "graphql-transport-ws"]]) {
        const socket = dial(socketUrl + path, offered);
        await opened(socket);
        expect(socket.protocol).toBe("graphql-transport-ws");
      }
      await until(() => engine.graphqlSockets.length === 2);
    },
  );

  test.each([
    ["/graphql", ["graphql-ws"]],
    ["/graphql", ["graphql-ws", "header-abc"]],
    ["/graphql/realtime", ["header-abc", "graphql-ws"]],
    ["/graphql/realtime?header=e30=&payload=e30=", ["graphql-ws"]],
  ])("SERVER-53 %s hands AppSync's realtime protocol to the gateway: %j", async (path, offered) => {
    const { socketUrl, engine } = await doors();
    const socket = dial(socketUrl + path, offered);
    await opened(socket);
    expect(socket.protocol).toBe("graphql-ws");
    await until(() => engine.graphqlSockets.length === 1);
    expect(engine.graphqlSockets[0]?.socket.protocol).toBe("graphql-ws");
  });

  test("SERVER-54 no subprotocol is closed with 4406", async () => {
    const { socketUrl } = await doors();
    const socket = dial(`${socketUrl}/graphql`);
    expect(await closed(socket)).toEqual([
      4406,
      "no known subprotocol was offered; use graphql-transport-ws or graphql-ws",
    ]);
  });

  test("SERVER-54 an unknown subprotocol, or one that carries a credential, is never chosen", async () => {
    const { socketUrl, engine } = await doors();
    const error = await new Promise<Error>((resolve) =>
      dial(`${socketUrl}/graphql`, ["header-abc", "soap"]).once("error", resolve),
    );
    expect(error.message).toBe("Server sent no subprotocol");
    expect(engine.graphqlSockets).toEqual([]);
  });
});

describe("refused upgrades", () => {
  test("SERVER-55 an unknown path is 404", async () => {
    const { socketUrl } = await doors();
    expect(await refused(dial(`${socketUrl}/nothing`))).toEqual([
      404,
      { error: { message: "there is no socket at /nothing" } },
    ]);
  });

  test.each(["/sync", "/graphql"])("SERVER-33 a page of another origin is 403 at %s", async (path) => {
    const { socketUrl, engine } = await doors({ allowedOrigins: ["https://app.example.com"] });
    const evil = dial(socketUrl + path, ["graphql-transport-ws"], { origin: "https://evil.example" });
    expect(await refused(evil)).toEqual([
      403,
      { error: { message: expect.stringMatching(/origin .* is not allowed/) } },
    ]);
    await opened(
      dial(socketUrl + path, ["graphql-transport-ws"].slice(path === "/sync" ? 1 : 0), {
        origin: "https://app.example.com",
      }),
    );
    expect(engine.sessions.length + engine.graphqlSockets.length).toBe(1);
  });

  test("SERVER-32 an open sandbox on loopback refuses a host that only resolves to it", async () => {
    const { socketUrl } = await doors({ isOpenToAll: true });
    const rebound = dial(`${socketUrl}/sync`, [], { host: "rebound.example", origin: "http://rebound.example" });
    expect((await refused(rebound))[0]).toBe(403);
  });

  test("SERVER-55 while no relay serves it is 503", async () => {
    const { socketUrl, host } = await doors();
    host.engine = null;
    expect(await refused(dial(`${socketUrl}/sync`))).toEqual([
      503,
      { error: { message: expect.stringMatching(/try again/) } },
    ]);
  });

  test("SERVER-52 a relay that fails to take a socket ends that socket alone", async () => {
    const { socketUrl, engine, log } = await doors();
    const { relay } = engine;
    const connect = vi.spyOn(relay, "connect").mockImplementation(() => {
      throw new Error("no room");
    });
    expect((await closed(dial(`${socketUrl}/sync`)))[0]).toBe(1006);
    expect(log.lines).toContain("error a socket could not be served");
    connect.mockRestore();
    await opened(dial(`${socketUrl}/sync`));
  });

  test("SERVER-55 a broken upgrade is answered and harms nobody", async () => {
    const { doors: target, url } = await doors();
    const connection = connect(target.port, "127.0.0.1");
    const answer = new Promise<string>((resolve) => connection.once("data", (data) => resolve(String(data))));
    connection.write(
      "GET /sync HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\n\r\n",
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    connection.destroy();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe("strangers", () => {
  test("SERVER-56 a socket may send what a hello needs before it is known, and no more", async () => {
    const { socketUrl, engine } = await doors({ sessionLimits: { maxHelloBytes: 2_000 } });
    const socket = dial(`${socketUrl}/sync`);
    await opened(socket);
    for (let i = 0; i < 4; i += 1) socket.send(new Uint8Array(1_000));
    expect(await closed(socket)).toEqual([4413, "more than 3024 bytes before authentication"]);
    await until(() => engine.sessions[0]?.isClosed === true);
  });

  test("SERVER-56 who goes on sending is cut off, with nothing of it kept", async () => {
    const { socketUrl, engine } = await doors();
    const socket = dial(`${socketUrl}/sync`);
    await opened(socket);
    const gone = closed(socket);
    socket.send(new Uint8Array(4_000_000));
    await gone;
    await until(() => engine.sessions[0]?.isClosed === true);
    expect(engine.sessions[0]?.frames).toEqual([]);
  });

  test("SERVER-56 the same at /graphql, until the gateway knows who it is", async () => {
    const { socketUrl, engine } = await doors({ sessionLimits: { maxHelloBytes: 2_000 } });
    const [stranger, known] = ["graphql", "graphql"].map((path) =>
      dial(`${socketUrl}/${path}`, ["graphql-transport-ws"]),
    );
    if (stranger === undefined || known === undefined) throw new Error("two sockets were dialled");
    await Promise.all([opened(stranger), opened(known)]);
    await until(() => engine.graphqlSockets.length === 2);
    const received: number[] = [];
    for (const { socket } of engine.graphqlSockets)
      socket.on("message", (data) => void received.push(String(data).length));
    engine.graphqlSockets[1]?.answered();
    stranger.send("x".repeat(5_000));
    expect(await closed(stranger)).toEqual([4413, expect.any(String)]);
    known.send("y".repeat(5_001));
    await until(() => received.includes(5_001));
  });

  test("SERVER-56 last words are no answer: a stranger that was turned down stays one", async () => {
    const { socketUrl, engine } = await doors({ sessionLimits: { maxHelloBytes: 2_000 } });
    engine.onFrame = ({ socket }) => {
      socket.send(Uint8Array.of(1));
      socket.close(4401, "wrong key");
    };
    const connection = dial(`${socketUrl}/sync`);
    await opened(connection);
    const gone = closed(connection);
    connection.send(new Uint8Array(10));
    connection.send(new Uint8Array(4_000_000));
    await until(() => engine.sessions[0]?.isClosed === true);
    expect(engine.sessions[0]?.frames.map((frame) => frame.byteLength)).toEqual([10]);
    await gone;
  });

  test("SERVER-56 once it was answered a socket may send frames up to the limit", async () => {
    const { socketUrl, engine } = await doors({ sessionLimits: { maxHelloBytes: 2_000 } });
    engine.onFrame = (session) => session.socket.send(Uint8Array.of(session.frames.length));
    const socket = dial(`${socketUrl}/sync`);
    await opened(socket);
    socket.send(new Uint8Array(10));
    await message(socket);
    socket.send(new Uint8Array(1_000_000));
    await message(socket);
    expect(engine.sessions[0]?.frames.map((frame) => frame.byteLength)).toEqual([10, 1_000_000]);
  });

  test("SERVER-57 when too many wait, the one that has waited longest goes, and nobody who is known", async () => {
    const test = await doors({ limits: { maxWaitingSockets: 2 } });
    const known = await arrive(test);
    const answered = message(known.socket);
    known.session.socket.send(Uint8Array.of(1));
    await answered;
    const [first, second] = [await arrive(test), await arrive(test)];
    expect(await waitingSockets(test)).toBe(2);
    const third = await arrive(test);
    expect(await closed(first.socket)).toEqual([1013, "too many connections wait for authentication"]);
    expect(await waitingSockets(test)).toBe(2);
    second.socket.close();
    await until(() => second.session.isClosed);
    expect(await waitingSockets(test)).toBe(1);
    await arrive(test);
    expect([known.socket.readyState, third.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  });

  test("SERVER-58 connections over the limit are dropped", async () => {
    const { socketUrl } = await doors({ limits: { maxConnections: 1 } });
    const first = dial(`${socketUrl}/sync`);
    await opened(first);
    const second = dial(`${socketUrl}/sync`);
    const gone = closed(second);
    expect((await gone)[0]).toBe(1006);
    expect(first.readyState).toBe(WebSocket.OPEN);
  });
});

describe("the end", () => {
  test("SERVER-62 requests under way are answered, sockets told, newcomers refused", async () => {
    const { doors: target, url, socketUrl, engine, host } = await doors();
    const graphql = dial(`${socketUrl}/graphql`, ["graphql-transport-ws"]);
    const sync = dial(`${socketUrl}/sync`);
    await Promise.all([opened(graphql), opened(sync)]);
    const gone = Promise.all([closed(graphql), closed(sync)]);
    const started = new Promise<() => void>((resolve) => {
      engine.onGraphql = (_, response) => new Promise<void>((done) => resolve(() => void response.end("late", done)));
    });
    const request = fetch(`${url}/graphql`).then((response) => response.text());
    const answer = await started;
    const shut = target.shut(60_000);
    let isShut = false;
    const noted = shut.then(() => {
      isShut = true;
    });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    expect(isShut).toBe(false);
    answer();
    expect(await request).toBe("late");
    await noted;
    await host.close();
    await target.close(60_000);
    expect(await gone).toEqual([
      [1001, "the server stops"],
      [1001, "stopping"],
    ]);
    open = null;
  });

  test("SERVER-62 what does not end within the grace is cut off", async () => {
    const { doors: target, url, socketUrl, engine } = await doors();
    const deaf = dial(`${socketUrl}/sync`);
    await opened(deaf);
    deaf.pause();
    engine.onGraphql = () => undefined;
    const request = fetch(`${url}/graphql`).catch((error: unknown) => error);
    await until(() => engine.sessions.length === 1);
    await fetch(`${url}/healthz`);
    await target.shut(10);
    await target.close(10);
    expect(await request).toBeInstanceOf(Error);
    open = null;
  });
});

async function arrive({ socketUrl, engine }: TestDoors): Promise<{ socket: WebSocket; session: FakeSession }> {
  const before = engine.sessions.length;
  const socket = dial(`${socketUrl}/sync`);
  await opened(socket);
  const session = engine.sessions[before];
  if (session === undefined) throw new Error("the relay got no session");
  return { socket, session };
}

async function waitingSockets({ url }: TestDoors): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/\ntributary_waiting_sockets (\d+)/.exec(metrics)?.[1]);
}

/** A connection that was upgraded by hand. */
function rawUpgrade(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const connection = connect(port, "127.0.0.1");
    connection.on("error", () => undefined);
    connection.once("data", () => resolve(connection));
    connection.write(
      [
        "GET /sync HTTP/1.1",
        "Host: localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "\r\n",
      ].join("\r\n"),
    );
  });
}
