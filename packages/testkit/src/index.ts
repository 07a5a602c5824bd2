/** Helpers for tests, imported by tests only: boundary checks. */
export {
  type AreaRules,
  findManifestViolations,
  findViolations,
  type Manifest,
  type PackageRules,
  type SourceFile,
  type Workspace,
} from "./boundaries/find-violations.ts";
export { type ImportFound, type ImportKind, readImports } from "./boundaries/read-imports.ts";
