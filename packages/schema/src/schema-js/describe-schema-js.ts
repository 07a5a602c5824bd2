/**
 * The description of Amplify's generated `schema.js`: the object that apps pass to `initSchema`.
 *
 * It means what the SDL means that the file was generated from, as far as the file tells. It does not tell `@crdt`, `@default`,
 * rules of fields, limits of relations, names of first-dialect connections, and whether an `id` was declared; SPEC.md has the list.
 * Where the file holds less than the SDL implies (nullability of implied keys, keys of join models, foreign keys of the first dialect),
 * the SDL's meaning is restored.
 */
import { isRelationIndex } from "../derived-names.ts";
import type { EmbeddedDescription, FieldDescription, SchemaDescription } from "../description.ts";
import { freezeSchema } from "../freeze-schema.ts";
import { describeModels } from "./describe-models.ts";
import { type FileSchema, readFile } from "./model-file.ts";
import { createPathProblems, createValueReader, type PathProblems, type ValueReader } from "./value-reader.ts";

export interface SchemaJsOptions {
  /** Name of the file in errors; `schema.js` unless given. */
  readonly file?: string;
  /** The dialect of the SDL behind the file; guessed from how relations are told unless given. */
  readonly dialect?: "v1" | "v2";
}

/** The description of an object that a `schema.js` exports. Throws a `SchemaError` that lists everything wrong with it. */
export function describeSchemaJs(schema: unknown, options: SchemaJsOptions = {}): SchemaDescription {
  const problems = createPathProblems(options.file ?? "schema.js");
  const reader = createValueReader(problems);
  const file = readFile({ value: schema, path: "" }, reader);
  problems.throwIfAny();
  const dialect = options.dialect ?? dialectOf(file, reader);
  const embedded = file.embedded.map(({ name, fields }) => ({ name, fields: fields.map(embeddedField) }));
  checkEmbedded(embedded, problems);
  const models = describeModels(file, dialect, reader);
  problems.throwIfAny();
  return freezeSchema({ dialect, models, enums: file.enums, embedded });
}

/**
 * Single names and `@versioned` are of the first dialect. Early files of the second have single names too; indexes that relations
 * brought along tell them apart.
 */
function dialectOf({ models, hasSingleNames }: FileSchema, reader: ValueReader): "v1" | "v2" {
  const attributes = models.flatMap((model) => model.attributes);
  if (attributes.some(({ type }) => type === "versioned")) return "v1";
  const names = attributes.map(({ properties }) => reader.part(properties, "name").value);
  const hasRelationIndex = names.some((name) => typeof name === "string" && isRelationIndex(name));
  return hasSingleNames && !hasRelationIndex ? "v1" : "v2";
}

function embeddedField(field: FileSchema["embedded"][number]["fields"][number]): FieldDescription {
  const { name, type, isList, isRequired, isElementRequired } = field;
  return {
    name,
    type,
    isList,
    isRequired,
    isElementRequired,
    isReadOnly: false,
    isImplied: false,
    crdt: "REGISTER",
    relation: null,
    auth: [],
  };
}

function checkEmbedded(embedded: readonly EmbeddedDescription[], problems: PathProblems): void {
  const fieldsOf = new Map(embedded.map(({ name, fields }) => [name, fields]));
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(" -> ");
      problems.report(`nonModels.${name} contains itself: ${circle}.`, "Make one of them a model.");
    } else if (!finished.has(name)) {
      for (const { type } of fieldsOf.get(name) ?? []) if (type.kind === "embedded") visit(type.name, [...path, name]);
      finished.add(name);
    }
  };
  for (const { name, fields } of embedded) {
    visit(name, []);
    for (const { name: field, type } of fields) {
      if (type.kind !== "model") continue;
      const hint = `Hold the key of ${type.name} instead.`;
      problems.report(`nonModels.${name}.fields.${field} holds model ${type.name}, but ${name} is no model.`, hint);
    }
  }
}
