/**
 * A proxy on loopback between clients and a relay, that fails when it is told to: it cuts every connection and lets nobody in,
 * or it loses the answer to a request that the relay has carried out.
 *
 * It passes bytes on as they come, and keeps what clients sent for a test to look at.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface FaultyProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What clients sent, connection by connection, as text. */
  readonly sent: readonly string[];
  /** Ends every connection, and each new one at once, until `mend`. */
  cut(): void;
  mend(): void;
  /** Ends the next connection that asks something with `part` in it as soon as the answer comes. Resolves when that has happened. */
  loseAnswerTo(part: string): Promise<void>;
  close(): Promise<void>;
}

interface Trap {
  readonly part: string;
  readonly sprung: () => void;
}

export async function createFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const sent: string[] = [];
  const sockets = new Set<Socket>();
  let isCut = false;
  let trap: Trap | null = null;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };

  const server = createServer((client) => {
    keep(client);
    if (isCut) {
      client.destroy();
      return;
    }
    const relay = connect(Number(port), hostname);
    keep(relay);
    const end = (): void => {
      client.destroy();
      relay.destroy();
    };
    client.once("close", end);
    relay.once("close", end);
    const index = sent.push("") - 1;
    let caught: Trap | null = null;
    client.on("data", (bytes: Buffer) => {
      const text = String(bytes);
      sent[index] += text;
      if (trap !== null && text.includes(trap.part)) {
        caught = trap;
        trap = null;
      }
      relay.write(bytes);
    });
    relay.on("data", (bytes: Buffer) => {
      if (caught === null) {
        client.write(bytes);
        return;
      }
      end();
      caught.sprung();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    cut() {
      isCut = true;
      endAll();
    },
    mend() {
      isCut = false;
    },
    loseAnswerTo(part) {
      return new Promise((resolve) => {
        trap = { part, sprung: resolve };
      });
    },
    async close() {
      endAll();
      server.close();
      await once(server, "close");
    },
  };
}
