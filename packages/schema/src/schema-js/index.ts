/** Amplify's generated `schema.js` to a schema description. Free of dependencies. */
export type { SchemaJsOptions } from "./describe-schema-js.ts";
export { describeSchemaJs } from "./describe-schema-js.ts";
