/**
 * The test projects, told apart by what a file name says it needs: `.test` nothing, `.fuzz.test` time, `.process.test`
 * a finished build (child processes run `dist`), `.browser.test` Chromium besides, `.types.test` the compiler.
 *
 * Tests import the packages' sources, through the `tributary-source` condition of their exports.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["tributary-source"];
/** The copy that Node loads. Vite would take another, and what dependencies load would not know its errors and schemas. */
const alias = [
  { find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql")) },
  // An app that was written for Amplify's DataStore moves over by these names alone.
  { find: /^@aws-amplify\/datastore$/, replacement: "@tributary/datastore" },
  { find: /^aws-amplify\/(datastore|utils)$/, replacement: "@tributary/datastore" },
];
const source = { resolve: { conditions, alias }, ssr: { resolve: { conditions } } };
/** What is waited for comes in milliseconds; only on a busy machine it takes longer. */
const patient = { expect: { poll: { timeout: 10_000 } } };

const testsNamed = (suffix: string): string[] => [
  `packages/*/test/**/*${suffix}.test.{ts,tsx}`,
  `apps/*/test/**/*${suffix}.test.{ts,tsx}`,
];
const outside = ["**/node_modules/**", "**/dist/**"];
const otherKinds = [".fuzz", ".process", ".types", ".browser"].flatMap(testsNamed);

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/totals-reporter.mjs"],
    projects: [
      {
        ...source,
        test: {
          ...patient,
          name: "unit",
          environment: "node",
          include: testsNamed(""),
          exclude: [...outside, ...otherKinds],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...source,
        test: {
          ...patient,
          name: "fuzz",
          environment: "node",
          include: testsNamed(".fuzz"),
          exclude: outside,
          testTimeout: 120_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...source,
        test: {
          ...patient,
          name: "process",
          environment: "node",
          include: testsNamed(".process"),
          exclude: outside,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // One file at a time: each starts processes of its own and measures nothing useful on a busy machine.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...source,
        test: {
          ...patient,
          name: "browser",
          environment: "node",
          include: testsNamed(".browser"),
          exclude: outside,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        ...source,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: testsNamed(".types"),
            exclude: outside,
            tsconfig: "tsconfig.types.json",
          },
        },
      },
    ],
  },
});
