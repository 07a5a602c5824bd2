/**
 * The list of everything found wrong with one SDL document, each entry pinned to a place in it.
 *
 * Reading goes on after a problem, so that one run reports them all; what a problem made unreadable is left out and not
 * complained about again.
 */
import type { ASTNode } from "graphql";
import { SchemaError, type SchemaProblem } from "../schema-error.ts";

/** A place in the text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Collects problems; see `createProblems`. */
export interface Problems {
  /** Notes one problem: `message` says what is wrong with which value, `hint` what to do, both as sentences. */
  report(at: ASTNode | Position, message: string, hint: string): void;
  readonly isEmpty: boolean;
  /** Throws a `SchemaError` with everything reported so far, if anything was. */
  throwIfAny(): void;
}

/** An empty list for the document named `file`. */
export function createProblems(file: string): Problems {
  const found = new Map<string, SchemaProblem>();
  return {
    report(at, message, hint) {
      const { line, column } = "kind" in at ? positionOf(at) : at;
      found.set(`${line}:${column} ${message}`, { line, column, message, hint });
    },
    get isEmpty() {
      return found.size === 0;
    },
    throwIfAny() {
      if (found.size > 0) throw new SchemaError(file, [...found.values()]);
    },
  };
}

/** Where a node begins; a definition is found at its name, behind its description. */
export function positionOf(node: ASTNode): Position {
  const named = node.kind.endsWith("Definition") && "name" in node ? (node.name ?? node) : node;
  const token = named.loc?.startToken;
  return { line: token?.line ?? 1, column: token?.column ?? 1 };
}

/** `12:5`, for naming a second place inside a message. */
export function placeOf(node: ASTNode): string {
  const { line, column } = positionOf(node);
  return `${line}:${column}`;
}
