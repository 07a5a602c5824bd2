export { generateSchema } from "./api/generate-schema.ts";
export { printGatewaySchema } from "./api/print-gateway-schema.ts";
