/** The adapter that keeps everything in memory. */
export { createMemoryAdapter } from "./create-memory-adapter.ts";
