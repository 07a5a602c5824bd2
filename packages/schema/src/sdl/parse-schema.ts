/**
 * SDL text to a schema description: parse, settle the dialect, read the declarations, run the directives phase by phase,
 * check, describe, freeze.
 *
 * Syntax errors end the reading; everything else is gathered and thrown together, each problem with its line and column.
 */
import { type DocumentNode, GraphQLError, Kind, type ObjectTypeDefinitionNode, parse } from "graphql";
import type { SchemaDescription } from "../description.ts";
import { freezeSchema } from "../freeze-schema.ts";
import { unsupportedIn } from "../supported.ts";
import { checkEmbeddedTypes, checkProtectedFields, checkRelationFields, placeOfField } from "./check-fields.ts";
import { describe } from "./describe.ts";
import { dialectOf } from "./dialect.ts";
import { type Application, phases } from "./directive.ts";
import { pairConnections, settleSingleConnections } from "./directives/connection.ts";
import { addJoinModels } from "./directives/many-to-many.ts";
import { readDirectives, refuseDirectives } from "./directives.ts";
import type { SchemaDraft } from "./draft.ts";
import { checkGeneratedNames } from "./generated-names.ts";
import { addImpliedIds, addOwnerFields, addTimestamps } from "./implied-fields.ts";
import { createProblems, type Problems } from "./problems.ts";
import { type DeclaredTypes, readDocument } from "./read-document.ts";

export interface ParseOptions {
  /** Name of the file in errors; `schema.graphql` unless given. */
  readonly file?: string;
  /** The dialect the document must be in; told from its directives unless given. */
  readonly dialect?: "v1" | "v2";
  /** Describe also what this version of the engine cannot put to work, instead of refusing it. */
  readonly allowUnsupported?: boolean;
}

/** The description of an SDL document. Throws a `SchemaError` that lists everything wrong with it. */
export function parseSchema(sdl: string, options: ParseOptions = {}): SchemaDescription {
  const problems = createProblems(options.file ?? "schema.graphql");
  const document = parseDocument(sdl, problems);
  const dialect = dialectOf(document, options.dialect, problems);
  const declared = readDocument(document, dialect, problems);
  const { draft } = declared;
  applyDirectives(readAllDirectives(declared), draft);
  for (const model of [...draft.models.values()]) addOwnerFields(model, draft);
  checkRelationFields(draft);
  checkEmbeddedTypes(draft);
  checkProtectedFields(draft);
  checkGeneratedNames(draft);
  if (draft.models.size === 0) reportNoModels(document, problems);
  problems.throwIfAny();
  const schema = freezeSchema(describe(draft));
  if (options.allowUnsupported !== true) refuseUnsupported(schema, draft);
  return schema;
}

function parseDocument(sdl: string, problems: Problems): DocumentNode {
  const start = { line: 1, column: 1 };
  if (sdl.replace(/#.*/g, "").replaceAll(",", "").trim() === "") {
    problems.report(start, "The schema is empty.", "Declare at least one type with @model.");
    problems.throwIfAny();
  }
  try {
    return parse(sdl);
  } catch (error) {
    if (error instanceof GraphQLError) {
      const message = `${error.message.replace(/^Syntax Error: /, "").replace(/\.$/, "")}.`;
      problems.report(error.locations?.[0] ?? start, message, "Correct the GraphQL syntax here.");
    } else if (error instanceof RangeError) {
      problems.report(start, "The schema is nested too deeply to be read.", "Flatten its types and values.");
    }
    problems.throwIfAny();
    throw error;
  }
}

function readAllDirectives({ draft, models, embedded }: DeclaredTypes): readonly Application[] {
  const { dialect, problems } = draft;
  for (const { type, node } of embedded) {
    refuseDirectives(node.directives ?? [], `type ${type.name}`, problems);
    for (const field of fieldNodes(node))
      refuseDirectives(field.directives ?? [], `${type.name}.${field.name.value}`, problems);
  }
  return models.flatMap(({ model, node }) => [
    ...readDirectives(node.directives ?? [], { model, field: null }, `type ${model.name}`, dialect, problems),
    ...fieldNodes(node).flatMap((fieldNode) => {
      const field = model.fields.find((candidate) => candidate.at === fieldNode);
      if (field === undefined) return [];
      return readDirectives(
        fieldNode.directives ?? [],
        { model, field },
        `${model.name}.${field.name}`,
        dialect,
        problems,
      );
    }),
  ]);
}

function fieldNodes(node: ObjectTypeDefinitionNode): NonNullable<ObjectTypeDefinitionNode["fields"]> {
  return node.fields ?? [];
}

function applyDirectives(applications: readonly Application[], draft: SchemaDraft): void {
  for (const phase of phases) {
    for (const application of applications) if (application.phase === phase) application.run(draft);
    if (phase === "keys") {
      addImpliedIds(draft);
      for (const model of draft.models.values()) addTimestamps(model);
    } else if (phase === "joins") addJoinModels(draft);
    else if (phase === "foreignKeys") {
      pairConnections(draft);
      settleSingleConnections(draft);
    }
  }
}

function reportNoModels(document: DocumentNode, problems: Problems): void {
  const first =
    document.definitions.find((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION) ?? document.definitions[0];
  const hint = "Add @model to the types whose records are to be stored.";
  problems.report(first ?? { line: 1, column: 1 }, "The schema has no models.", hint);
}

function refuseUnsupported(schema: SchemaDescription, draft: SchemaDraft): void {
  for (const { model, field, message, hint } of unsupportedIn(schema))
    draft.problems.report(placeOfField(draft, model, field) ?? { line: 1, column: 1 }, message, hint);
  draft.problems.throwIfAny();
}
