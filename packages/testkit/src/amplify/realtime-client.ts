/**
 * A client of AppSync's realtime protocol: on the wire what Amplify's JavaScript client is, without what it keeps behind it.
 *
 * It makes the URL from the endpoint as that does, puts its credential into a subprotocol or, as mobile clients do, into the
 * query, and sends the same frames. Nothing is repeated: what it is told is kept for a test to look at.
 */
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";

export interface RealtimeClientOptions {
  /** Of GraphQL over HTTP. */
  readonly endpoint: string;
  /** `x-api-key`, or `Authorization`. */
  readonly credential: Readonly<Record<string, string>>;
  /** Where the credential is put. Default `subprotocol`. */
  readonly form?: "subprotocol" | "query";
}

/** A frame as it came. */
export interface RealtimeFrame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: RealtimePayload;
}

export interface RealtimePayload {
  readonly connectionTimeoutMs?: number;
  /** By root field, the record with the fields that were selected. */
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
  readonly errors?: readonly {
    readonly errorType: string | null;
    readonly errorCode?: number;
    readonly message: string;
  }[];
}

export interface RealtimeSubscription {
  readonly id: string;
  /** Payloads of its `data` frames. */
  readonly events: readonly RealtimePayload[];
  /** Resolves with the first frame that is not `data`: `start_ack` or `error`. */
  readonly started: Promise<RealtimeFrame>;
  /** Resolves with `error` or `complete`. */
  readonly ended: Promise<RealtimeFrame>;
  stop(): void;
}

export interface RealtimeClient {
  /** Every frame that came. */
  readonly frames: readonly RealtimeFrame[];
  /** The texts of the frames that were sent. */
  readonly sent: readonly string[];
  readonly protocol: string;
  /** Opens the socket and introduces itself. Resolves with `connection_ack` or `connection_error`; rejects when it is closed. */
  connect(): Promise<RealtimeFrame>;
  /** Under the client's credential, unless another is given. */
  subscribe(query: string, variables?: object, credential?: Readonly<Record<string, string>>): RealtimeSubscription;
  send(text: string): void;
  /** Code and reason the socket is closed with. */
  readonly closed: Promise<readonly [number, string]>;
  close(): void;
}

export function createRealtimeClient({ endpoint, credential, form }: RealtimeClientOptions): RealtimeClient {
  const url = new URL(`${endpoint.replace(/^http/, "ws")}/realtime`);
  const host = url.host;
  const header = JSON.stringify({ host, ...withDate(credential) });
  const protocols = ["graphql-ws"];
  if (form === "query") {
    url.searchParams.set("header", Buffer.from(header).toString("base64"));
    url.searchParams.set("payload", Buffer.from("{}").toString("base64"));
  } else {
    protocols.push(`header-${Buffer.from(header).toString("base64url")}`);
  }

  const frames: RealtimeFrame[] = [];
  const sent: string[] = [];
  const listeners = new Set<(frame: RealtimeFrame) => void>();
  const socket = new WebSocket(url, protocols);
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data)) as RealtimeFrame;
    frames.push(frame);
    for (const listener of [...listeners]) listener(frame);
  });
  const opened = new Promise<void>((resolve) => socket.once("open", () => resolve()));
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.once("close", (code, reason) => resolve([code, String(reason)]));
  });

  function send(text: string): void {
    sent.push(text);
    socket.send(text);
  }

  function firstFrame(isIt: (frame: RealtimeFrame) => boolean): Promise<RealtimeFrame> {
    return new Promise((resolve) => {
      const listener = (frame: RealtimeFrame): void => {
        if (!isIt(frame)) return;
        listeners.delete(listener);
        resolve(frame);
      };
      listeners.add(listener);
    });
  }

  return {
    frames,
    sent,
    closed,
    send,
    get protocol() {
      return socket.protocol;
    },
    async connect() {
      const answered = firstFrame(({ type }) => type === "connection_ack" || type === "connection_error");
      const ended = closed.then(([code, reason]) => {
        throw new Error(`the socket was closed with ${code} ${reason}`);
      });
      await Promise.race([opened, ended]);
      send(JSON.stringify({ type: "connection_init" }));
      return Promise.race([answered, ended]);
    },
    subscribe(query, variables = {}, own = credential) {
      const id = randomUUID();
      const events: RealtimePayload[] = [];
      listeners.add((frame) => {
        if (frame.id === id && frame.type === "data") events.push(frame.payload ?? {});
      });
      const started = firstFrame((frame) => frame.id === id && frame.type !== "data");
      const ended = firstFrame((frame) => frame.id === id && (frame.type === "error" || frame.type === "complete"));
      const authorization = { host, ...withDate(own), "x-amz-user-agent": "aws-amplify/6 api/2" };
      const payload = { data: JSON.stringify({ query, variables }), extensions: { authorization } };
      send(JSON.stringify({ id, payload, type: "start" }));
      return { id, events, started, ended, stop: () => send(JSON.stringify({ id, type: "stop" })) };
    },
    close: () => socket.close(1000),
  };
}

/** Requests by API key name their time. */
function withDate(credential: Readonly<Record<string, string>>): Record<string, string> {
  if (!("x-api-key" in credential)) return { ...credential };
  return { "x-amz-date": new Date().toISOString().replace(/[-:]|\.\d{3}/g, ""), ...credential };
}
