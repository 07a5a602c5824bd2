/** SDL of either Amplify dialect to a schema description. */
export type { ParseOptions } from "./parse-schema.ts";
export { parseSchema } from "./parse-schema.ts";
