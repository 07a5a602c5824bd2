/**
 * Operations compiled for their documents: once for each operation and each outcome of the directives that leave fields out.
 * What is compiled goes with its document.
 */
import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from "graphql";
import type { PreparedArgs } from "../execute/operations.ts";
import type { SelectionScope } from "../resolve/collect-fields.ts";
import { type CompileContext, type CompiledOperation, compileOperation } from "./compile-operation.ts";

export interface CompiledOperations {
  /** Null for an operation that asks for something else than one page, and for variables that are refused. */
  get(args: Pick<PreparedArgs, "document" | "operationName" | "variableValues">): Asked | null;
}

export interface Asked {
  readonly compiled: CompiledOperation;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A document of more outcomes than these is compiled anew now and then. */
const MAX_OUTCOMES = 32;

interface Kept {
  /** Variables that directives go by. */
  readonly switches: readonly string[];
  readonly fragments: SelectionScope["fragments"];
  readonly byOutcome: Map<string, CompiledOperation | null>;
}

export function createCompiledOperations(context: CompileContext): CompiledOperations {
  const kept = new WeakMap<DocumentNode, Kept>();
  return {
    get({ document, operationName, variableValues }) {
      const operation = getOperationAST(document, operationName);
      if (!operation || operation.operation !== OperationTypeNode.QUERY) return null;
      const { coerced } = getVariableValues(context.schema, operation.variableDefinitions ?? [], variableValues ?? {});
      if (coerced === undefined) return null;
      const compiled = compile(document, operation, coerced);
      return compiled === null ? null : { compiled, variables: coerced };
    },
  };

  function compile(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Asked["variables"],
  ): CompiledOperation | null {
    const { switches, fragments, byOutcome } = keptOf(document);
    const outcome = JSON.stringify([operation.name?.value ?? null, ...switches.map((name) => variables[name])]);
    const known = byOutcome.get(outcome);
    if (known !== undefined) return known;
    const made = compileOperation(context, operation, { fragments, variableValues: { ...variables } });
    if (byOutcome.size >= MAX_OUTCOMES) byOutcome.clear();
    byOutcome.set(outcome, made);
    return made;
  }

  function keptOf(document: DocumentNode): Kept {
    const known = kept.get(document);
    if (known !== undefined) return known;
    const made = { switches: switchesOf(document), fragments: fragmentsOf(document), byOutcome: new Map() };
    kept.set(document, made);
    return made;
  }
}

function switchesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function fragmentsOf(document: DocumentNode): SelectionScope["fragments"] {
  return Object.fromEntries(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
}
