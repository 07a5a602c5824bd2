/**
 * Associations of `schema.js` as relations, with the foreign keys and indexes that they imply.
 *
 * A foreign key counts as implied when it has the name that the relation derives and stands behind what is declared. It is then as
 * required as the SDL makes it; files call most of them optional.
 */
import { camelName, relationIndexName } from "../derived-names.ts";
import type { FieldDescription, Relation, SchemaDescription } from "../description.ts";
import { defaultRelationLimit } from "../relation-limit.ts";
import type { Join } from "./join-models.ts";
import { addImplied, type ModelDraft } from "./model-draft.ts";
import type { FileField, FileModel } from "./model-file.ts";
import type { PathProblems } from "./value-reader.ts";

export interface RelationContext {
  readonly dialect: SchemaDescription["dialect"];
  readonly drafts: ReadonlyMap<string, ModelDraft>;
  readonly joins: readonly Join[];
  readonly problems: PathProblems;
}

export function addRelations(context: RelationContext): void {
  const { drafts, joins, problems } = context;
  const fields = [...drafts.values()].flatMap((draft) =>
    draft.file.fields.filter(({ type }) => type.kind === "model").map((field) => ({ draft, field })),
  );
  for (const { field } of fields) checkAssociation(field, problems);
  problems.throwIfAny();
  markImpliedKeys(context);
  for (const { draft, field } of fields)
    if (field.association?.kind !== "HAS_MANY") setRelation(draft, field, relationToOne(draft, field, context));
  for (const { draft, field } of fields) {
    if (field.association?.kind !== "HAS_MANY") continue;
    const join = joins.find(({ model }) => model.name === field.type.name);
    if (join === undefined) setRelation(draft, field, relationToMany(draft, field, context));
    else throughJoin(draft, field, join);
  }
  for (const join of joins) completeJoin(join, context);
}

function checkAssociation({ path, association, isList }: FileField, problems: PathProblems): void {
  if (association === null)
    problems.report(`${path} holds a model without an association.`, "Generate the file again.");
  else if (isList !== (association.kind === "HAS_MANY"))
    problems.report(
      `${path} is ${association.kind}, but ${isList ? "a list" : "no list"}.`,
      "HAS_MANY goes with lists, HAS_ONE and BELONGS_TO with single fields.",
    );
}

function setRelation(draft: ModelDraft, { name }: FileField, relation: Relation | null): void {
  const field = draft.fields.get(name);
  if (field !== undefined) draft.fields.set(name, { ...field, relation });
}

/** Gives foreign keys of derived names the nullability that their relations give them; lists and has-one fields come first. */
function markImpliedKeys(context: RelationContext): void {
  const fields = [...context.drafts.values()].flatMap((draft) => draft.file.fields.map((field) => ({ draft, field })));
  const isBack = ({ field }: (typeof fields)[number]): boolean => field.association?.kind === "BELONGS_TO";
  for (const { draft, field } of [...fields.filter((entry) => !isBack(entry)), ...fields.filter(isBack)]) {
    const related = context.drafts.get(field.type.name);
    if (field.association === null || related === undefined) continue;
    const isMany = field.association.kind === "HAS_MANY";
    const [holder, target] = isMany ? [related, draft] : [draft, related];
    const isRequired = context.dialect === "v1" && isMany ? false : field.isRequired;
    for (const part of target.primaryKey) markImplied(holder, camelName(draft.file.name, field.name, part), isRequired);
  }
}

function markImplied(holder: ModelDraft, name: string, isRequired: boolean): void {
  const field = holder.fields.get(name);
  if (field === undefined || field.isImplied || !standsBehindDeclared(holder.file, name)) return;
  holder.fields.set(name, { ...field, isImplied: true, isRequired });
}

function standsBehindDeclared({ fields }: FileModel, name: string): boolean {
  const lastTimestamp = fields.findLastIndex(({ isReadOnly }) => isReadOnly);
  return fields.findIndex((field) => field.name === name) > lastTimestamp;
}

function relationToOne(draft: ModelDraft, field: FileField, context: RelationContext): Relation | null {
  const related = context.drafts.get(field.type.name);
  if (related === undefined || field.association === null || field.association.kind === "HAS_MANY") return null;
  const { kind, targetNames } = field.association;
  const derived = related.primaryKey.map((part) => camelName(draft.file.name, field.name, part));
  const keys = targetNames.length === 0 ? derived : targetNames;
  if (keys.length !== related.primaryKey.length) {
    const parts = related.primaryKey.join(", ");
    context.problems.report(
      `${field.path}.association names (${keys.join(", ")}), but the key of ${related.file.name} is (${parts}).`,
      "Name one field for each part of the key.",
    );
    return null;
  }
  keys.forEach((name, i) => {
    if (draft.fields.has(name)) return;
    const type = related.fields.get(related.primaryKey[i] ?? "")?.type ?? ({ kind: "scalar", name: "ID" } as const);
    const isDerived = context.dialect === "v1" && derived.includes(name);
    const isRequired = field.isRequired || draft.primaryKey.includes(name);
    addImplied(draft, name, isDerived ? { kind: "scalar", name: "ID" } : type, { isRequired });
  });
  return { kind: kind === "HAS_ONE" ? "hasOne" : "belongsTo", model: related.file.name, keys };
}

function relationToMany(draft: ModelDraft, field: FileField, context: RelationContext): Relation | null {
  const related = context.drafts.get(field.type.name);
  if (related === undefined || field.association?.kind !== "HAS_MANY") return null;
  const keys = wholeKeys(
    draft,
    related,
    field.association.associatedWith.flatMap((name) => storedNames(related, name)),
  );
  const derived = draft.primaryKey.map((part) => camelName(draft.file.name, field.name, part));
  const indexed = related.attributes.indexes.flatMap((index) => index.fields);
  keys.forEach((name, i) => {
    const type = draft.fields.get(draft.primaryKey[i] ?? "")?.type;
    const isImplied = derived.includes(name) || indexed.includes(name);
    if (isImplied && !related.fields.has(name) && type !== undefined) addImplied(related, name, type);
  });
  const missing = keys.find((name) => !related.fields.has(name));
  if (missing !== undefined) {
    const message = `${field.path}.association names "${missing}", which ${related.file.name} does not have.`;
    context.problems.report(message, "Generate the file again.");
    return null;
  }
  if (keys.length > draft.primaryKey.length) {
    const parts = draft.primaryKey.join(", ");
    const message = `${field.path}.association leads to (${keys.join(", ")}), but the key of ${draft.file.name} is (${parts}).`;
    context.problems.report(message, "Name one field for each part of the key.");
    return null;
  }
  const index = indexOver(related, keys, relationIndexName(`${draft.file.name}.${field.name}`));
  const relation = { kind: "hasMany", model: related.file.name, keys, index, limit: defaultRelationLimit } as const;
  const isWholeKey = keys.length === draft.primaryKey.length;
  return isWholeKey ? relation : { ...relation, from: draft.primaryKey.slice(0, keys.length) };
}

/** The fields that hold the key for the field of this name: itself, or the keys of the relation that it is. */
function storedNames(related: ModelDraft, name: string): readonly string[] {
  const relation = related.fields.get(name)?.relation;
  return relation != null && relation.kind !== "manyToMany" ? relation.keys : [name];
}

/**
 * Of a key of several parts held in declared fields, files name the first only. The others follow it in the index there, as far as
 * they are of the same types.
 */
function wholeKeys(draft: ModelDraft, related: ModelDraft, told: readonly string[]): readonly string[] {
  const [first, second] = told;
  const index = related.indexes.find(({ fields }) => fields[0] === first);
  if (first === undefined || second !== undefined || index === undefined) return told;
  const candidates = index.fields.slice(0, draft.primaryKey.length);
  const isWhole = draft.primaryKey.every((part, i) => {
    const [own, other] = [draft.fields.get(part), related.fields.get(candidates[i] ?? "")];
    return own !== undefined && other !== undefined && heldType(own) === heldType(other);
  });
  return isWhole ? candidates : told;
}

/** ID and String hold the same values. */
function heldType({ type }: FieldDescription): string {
  return type.name === "ID" ? "String" : type.name;
}

/** A declared index that begins with these fields, else the primary key (null), else an index of the relation's own. */
function indexOver(related: ModelDraft, keys: readonly string[], ownName: string): string | null {
  const beginsWithKeys = (fields: readonly string[]): boolean => keys.every((key, i) => fields[i] === key);
  const declared = related.indexes.find(({ fields }) => beginsWithKeys(fields));
  if (declared !== undefined) return declared.name;
  if (beginsWithKeys(related.primaryKey)) return null;
  related.indexes.push({ name: ownName, fields: keys, queryField: null });
  return ownName;
}

function throughJoin(draft: ModelDraft, { name }: FileField, { model, relations }: Join): void {
  const other = relations.find(({ type }) => type.name !== draft.file.name)?.type.name;
  const field = draft.fields.get(name);
  if (other === undefined || field === undefined) return;
  const relation: Relation = { kind: "manyToMany", model: other, through: model.name };
  draft.fields.set(name, { ...field, type: { kind: "model", name: other }, relation });
}

/** Its fields are all implied, its keys required and of the types of what they point to. */
function completeJoin({ model, relations }: Join, { drafts }: RelationContext): void {
  const draft = drafts.get(model.name);
  if (draft === undefined) return;
  for (const { type, association } of relations) {
    const side = drafts.get(type.name);
    if (side === undefined || association?.kind !== "BELONGS_TO") continue;
    association.targetNames.forEach((name, i) => {
      const part = side.fields.get(side.primaryKey[i] ?? "");
      const key = draft.fields.get(name);
      if (part !== undefined && key !== undefined)
        draft.fields.set(name, { ...key, type: part.type, isRequired: true });
    });
  }
  for (const [name, field] of draft.fields) draft.fields.set(name, implied(field));
}

function implied(field: FieldDescription): FieldDescription {
  return { ...field, isImplied: true };
}
