/**
 * The types of Amplify's auth mode strategies, which choose an identity for each request. Kept by name: a session with a relay
 * has one identity, that of `auth`.
 */
import type { ModelOperation } from "./enums.ts";
import type { InternalSchema } from "./schema-object.ts";

export type GraphQLAuthMode = "apiKey" | "oidc" | "userPool" | "iam" | "identityPool" | "lambda" | "none";

export interface AuthModeStrategyParams {
  readonly schema: InternalSchema;
  readonly modelName: string;
  readonly operation: ModelOperation;
}

export type AuthModeStrategyReturn = GraphQLAuthMode | readonly GraphQLAuthMode[] | undefined | null;

export type AuthModeStrategy = (
  params: AuthModeStrategyParams,
) => AuthModeStrategyReturn | Promise<AuthModeStrategyReturn>;

/** The modes to try for each operation on each model. */
export type ModelAuthModes = Readonly<Record<string, Readonly<Record<ModelOperation, readonly GraphQLAuthMode[]>>>>;
