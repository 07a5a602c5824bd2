/** The GraphQL type of each scalar that a field can hold. */
import type { ScalarName } from "@tributary/schema";
import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, type GraphQLScalarType, GraphQLString } from "graphql";
import { awsDate } from "./aws-date.ts";
import { awsDateTime } from "./aws-date-time.ts";
import { awsEmail } from "./aws-email.ts";
import { awsIpAddress } from "./aws-ip-address.ts";
import { awsJson } from "./aws-json.ts";
import { awsPhone } from "./aws-phone.ts";
import { awsTime } from "./aws-time.ts";
import { awsTimestamp } from "./aws-timestamp.ts";
import { awsUrl } from "./aws-url.ts";

const scalars: Readonly<Record<ScalarName, GraphQLScalarType>> = {
  ID: GraphQLID,
  String: GraphQLString,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  AWSDate: awsDate,
  AWSTime: awsTime,
  AWSDateTime: awsDateTime,
  AWSTimestamp: awsTimestamp,
  AWSEmail: awsEmail,
  AWSJSON: awsJson,
  AWSURL: awsUrl,
  AWSPhone: awsPhone,
  AWSIPAddress: awsIpAddress,
};

export function scalarNamed(name: ScalarName): GraphQLScalarType {
  return scalars[name];
}
