/**
 * Reads what a source file imports, types included. It looks at syntax only: nothing is resolved.
 *
 * A module can be named in more ways than `import … from`: re-exports, `import()` in values and in types, `import x =
 * require()`, `require()`, and the triple-slash references that pull a package's globals in. All of them are found.
 */
import { parseSync, Visitor } from "rolldown/utils";

export type ImportKind = "import" | "export" | "dynamic" | "type" | "require" | "reference";

export interface ImportFound {
  readonly kind: ImportKind;
  /** The module named; undefined where an expression computes it. */
  readonly specifier: string | undefined;
  /** Counted from 1. */
  readonly line: number;
}

export function readImports(file: string, source: string): ImportFound[] {
  const { program, comments, errors } = parseSync(file, source);
  const [error] = errors;
  if (error) throw new Error(`${file}: ${error.message}`);

  const found: ImportFound[] = [];
  const add = (kind: ImportKind, specifier: string | undefined, start: number): void => {
    found.push({ kind, specifier, line: source.slice(0, start).split("\n").length });
  };

  new Visitor({
    ImportDeclaration: (node) => add("import", node.source.value, node.start),
    ExportNamedDeclaration: (node) => node.source && add("export", node.source.value, node.start),
    ExportAllDeclaration: (node) => add("export", node.source.value, node.start),
    ImportExpression: (node) => add("dynamic", constantText(source, node.source), node.start),
    TSImportType: (node) => add("type", node.source.value, node.start),
    TSExternalModuleReference: (node) => add("require", node.expression.value, node.start),
    CallExpression: (node) => {
      const [argument] = node.arguments;
      if (argument && node.callee.type === "Identifier" && node.callee.name === "require") {
        add("require", constantText(source, argument), node.start);
      }
    },
  }).visit(program);

  for (const comment of comments) {
    const reference = /^\/\s*<reference\s+(?:types|path)\s*=\s*["'](.+?)["']/.exec(comment.value);
    if (comment.type === "Line" && reference) add("reference", reference[1], comment.start);
  }
  return found;
}

/** The text of a string literal, or of a template without placeholders. */
function constantText(source: string, node: { type: string; start: number; end: number }): string | undefined {
  const text = source.slice(node.start + 1, node.end - 1);
  const constant = node.type === "Literal" || (node.type === "TemplateLiteral" && !text.includes("${"));
  return constant ? text : undefined;
}
