/**
 * `@manyToMany(relationName, limit)`: two lists, one in each model, tied together by a generated join model.
 *
 * The join model is named after the relation with a capital, has an id, the keys of both sides (`postId`, `tagId`), a
 * relation to each, an index by each, and the rules of both.
 */

import { joinedRules } from "../../auth-rule.ts";
import { lowerFirst, upperFirst } from "../../derived-names.ts";
import { addIndex } from "../add-index.ts";
import { type Directive, defineDirective } from "../directive.ts";
import { draftKey, type FieldDraft, impliedField, type JoinSide, type ModelDraft, type SchemaDraft } from "../draft.ts";
import { addTimestamps } from "../implied-fields.ts";
import { defaultOperations, indexQueryName, pluralOf } from "../naming.ts";
import { placeOf } from "../problems.ts";
import { relatedModel } from "../relation.ts";
import { isFreeTypeName } from "../reserved-names.ts";
import { int, name, required } from "../value-reader.ts";
import { checkedLimit } from "./has-many.ts";

export const manyToMany: Directive = defineDirective({
  name: "manyToMany",
  dialect: "v2",
  arguments: { relationName: required(name), limit: int },
  phase: "joins",
  onField(use, draft) {
    const related = relatedModel(use, "many", draft);
    checkedLimit(use.values.limit, use.node, draft);
    if (related === null) return;
    const joinName = upperFirst(use.values.relationName);
    const sides = draft.joins.get(joinName) ?? [];
    sides.push({ model: use.model, field: use.field, at: use.node });
    draft.joins.set(joinName, sides);
  },
});

/** Makes the join models once every side is known; reports relations that are not two sides facing each other. */
export function addJoinModels(draft: SchemaDraft): void {
  for (const [joinName, sides] of draft.joins) {
    const [left, right, ...more] = sides;
    if (left === undefined || !arePaired(joinName, left, right, more, draft)) continue;
    if (right === undefined || !isFreeJoinName(joinName, left, draft)) continue;
    const join = joinModel(joinName, left, right, draft);
    if (join === null) continue;
    draft.models.set(joinName, join);
    left.field.relation = { kind: "manyToMany", model: right.model.name, through: joinName };
    right.field.relation = { kind: "manyToMany", model: left.model.name, through: joinName };
  }
}

function arePaired(
  joinName: string,
  left: JoinSide,
  right: JoinSide | undefined,
  more: readonly JoinSide[],
  { problems }: SchemaDraft,
): boolean {
  const relation = `@manyToMany(relationName: "${joinName}")`;
  const fieldOf = (side: JoinSide): string => `${side.model.name}.${side.field.name}`;
  if (right === undefined) {
    const hint = `Add ${relation} to a list of ${left.model.name} in ${left.field.type?.name}.`;
    problems.report(left.at, `${relation} stands on ${fieldOf(left)} only.`, hint);
    return false;
  }
  for (const side of more) {
    const hint = "Give each pair of fields a relation name of its own.";
    problems.report(side.at, `${relation} stands on a third field, ${fieldOf(side)}.`, hint);
  }
  if (left.model === right.model) {
    const hint = "Write the join model yourself, with two @belongsTo fields.";
    problems.report(right.at, `${relation} ties ${left.model.name} to itself.`, hint);
    return false;
  }
  if (left.field.type?.name !== right.model.name || right.field.type?.name !== left.model.name) {
    const hint = `Make them lists of each other's models: [${right.model.name}] and [${left.model.name}].`;
    const message = `${relation} ties ${fieldOf(left)} at ${placeOf(left.at)} to ${fieldOf(right)}, which do not face each other.`;
    problems.report(right.at, message, hint);
    return false;
  }
  return more.length === 0;
}

function isFreeJoinName(joinName: string, side: JoinSide, { models, enums, embedded, problems }: SchemaDraft): boolean {
  if (!isFreeTypeName(joinName, side.at, problems)) return false;
  const taken = [...models.values(), ...enums.values(), ...embedded.values()].find(
    (type) => type.name.toLowerCase() === joinName.toLowerCase(),
  );
  if (taken === undefined) return true;
  const message = `The join model "${joinName}" has the name of a type declared at ${placeOf(taken.at)}.`;
  problems.report(side.at, message, "Choose another relationName.");
  return false;
}

function joinModel(name: string, left: JoinSide, right: JoinSide, draft: SchemaDraft): ModelDraft | null {
  const leftPart = sidePart(left);
  const rightPart = sidePart(right);
  if (leftPart === null || rightPart === null) return null;
  const at = left.at;
  const join: ModelDraft = {
    name,
    at,
    pluralName: pluralOf(name),
    fields: [
      impliedField(at, { name: "id", type: { kind: "scalar", name: "ID" }, isRequired: true }),
      ...leftPart.keys,
      ...rightPart.keys,
      leftPart.relation,
      rightPart.relation,
    ],
    primaryKey: { fields: ["id"], at },
    hasCustomKey: false,
    indexes: [],
    timestamps: { createdAt: "createdAt", updatedAt: "updatedAt" },
    auth: joinedRules([...left.model.auth, ...right.model.auth]),
    operations: defaultOperations(name, draft.dialect),
    versioned: null,
  };
  addTimestamps(join);
  for (const [side, part] of [
    [left, leftPart],
    [right, rightPart],
  ] as const) {
    const fields = part.keys.map((field) => ({ name: field.name, at: side.at }));
    const queryField = indexQueryName(
      name,
      part.keys.map((field) => field.name),
    );
    addIndex(join, { name: `by${side.model.name}`, fields, queryField }, side.at, draft);
  }
  return join;
}

/** The key of one side and the relation to it, as fields of the join model. Sort parts keep their letter case: `ordernumber`. */
function sidePart(side: JoinSide): { readonly keys: readonly FieldDraft[]; readonly relation: FieldDraft } | null {
  const key = draftKey(side.model);
  if (key === null) return null;
  const prefix = lowerFirst(side.model.name);
  const keys = key.map((part, i) =>
    impliedField(side.at, {
      name: `${prefix}${i === 0 ? upperFirst(part.name) : part.name}`,
      type: part.type,
      isRequired: true,
    }),
  );
  const relation: FieldDraft = {
    ...impliedField(side.at, { name: prefix, type: { kind: "model", name: side.model.name }, isRequired: true }),
    isMeantAsRelation: true,
    relationDirective: "belongsTo",
    relation: { kind: "belongsTo", model: side.model.name, keys: keys.map((field) => field.name) },
  };
  return { keys, relation };
}
