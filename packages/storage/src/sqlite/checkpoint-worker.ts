/** Worker thread: copies the write-ahead log of one database file into it whenever it is asked to, beside whoever writes. */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import { checkpoint } from "./checkpoint.ts";
import type { CheckpointRequest, CheckpointWorkerData } from "./checkpointer.ts";

const { file, synchronous } = workerData as CheckpointWorkerData;
const database = new Database(file, { fileMustExist: true });
database.pragma(`synchronous = ${synchronous}`);

parentPort?.on("message", (request: CheckpointRequest) => {
  if (request === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(checkpoint(database, "PASSIVE"));
});
