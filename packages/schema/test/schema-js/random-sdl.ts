/**
 * Random schemas of both dialects: keys of one and several parts, indexes, lists, enums, embedded types, options, rules, and every
 * relation. Only what a `schema.js` tells stands in them.
 */

export type Random = () => number;

export interface RandomSchema {
  readonly sdl: string;
  /** How many relations it declares. */
  readonly relations: number;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface RandomModel {
  readonly name: string;
  readonly directives: string[];
  readonly fields: string[];
  /** Names and types of the key. */
  readonly key: readonly (readonly [name: string, type: string])[];
}

export function randomSchema(seed: number, dialect: "v1" | "v2"): RandomSchema {
  const random = randomOf(seed);
  const chance = (p: number): boolean => random() < p;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const quoted = (names: readonly string[]): string => `[${names.map((name) => `"${name}"`).join(", ")}]`;

  const models = ["Alpha", "beta", "GammaRay", "Delta2"].slice(0, 2 + Math.floor(random() * 3)).map(newModel);
  const count = 1 + Math.floor(random() * 4);
  let relations = 0;
  for (let i = 0; i < count; i++)
    relations += (dialect === "v1" ? connect : relate)(i, pick(models), pick(models)) ? 1 : 0;
  const types = models.map(
    ({ name, directives, fields }) => `type ${name} ${directives.join(" ")} {\n  ${fields.join("\n  ")}\n}`,
  );
  const others = ["enum Mood {\n  GOOD\n  bad\n}", "type Place {\n  x: Int!\n  moods: [Mood!]\n}"];
  return { sdl: `${[...types, ...others].join("\n\n")}\n`, relations };

  function newModel(name: string): RandomModel {
    const key = chance(0.6)
      ? [["id", "ID"] as const]
      : [["code", pick(["ID", "String"])] as const, ["rank", "Int"] as const].slice(0, chance(0.5) ? 2 : 1);
    const isCustom = key[0]?.[0] !== "id";
    const options = pick([
      "",
      "(timestamps: null)",
      '(timestamps: { createdAt: "born" })',
      "(queries: null)",
      '(queries: { get: "one" }, subscriptions: { level: public })'.replace("one", `one${name}`),
      "(mutations: { delete: null })",
    ]);
    const rules = pick([
      "",
      "",
      "@auth(rules: [{ allow: public }])",
      '@auth(rules: [{ allow: owner }, { allow: groups, groups: ["Admin"], operations: [read] }])',
      '@auth(rules: [{ allow: owner, ownerField: "writer", identityClaim: "email" }, { allow: private }])',
    ]);
    const names = key.map(([part]) => part);
    const keyOnModel = isCustom && dialect === "v1" ? `@key(fields: ${quoted(names)})` : "";
    const sortKey = names.length > 1 ? `(sortKeyFields: ${quoted(names.slice(1))})` : "";
    const fields = key.map(([part, type], i) =>
      isCustom && dialect === "v2" && i === 0 ? `${part}: ${type}! @primaryKey${sortKey}` : `${part}: ${type}!`,
    );
    const types = ["ID", "String", "Int", "Float", "Boolean", "AWSDate", "AWSDateTime", "AWSJSON", "Mood", "Place"];
    const count = 1 + Math.floor(random() * 4);
    for (let i = 0; i < count; i++) {
      const type = pick(types);
      fields.push(`f${i}: ${pick([type, `${type}!`, `[${type}]`, `[${type}!]`, `[${type}!]!`, `[${type}]!`])}`);
    }
    fields.push(dialect === "v2" && chance(0.3) ? `sorted: Int @index(queryField: null)` : "sorted: Int");
    return { name, directives: [`@model${options}`, rules, keyOnModel].filter(Boolean), fields, key };
  }

  /** The fields of `holder` that hold the key of `target`, with an index over them. */
  function declareKey(i: number, target: RandomModel, holder: RandomModel): readonly string[] {
    const names = target.key.map(([part]) => `fk${i}${part}`);
    const sortKey = names.length > 1 ? `, sortKeyFields: ${quoted(names.slice(1))}` : "";
    target.key.forEach(([, type], part) => {
      const index = part === 0 && dialect === "v2" ? ` @index(name: "ix${i}"${sortKey})` : "";
      // A file of the first dialect leaves these fields out; it is taken for what relations make of them.
      holder.fields.push(`${names[part]}: ${type}${dialect === "v2" && chance(0.5) ? "!" : ""}${index}`);
    });
    if (dialect === "v1") holder.directives.push(`@key(name: "ix${i}", fields: ${quoted(names)})`);
    return names;
  }

  function relate(i: number, left: RandomModel, right: RandomModel): boolean {
    const back = left === right || chance(0.4) ? "" : `back${i}: ${left.name}${pick(["", "!"])}`;
    const kind = random();
    if (kind < 0.3) {
      left.fields.push(`many${i}: ${pick([`[${right.name}]`, `[${right.name}!]!`])} @hasMany`);
      // Of several relations back the first counts, and the file does not tell by which fields it goes.
      if (back !== "" && !hasListOf(left, right, i)) right.fields.push(`${back} @belongsTo`);
    } else if (kind < 0.5) {
      left.fields.push(`one${i}: ${right.name}${pick(["", "!"])} @hasOne`);
    } else if (kind < 0.8) {
      const own = quoted(left.key.map(([part]) => part));
      const names = declareKey(i, left, right);
      left.fields.push(`many${i}: [${right.name}] @hasMany(indexName: "ix${i}", fields: ${own})`);
      if (back !== "") right.fields.push(`${back} @belongsTo(fields: ${quoted(names)})`);
    } else {
      if (left === right) return false;
      left.fields.push(`ties${i}: [${right.name}] @manyToMany(relationName: "tie${i}")`);
      right.fields.push(`ties${i}: [${left.name}!]! @manyToMany(relationName: "tie${i}")`);
    }
    return true;
  }

  function hasListOf(left: RandomModel, right: RandomModel, i: number): boolean {
    return left.fields.some((field) => !field.startsWith(`many${i}:`) && field.includes(right.name));
  }

  function connect(i: number, left: RandomModel, right: RandomModel): boolean {
    if (left.key[0]?.[0] !== "id") return false;
    const kind = random();
    if (kind < 0.3) {
      if (left === right) return false;
      left.fields.push(`many${i}: [${right.name}] @connection(name: "pair${i}")`);
      right.fields.push(`one${i}: ${left.name}${pick(["", "!"])} @connection(name: "pair${i}")`);
    } else if (kind < 0.5) {
      left.fields.push(`many${i}: [${right.name}] @connection`);
    } else if (kind < 0.7) {
      right.fields.push(`one${i}: ${left.name}${pick(["", "!"])} @connection`);
    } else {
      const names = quoted(declareKey(i, left, right));
      left.fields.push(`many${i}: [${right.name}] @connection(keyName: "ix${i}", fields: ["id"])`);
      if (left !== right && chance(0.6)) right.fields.push(`one${i}: ${left.name} @connection(fields: ${names})`);
    }
    return true;
  }
}
