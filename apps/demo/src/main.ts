/** Tributary's story in a terminal. */
export {};
