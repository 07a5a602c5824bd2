/** The GraphQL face of a relay: the API that Amplify generates, over HTTP, graphql-transport-ws and AppSync's realtime protocol. */
export { generateSchema } from "./api/generate-schema.ts";
export { type PrintOptions, printGatewaySchema } from "./api/print-gateway-schema.ts";
export type { Introspection } from "./execute/no-introspection.ts";
export type { PersistedQueries } from "./execute/persisted-queries.ts";
export { createGateway, type Gateway, type GatewayOptions, type GatewaySettings } from "./gateway.ts";
export { defaultGatewayLimits, type GatewayLimits } from "./gateway-limits.ts";
export type { RequestHeaders } from "./request-headers.ts";
export type { Conflict, ConflictDecision, ConflictHandler } from "./resolve/conflict-handler.ts";
export {
  type ConflictResolution,
  type ConflictStrategy,
  type LambdaStrategy,
  type NamedStrategy,
  namedStrategies,
} from "./resolve/conflict-resolution.ts";
export type { GatewaySocket } from "./socket/gateway-socket.ts";
