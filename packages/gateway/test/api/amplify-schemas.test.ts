import { describe, expect, it } from "vitest";
import { printGatewaySchema } from "../../src/index.ts";
import { type AmplifySchema, amplifySchemas } from "./amplify-schemas.ts";
import { intendedDifferences } from "./intended-differences.ts";
import { schemaStatements } from "./schema-statements.ts";

interface Difference {
  readonly kind: "missing" | "extra";
  readonly statement: string;
}

function differencesOf({ schema, auth, expected }: AmplifySchema, conflictDetection: "on" | "off"): Difference[] {
  const printed = printGatewaySchema(schema, { definitions: "omit", conflictDetection, auth });
  const [ours, theirs] = [schemaStatements(printed), schemaStatements(expected(conflictDetection))];
  expect(theirs.size).toBeGreaterThan(100);
  return [
    ...[...theirs].filter((one) => !ours.has(one)).map((statement) => ({ kind: "missing" as const, statement })),
    ...[...ours].filter((one) => !theirs.has(one)).map((statement) => ({ kind: "extra" as const, statement })),
  ];
}

function reasonFor({ dialect }: AmplifySchema, { kind, statement }: Difference): string | undefined {
  return intendedDifferences.find(
    (intended) => [dialect, "both"].includes(intended.dialect) && intended[kind]?.test(statement),
  )?.why;
}

describe("the generated schema", () => {
  it.each(
    amplifySchemas.flatMap((schema) => [
      { ...schema, detection: "on" as const },
      { ...schema, detection: "off" as const },
    ]),
  )("GQL-31 is Amplify's for $name, conflict detection $detection", ({ detection, ...fixture }) => {
    const unintended = differencesOf(fixture, detection).filter((one) => reasonFor(fixture, one) === undefined);
    expect(unintended.map(({ kind, statement }) => `${kind}: ${statement}`)).toEqual([]);
  });

  it("GQL-31 every intended difference is one", () => {
    const found = amplifySchemas.flatMap((schema) =>
      (["on", "off"] as const).flatMap((detection) =>
        differencesOf(schema, detection).map((difference) => reasonFor(schema, difference)),
      ),
    );
    expect(intendedDifferences.filter(({ why }) => !found.includes(why))).toEqual([]);
  });
});
