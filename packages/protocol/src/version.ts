/** The version both sides must agree on. Any change of a message's shape or meaning is a new one; a test holds their hash. */
export const PROTOCOL_VERSION = 1;
