/** Writes out the schema that is served, as SDL. */
import type { AuthProvider, SchemaDescription } from "@tributary/schema";
import {
  type ConstDirectiveNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from "graphql";
import { generateSchema } from "./generate-schema.ts";
import { placeDirectives } from "./place-directives.ts";
import type { PlacedDirectives } from "./placed-directives.ts";
import { type RootField, rootFields } from "./root-operation.ts";

export interface PrintOptions {
  /**
   * Whether the AWS scalars and directives are defined in the text, so that it can be read by any GraphQL tool, or left out as
   * AppSync does, where they are built in. Default `include`.
   */
  readonly definitions?: "include" | "omit";
  /** Whether records have versions and are synced, as all that is served are. Default `on`. */
  readonly conflictDetection?: "on" | "off";
  /** The ways to authenticate, the first is the default. Default `apiKey` alone. */
  readonly auth?: readonly AuthProvider[];
}

export function printGatewaySchema(schema: SchemaDescription, options: PrintOptions = {}): string {
  const { conflictDetection = "on", auth = ["apiKey"] } = options;
  const fields = rootFields(schema, conflictDetection);
  const directives = placeDirectives(schema, fields, auth);
  return withDirectives(
    generateSchema(schema, undefined, { conflictDetection }),
    subscribedMutations(fields),
    directives,
    options.definitions ?? "include",
  );
}

/** The mutation that each subscription field reports. */
function subscribedMutations(fields: readonly RootField[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, operation } of fields) {
    if (operation.kind === "subscribe") found.set(`Subscription.${name}`, operation.mutation);
  }
  return found;
}

/** graphql-js prints a schema without the directives that stand in it, so they are added to what it prints. */
function withDirectives(
  schema: GraphQLSchema,
  mutations: ReadonlyMap<string, string>,
  directives: PlacedDirectives,
  definitions: "include" | "omit",
): string {
  const at = (place: string): ConstDirectiveNode[] => {
    const mutation = mutations.get(place);
    const own = [...(directives.get(place) ?? [])].map((name) => directiveNode(`@${name}`));
    return mutation === undefined ? own : [directiveNode(`@aws_subscribe(mutations: ["${mutation}"])`), ...own];
  };
  const onObject = (node: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode => ({
    ...node,
    directives: at(node.name.value),
    fields: (node.fields ?? []).map((field) => ({
      ...field,
      directives: [...(field.directives ?? []), ...at(`${node.name.value}.${field.name.value}`)],
    })),
  });
  const isLeftOut = (): null | undefined => (definitions === "omit" ? null : undefined);
  const document = visit(parse(printSchema(schema)), {
    [Kind.OBJECT_TYPE_DEFINITION]: onObject,
    [Kind.SCALAR_TYPE_DEFINITION]: isLeftOut,
    [Kind.DIRECTIVE_DEFINITION]: isLeftOut,
  });
  return `${print(document)}\n`;
}

function directiveNode(text: string): ConstDirectiveNode {
  const [definition] = parse(`type T ${text}`).definitions;
  const [node] = definition?.kind === Kind.OBJECT_TYPE_DEFINITION ? (definition.directives ?? []) : [];
  if (node === undefined) throw new Error(`${text} is no directive`);
  return node;
}
