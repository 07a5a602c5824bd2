/** Schema files: reading them, and printing what the gateway serves for them. Loads nothing of the server. */
export { type PrintFlags, printSchema } from "./print-schema.ts";
export { readSchemaFile, readSchemaText, schemaFailure } from "./read-schema-file.ts";
