/**
 * A process that has nothing else to do than to close its store: `closes-at-once.mjs FILE THREAD_FROM_WRITES ROW_BYTES [behind]`. It
 * commits 1000 rows first, and closes at once or `behind` that. It exits with 0 when closing came to its end.
 */
import { createSqliteAdapter } from "@tributary/storage/sqlite";

const [file, threadFromWrites, rowBytes, when] = process.argv.slice(2);
const adapter = createSqliteAdapter({ file, synchronous: "NORMAL", threadFromWrites: Number(threadFromWrites) });
const columns = [
  { name: "id", type: "text" },
  { name: "doc", type: "blob" },
];
await adapter.open();
await adapter.create([{ name: "T", columns, primaryKey: ["id"], indexes: [] }]);
const doc = new Uint8Array(Number(rowBytes));
const writes = Array.from({ length: 1000 }, (_, i) => ({ kind: "insert", table: "T", row: [`k${i}`, doc] }));
const committed = adapter.commit({ writes });
if (when === "behind") await committed;
await adapter.close();
