/** A connected socket whose network takes a message only when the test does. */
import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { expect } from "vitest";
import type { GatewaySocket } from "../../src/index.ts";
import type { Fields, StartedGateway } from "../start-gateway.ts";

interface HeldMessage {
  readonly message: Fields;
  readonly done: () => void;
}

export class HeldSocket extends EventEmitter implements GatewaySocket {
  readonly protocol: string;
  readyState = 1;
  readonly OPEN = 1;
  bufferedAmount = 0;
  isTerminated = false;
  closedWith: readonly [number, string] | null = null;
  readonly held: HeldMessage[] = [];

  constructor(protocol: string) {
    super();
    this.protocol = protocol;
  }

  send(data: string, done: () => void): void {
    this.held.push({ message: JSON.parse(data), done });
  }

  close(code: number, reason: string): void {
    this.readyState = 3;
    this.closedWith ??= [code, reason];
    this.emit("close", code, reason);
  }

  terminate(): void {
    this.isTerminated = true;
    this.close(1006, "");
  }

  receive(message: object): void {
    this.emit("message", JSON.stringify(message));
  }

  /** Lets the network take the next message, which is of this type. */
  async take(type: string): Promise<Fields> {
    await expect.poll(() => this.held[0]?.message.type).toBe(type);
    const [next] = this.held.splice(0, 1);
    next?.done();
    return next?.message ?? {};
  }
}

/** One that has said who it is, with the right key in its upgrade. */
export function heldSocket({ gateway }: StartedGateway, protocol: string): HeldSocket {
  const socket = new HeldSocket(protocol);
  gateway.handleSocket(socket, { headers: { "x-api-key": "right" } } as unknown as IncomingMessage);
  socket.receive({ type: "connection_init" });
  return socket;
}
