/** The GraphQL face of a relay. */
export {};
