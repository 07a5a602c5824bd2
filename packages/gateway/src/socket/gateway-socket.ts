/** The part of a `ws` socket that the gateway uses. */
export interface GatewaySocket {
  readonly protocol: string;
  readonly readyState: number;
  readonly OPEN: number;
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedAmount: number;
  send(data: string, done: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", listener: (data: { toString(): string }) => void): unknown;
  on(event: "close", listener: (code: number, reason: { toString(): string }) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}
