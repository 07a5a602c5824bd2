/** The record store: rows, documents, outbox and change feed over SQLite or memory. */
export {};
