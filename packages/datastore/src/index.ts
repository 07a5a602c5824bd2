/** The DataStore API, live queries and the sync engine. */
export {};
