/**
 * A port to listen on that stays free while the relay that had it is dead.
 *
 * It lies below those that operating systems give to outgoing connections: a client that tries a dead relay again and again
 * could otherwise be given the relay's own port.
 */
import { createServer } from "node:net";

const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 50;

/** `draw` gives a number from 0 up to, without, 1. Throws when no port was free. */
export async function freePort(draw: () => number): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = LOWEST + Math.floor(draw() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports between ${LOWEST} and ${HIGHEST} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
