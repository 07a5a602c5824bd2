/** Writes out the schema that is served, as SDL. */
import type { SchemaDescription } from "@tributary/schema";
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isIntrospectionType,
  isScalarType,
  isSpecifiedScalarType,
  printSchema,
  printType,
} from "graphql";
import { generateSchema } from "./generate-schema.ts";
import { rootFields } from "./root-operation.ts";

export interface PrintOptions {
  /**
   * Whether the AWS scalars and directives are defined in the text, so that it can be read by any GraphQL tool, or left out as
   * AppSync does, where they are built in. Default `include`.
   */
  readonly definitions?: "include" | "omit";
}

export function printGatewaySchema(schema: SchemaDescription, options: PrintOptions = {}): string {
  const served = generateSchema(schema);
  const mutations = subscribedMutations(schema);
  const text = options.definitions === "omit" ? printWithoutDefinitions(served) : printSchema(served);
  return `${withDirectives(text, mutations).trimEnd()}\n`;
}

/** The mutation that each subscription field reports. */
function subscribedMutations(schema: SchemaDescription): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, operation } of rootFields(schema)) {
    if (operation.kind === "subscribe") found.set(name, operation.mutation);
  }
  return found;
}

function printWithoutDefinitions(schema: GraphQLSchema): string {
  const isPrinted = (type: GraphQLNamedType): boolean =>
    !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !isScalarType(type);
  return Object.values(schema.getTypeMap()).filter(isPrinted).map(printType).join("\n\n");
}

/** The printer knows no directives on fields: they are put behind each line of the subscription type. */
function withDirectives(text: string, mutations: ReadonlyMap<string, string>): string {
  return text.replace(/^type Subscription \{\n.*?^\}/ms, (block) =>
    block.replace(/^ {2}(\w+)(\(.*\))?: \w+$/gm, (line, name: string) => {
      const mutation = mutations.get(name);
      return mutation === undefined ? line : `${line}\n    @aws_subscribe(mutations: [${JSON.stringify(mutation)}])`;
    }),
  );
}
