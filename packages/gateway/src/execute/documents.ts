/**
 * Documents as they come, parsed and validated against the schema. Clients send the same few over and over, so small ones are
 * remembered, the least recently used forgotten first.
 */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from "graphql";
import { GatewayError } from "../gateway-error.ts";
import type { GatewayLimits } from "../gateway-limits.ts";
import { measureDocument } from "./measure-document.ts";
import { type Introspection, noIntrospection } from "./no-introspection.ts";

export type Prepared =
  | { readonly outcome: "valid"; readonly document: DocumentNode }
  | { readonly outcome: "invalid"; readonly errors: readonly GraphQLError[] };

export interface Documents {
  prepare(source: string): Prepared;
}

/** Longer ones are rare and would fill the memory. */
const MAX_KEPT_LENGTH = 8 * 1024;
const MAX_KEPT = 256;

export interface DocumentsOptions {
  readonly limits: GatewayLimits;
  readonly introspection: Introspection;
}

export function createDocuments(schema: GraphQLSchema, { limits, introspection }: DocumentsOptions): Documents {
  const rules = introspection === "on" ? specifiedRules : [...specifiedRules, noIntrospection];
  const kept = new Map<string, Prepared>();
  return {
    prepare(source) {
      const known = kept.get(source);
      if (known !== undefined) {
        kept.delete(source);
        kept.set(source, known);
        return known;
      }
      const prepared = prepare(schema, rules, limits, source);
      if (prepared.outcome === "valid" && source.length <= MAX_KEPT_LENGTH) keep(source, prepared);
      return prepared;
    },
  };

  function keep(source: string, prepared: Prepared): void {
    kept.set(source, prepared);
    const oldest = kept.keys().next();
    if (kept.size > MAX_KEPT && oldest.done === false) kept.delete(oldest.value);
  }
}

function prepare(
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  limits: GatewayLimits,
  source: string,
): Prepared {
  try {
    const document = parse(source, { maxTokens: limits.maxTokens });
    const problem = sizeProblem(document, limits);
    if (problem !== null) return refused(problem);
    const errors = validate(schema, document, rules);
    return errors.length > 0 ? { outcome: "invalid", errors } : { outcome: "valid", document };
  } catch (error) {
    if (error instanceof GraphQLError) return { outcome: "invalid", errors: [error] };
    // Parser and rules descend into selections and values: a document of nothing but brackets exhausts the stack.
    if (error instanceof RangeError) return refused("the document is nested too deep");
    throw error;
  }
}

function sizeProblem(document: DocumentNode, limits: GatewayLimits): string | null {
  const { depth, fields, aliases } = measureDocument(document);
  if (depth > limits.maxDepth) return `the document is ${depth} selections deep; ${limits.maxDepth} are served`;
  if (aliases > limits.maxAliases) return `the document has ${aliases} aliases; ${limits.maxAliases} are served`;
  if (fields > limits.maxFields) return `the document asks for ${fields} fields; ${limits.maxFields} are served`;
  return null;
}

function refused(message: string): Prepared {
  const originalError = new GatewayError("ValidationError", message);
  return { outcome: "invalid", errors: [new GraphQLError(message, { originalError })] };
}
