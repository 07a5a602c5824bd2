/** An IP address, or a network of them. */
import { isIP } from "node:net";
import type { GraphQLScalarType } from "graphql";
import { createTextScalar } from "./text-scalar.ts";

export const awsIpAddress: GraphQLScalarType = createTextScalar({
  name: "AWSIPAddress",
  description: "An IPv4 or IPv6 address, with the length of a prefix behind a slash if wanted.",
  example: "192.0.2.1",
  isValid(text) {
    const [address = "", prefix, ...rest] = text.split("/");
    const version = isIP(address);
    if (version === 0 || address.includes("%") || rest.length > 0) return false;
    return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
  },
});
