import { getIntrospectionQuery, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { createDocuments } from "../../src/execute/documents.ts";
import { measureDocument } from "../../src/execute/measure-document.ts";
import { defaultGatewayLimits } from "../../src/gateway-limits.ts";
import { generateSchema } from "../../src/index.ts";
import { shopSchema } from "../shop-schema.ts";

const withIntrospection = (introspection: "on" | "off") =>
  createDocuments(generateSchema(shopSchema), { limits: defaultGatewayLimits, introspection });
const documents = withIntrospection("on");

function problem(source: string, of = documents): string | null {
  const prepared = of.prepare(source);
  return prepared.outcome === "valid" ? null : (prepared.errors[0]?.message ?? "");
}

describe("documents", () => {
  it("GQL-29 what clients and tools send is within the limits", () => {
    expect(problem(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true }))).toBeNull();
    expect(problem(`{ ${Array.from({ length: 100 }, (_, i) => `a${i}: __typename`).join(" ")} }`)).toBeNull();
  });

  it("GQL-53 with introspection off, a document that asks for the schema is refused with one error for each time it does", () => {
    const off = withIntrospection("off");
    const refused = off.prepare(getIntrospectionQuery());
    expect(refused.outcome === "invalid" && refused.errors.map(({ message }) => message)).toEqual([
      "Introspection is switched off: __schema is not served",
    ]);
    for (const source of [
      '{ __type(name: "Task") { name } }',
      "query A { __typename } query B { ...F } fragment F on Query { s: __schema { description } }",
      "mutation { __schema { description } }",
      "{ ... on Query { ... { __type(name: 1) { name } } } }",
    ]) {
      expect(problem(source, off)).toMatch(/Introspection is switched off|Cannot query field/);
    }
    expect(problem("{ __typename listTasks { __typename items { __typename } } }", off)).toBeNull();
  });

  it("GQL-29 too many tokens, fields or aliases, or too much depth, is refused", () => {
    const nested = (depth: number): string => `${"{ a ".repeat(depth)}${"}".repeat(depth)}`;
    expect(problem(`{ ${"__typename ".repeat(2_001)} }`)).toContain("2001 fields; 2000 are served");
    expect(problem(`{ ${"__typename ".repeat(10_001)} }`)).toContain("tokens");
    expect(problem(`{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(" ")} }`)).toContain(
      "101 aliases; 100 are served",
    );
    expect(problem(nested(21))).toContain("21 selections deep; 20 are served");
    expect(problem(nested(4_000))).toMatch(/deep/);
    expect(problem(`{ listTasks(filter: ${"{not:".repeat(3_000)}{}${"}".repeat(3_000)}) { nextToken } }`)).toMatch(/./);
  });

  it("GQL-29 fragments that multiply are counted, quickly", () => {
    const fragments = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const source = `{ ...F0 } ${fragments.join(" ")} fragment F40 on Query { a: __typename }`;
    const startedAt = performance.now();
    expect(problem(source)).toContain("aliases");
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(problem("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")).toContain("itself");
  });

  it("GQL-29 measures the largest operation of a document", () => {
    const source = `
      query A { a: x { b: y z } }
      query B { ...F ... on Query { m { n { o } } } }
      fragment F on Query { x y }
      fragment Unused on Query { a: x b: x c: x d: x e: x f: x }
    `;
    expect(measureDocument(parse(source))).toEqual({ depth: 3, fields: 5, aliases: 2 });
  });

  it("GQL-29 a document is prepared once, and the least used is forgotten", () => {
    const first = documents.prepare("{ __typename }");
    expect(documents.prepare("{ __typename }")).toBe(first);
    for (let i = 0; i < 300; i += 1) documents.prepare(`query Q${i} { __typename }`);
    expect(documents.prepare("{ __typename }")).not.toBe(first);
  });
});
