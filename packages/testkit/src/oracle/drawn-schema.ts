/**
 * Schemas drawn at random: what a tester knows of each, and its SDL.
 *
 * Foreign keys are declared, so that their names are known here without asking the schema parser.
 */
import type { Random } from "../cluster/random.ts";

export type DrawnKind = "scalar" | "enum" | "embedded";

/** A stored field, keys and foreign keys included; timestamps are not. */
export interface DrawnField {
  readonly name: string;
  readonly kind: DrawnKind;
  /** Name of the scalar, enum or embedded type. */
  readonly type: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isElementRequired: boolean;
}

export interface DrawnRelation {
  readonly name: string;
  readonly kind: "belongsTo" | "hasMany" | "hasOne";
  readonly model: string;
  /** Own fields, in pairs with `other`. */
  readonly own: readonly string[];
  readonly other: readonly string[];
}

export interface DrawnModel {
  readonly name: string;
  readonly key: readonly string[];
  /** `managed` ids are always drawn, `optional` ones when none is given, `custom` keys are the app's. */
  readonly identifier: "managed" | "optional" | "custom";
  readonly fields: readonly DrawnField[];
  readonly relations: readonly DrawnRelation[];
}

export interface DrawnSchema {
  readonly models: readonly DrawnModel[];
  readonly sdl: string;
}

export const enumValues = ["RED", "GREEN", "BLUE"] as const;

/** The embedded types of every drawn schema, by name. */
export const embeddedTypes: Readonly<Record<string, readonly DrawnField[]>> = {
  Inner: [field("deep", "String", { isRequired: true }), field("n", "Float")],
  Outer: [
    field("label", "String"),
    field("constructor", "Int"),
    field("inner", "Inner", { kind: "embedded" }),
    field("marks", "String", { isList: true }),
  ],
};

export const scalars = [
  "String",
  "ID",
  "Int",
  "Float",
  "Boolean",
  "AWSDate",
  "AWSTime",
  "AWSDateTime",
  "AWSTimestamp",
  "AWSEmail",
  "AWSURL",
  "AWSPhone",
  "AWSIPAddress",
  "AWSJSON",
] as const;

/** Names that JavaScript, SQL or a builder has a use for, and plain ones. */
const fieldNames = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "name",
  "length",
  "call",
  "order",
  "group",
  "rowid",
  "value",
  "values",
  "key",
  "a_b",
  "unique",
];

export function drawSchema(random: Random): DrawnSchema {
  const drafts = ["Alpha", "Beta", "Gamma", "Delta"].map((name) => drawDraft(random, name));
  for (const [i, child] of drafts.entries()) {
    for (const parent of drafts.slice(0, i)) {
      if (random.chance(0.55)) tieToParent(random, child, parent);
      if (random.chance(0.25)) giveOne(parent, child);
    }
  }
  const [first] = drafts;
  if (first !== undefined) tieToParent(random, first, first);
  return { models: drafts.map(modelOfDraft), sdl: sdlOf(drafts) };
}

interface Draft {
  readonly name: string;
  readonly key: readonly string[];
  readonly identifier: DrawnModel["identifier"];
  readonly fields: DrawnField[];
  readonly relations: DrawnRelation[];
  /** SDL of directives by field. */
  readonly directives: Map<string, string>;
}

function field(name: string, type: string, more: Partial<Omit<DrawnField, "name" | "type">> = {}): DrawnField {
  return { name, type, kind: "scalar", isList: false, isRequired: false, isElementRequired: false, ...more };
}

function drawDraft(random: Random, name: string): Draft {
  const keys = random.pick<readonly [DrawnModel["identifier"], readonly DrawnField[]]>([
    ["managed", [field("id", "ID", { isRequired: true })]],
    ["managed", [field("id", "ID", { isRequired: true })]],
    ["optional", [field("id", "ID", { isRequired: true })]],
    ["optional", [field("id", "ID", { isRequired: true })]],
    ["custom", [field("code", "String", { isRequired: true })]],
    ["custom", [field("row", "String", { isRequired: true }), field("number", "Int", { isRequired: true })]],
    [
      "custom",
      [
        field("place", "ID", { isRequired: true }),
        field("day", "AWSDate", { isRequired: true }),
        field("size", "Float", { isRequired: true }),
      ],
    ],
  ]);
  const [identifier, keyFields] = keys;
  const key = keyFields.map((one) => one.name);
  const directives = new Map<string, string>();
  const [first = "id", ...sortKeyFields] = key;
  if (identifier !== "managed") {
    directives.set(
      first,
      sortKeyFields.length === 0 ? "@primaryKey" : `@primaryKey(sortKeyFields: ${JSON.stringify(sortKeyFields)})`,
    );
  }
  const fields = [...keyFields, field("text", "String"), ...drawFields(random)];
  return { name, key, identifier, fields, relations: [], directives };
}

function drawFields(random: Random): DrawnField[] {
  const names = fieldNames.filter(() => random.chance(0.45));
  return names.map((name) => {
    const isList = random.chance(0.25);
    const more = { isList, isRequired: random.chance(0.2), isElementRequired: isList && random.chance(0.4) };
    const roll = random.next();
    if (roll < 0.1) return field(name, "Color", { ...more, kind: "enum" });
    if (roll < 0.25) return field(name, random.pick(["Outer", "Inner"]), { ...more, kind: "embedded" });
    return field(name, random.pick(scalars), more);
  });
}

/** The child has the parent's key; the parent may have many of the child. */
function tieToParent(random: Random, child: Draft, parent: Draft): void {
  const name = child === parent ? "up" : `to${parent.name}`;
  const own = foreignKeys(child, parent, name);
  const isMany = random.chance(0.75);
  child.relations.push({ name, kind: "belongsTo", model: parent.name, own, other: parent.key });
  child.directives.set(name, `@belongsTo(fields: ${JSON.stringify(own)})`);
  if (!isMany) return;
  const index = `by${parent.name}`;
  const many = child === parent ? "downs" : `all${child.name}`;
  const [first = "", ...sortKeyFields] = own;
  child.directives.set(
    first,
    sortKeyFields.length === 0
      ? `@index(name: "${index}")`
      : `@index(name: "${index}", sortKeyFields: ${JSON.stringify(sortKeyFields)})`,
  );
  parent.relations.push({ name: many, kind: "hasMany", model: child.name, own: parent.key, other: own });
  parent.directives.set(many, `@hasMany(indexName: "${index}", fields: ${JSON.stringify(parent.key)})`);
}

/** `owner` holds the key of one `target`, which goes with it when it is deleted. */
function giveOne(owner: Draft, target: Draft): void {
  const name = `one${target.name}`;
  const own = foreignKeys(owner, target, name);
  owner.relations.push({ name, kind: "hasOne", model: target.name, own, other: target.key });
  owner.directives.set(name, `@hasOne(fields: ${JSON.stringify(own)})`);
}

function foreignKeys(holder: Draft, target: Draft, relation: string): string[] {
  return target.key.map((name) => {
    const type = target.fields.find((one) => one.name === name)?.type ?? "ID";
    const own = `${relation}_${name}`;
    holder.fields.push(field(own, type));
    return own;
  });
}

function modelOfDraft({ name, key, identifier, fields, relations }: Draft): DrawnModel {
  return { name, key, identifier, fields, relations };
}

function sdlOf(drafts: readonly Draft[]): string {
  const models = drafts.map(({ name, fields, relations, directives }) => {
    const related = relations.map((one) => `${one.name}: ${one.kind === "hasMany" ? `[${one.model}]` : one.model}`);
    const lines = [...fields.map(fieldSdl), ...related].map((line) => {
      const directive = directives.get(line.slice(0, line.indexOf(":")));
      return directive === undefined ? `  ${line}` : `  ${line} ${directive}`;
    });
    return `type ${name} @model {\n${lines.join("\n")}\n}`;
  });
  const embedded = Object.entries(embeddedTypes).map(
    ([name, fields]) => `type ${name} {\n${fields.map((one) => `  ${fieldSdl(one)}`).join("\n")}\n}`,
  );
  return [`enum Color { ${enumValues.join(" ")} }`, ...embedded, ...models].join("\n");
}

function fieldSdl({ name, type, isList, isRequired, isElementRequired }: DrawnField): string {
  const inner = isList ? `[${type}${isElementRequired ? "!" : ""}]` : type;
  return `${name}: ${inner}${isRequired ? "!" : ""}`;
}
