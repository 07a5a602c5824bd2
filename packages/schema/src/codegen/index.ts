/** Model files of a schema, as apps of Amplify's DataStore keep them. */
export type { GeneratedFile, GenerateOptions, ModelTarget } from "./generate-models.ts";
export { amplifyVersion, generateModels, modelTargets } from "./generate-models.ts";
export { withoutOwnDirectives } from "./without-own-directives.ts";
