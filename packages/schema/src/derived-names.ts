/**
 * The names Amplify derives from those a schema gives: operations, index queries, foreign keys, indexes of relations. Existing
 * clients ask for exactly these.
 *
 * Second dialect: English plurals everywhere. First dialect: `list` takes the bare name and an `s`, `sync` the plural.
 */
import type { OperationNames, SchemaDescription } from "./description.ts";

/** The operations of a model that says nothing about them. */
export function operationNames(
  typeName: string,
  pluralName: string,
  dialect: SchemaDescription["dialect"],
): OperationNames {
  const one = upperFirst(typeName);
  const many = upperFirst(pluralName);
  return {
    queries: { get: `get${one}`, list: dialect === "v1" ? `list${one}s` : `list${many}`, sync: `sync${many}` },
    mutations: { create: `create${one}`, update: `update${one}`, delete: `delete${one}` },
    subscriptions: {
      level: "on",
      onCreate: [`onCreate${one}`],
      onUpdate: [`onUpdate${one}`],
      onDelete: [`onDelete${one}`],
    },
  };
}

/** The query over an index that names none, in the second dialect: `itemsByShopID`, `employeesByManagerAndLevel`. */
export function indexQueryOf(pluralName: string, fields: readonly string[]): string {
  return `${lowerFirst(pluralName)}By${fields.map(upperFirst).join("And")}`;
}

/** The words run together, each but the first with a capital: (`Order`, `lines`, `email`) -> `orderLinesEmail`. */
export function camelName(...words: readonly string[]): string {
  return words.map((word, i) => (i === 0 ? lowerFirst(word) : upperFirst(word))).join("");
}

const RELATION_INDEX = "gsi-";

/** The index that a relation brings along when it declares its own foreign key. */
export function relationIndexName(relation: string): string {
  return `${RELATION_INDEX}${relation}`;
}

/** Whether an index is there for a relation, and not declared. */
export function isRelationIndex(name: string): boolean {
  return name.startsWith(RELATION_INDEX);
}

export function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function lowerFirst(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}
