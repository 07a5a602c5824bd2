/** The `tributary` command. */
export {};
