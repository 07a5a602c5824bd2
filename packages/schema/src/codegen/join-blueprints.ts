/**
 * `@manyToMany` in model files: a join model with an id, the keys of both sides and a relation to each, and on both sides a list of
 * that join model.
 */
import { camelName, lowerFirst, upperFirst } from "../derived-names.ts";
import {
  addedField,
  blueprintField,
  type DirectiveBlueprint,
  directiveOn,
  type FieldBlueprint,
  type ModelBlueprint,
  textIn,
} from "./blueprint.ts";
import { addKeyDirectives } from "./key-directives.ts";
import { camelCase } from "./word-case.ts";

interface Side {
  readonly model: ModelBlueprint;
  readonly field: FieldBlueprint;
}

export function addJoinBlueprints(models: Map<string, ModelBlueprint>): void {
  const sidesByJoin = new Map<string, Side[]>();
  for (const model of models.values()) {
    for (const field of model.fields) {
      const directive = directiveOn(field, "manyToMany");
      if (directive === undefined) continue;
      const join = upperFirst(textIn(directive, "relationName") ?? "");
      sidesByJoin.set(join, [...(sidesByJoin.get(join) ?? []), { model, field }]);
    }
  }
  for (const [name, sides] of sidesByJoin) {
    models.set(name, joinModel(name, sides));
    for (const side of sides) leadToJoin(side, name);
  }
}

function joinModel(name: string, sides: readonly Side[]): ModelBlueprint {
  const declared = [{ name: "model", arguments: {} }];
  const join: ModelBlueprint = {
    name,
    fields: [
      addedField("id", "ID", { isNullable: false }),
      ...sides.flatMap(({ model }) => keysTo(model)),
      ...sides.map(({ model }) => relationTo(model)),
      addedField("createdAt", "AWSDateTime", { isNullable: true, isReadOnly: true }),
      addedField("updatedAt", "AWSDateTime", { isNullable: true, isReadOnly: true }),
    ],
    directives: [...declared],
    key: { kind: "managed", fields: ["id"] },
  };
  addKeyDirectives(join);
  join.directives = [...declared, ...rulesOf(sides), ...join.directives.slice(declared.length)];
  return join;
}

/** The rules of both sides, those that both write alike once. */
function rulesOf(sides: readonly Side[]): readonly DirectiveBlueprint[] {
  const rules = sides.flatMap(({ model }) => model.directives.filter(({ name }) => name === "auth"));
  return [...new Map(rules.map((rule) => [JSON.stringify(rule.arguments), rule])).values()];
}

/** The first is an ID whatever it points to; sort parts keep their letter case: `ordernumber`. */
function keysTo(model: ModelBlueprint): readonly FieldBlueprint[] {
  const [first = "", ...others] = foreignKeyOf(model);
  const index = { name: "index", arguments: { name: `by${model.name}`, sortKeyFields: others } };
  return [
    { ...addedField(first, "ID", { isNullable: true }), directives: [index] },
    ...others.map((name, i) => {
      const part = blueprintField(model, model.key.fields[i + 1] ?? "");
      return addedField(name, part?.typeName ?? "ID", { isNullable: true });
    }),
  ];
}

function relationTo(model: ModelBlueprint): FieldBlueprint {
  const belongsTo = { name: "belongsTo", arguments: { fields: foreignKeyOf(model) } };
  return { ...addedField(camelCase(model.name), model.name, { isNullable: false }), directives: [belongsTo] };
}

function foreignKeyOf({ name, key }: ModelBlueprint): readonly string[] {
  const [first = "", ...others] = key.fields;
  return [camelName(name, first), ...others.map((part) => `${lowerFirst(name)}${part}`)];
}

function leadToJoin({ model, field }: Side, typeName: string): void {
  const hasMany = { name: "hasMany", arguments: { indexName: `by${model.name}`, fields: model.key.fields } };
  const others = field.directives.filter(({ name }) => name !== "manyToMany");
  const replaced = { ...field, typeName, directives: [...others, hasMany] };
  model.fields = model.fields.map((candidate) => (candidate === field ? replaced : candidate));
}
