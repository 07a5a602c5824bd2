/** Classes of embedded types: plain frozen objects without a key, checked when they are made. */
import { type JsonValue, validateEmbedded } from "@tributary/model";
import { type EmbeddedDescription, fieldNamed, type SchemaDescription } from "@tributary/schema";
import { frozenCopy, markEmbedded, readGiven } from "./field-value.ts";

/** A class that `initSchema` made for an embedded type. */
export type NonModelTypeConstructor<T> = new (init: T) => T;

const embeddedClasses = new WeakSet<object>();

export function isNonModelClass(value: unknown): boolean {
  return typeof value === "function" && embeddedClasses.has(value);
}

export function createEmbeddedClass(
  schema: SchemaDescription,
  embedded: EmbeddedDescription,
): NonModelTypeConstructor<Readonly<Record<string, unknown>>> {
  const Embedded = class {
    constructor(init: Readonly<Record<string, unknown>>) {
      if (typeof init !== "object" || init === null) {
        throw new TypeError(`new ${embedded.name}() needs an object with its fields`);
      }
      const given: Record<string, unknown> = {};
      for (const [name, value] of Object.entries(init)) {
        const field = fieldNamed(embedded, name);
        given[name] = field === undefined ? value : readGiven(field, value);
      }
      const values = given as Record<string, JsonValue>;
      const [problem] = validateEmbedded(schema, embedded, values, { complete: false, strictness: "app" });
      if (problem !== undefined) throw new Error(problem.message);
      const self = this as Record<string, unknown>;
      for (const [name, value] of Object.entries(given)) self[name] = frozenCopy(value);
      Object.freeze(this);
    }
  };
  Object.defineProperty(Embedded, "name", { value: embedded.name });
  markEmbedded(Embedded.prototype);
  embeddedClasses.add(Embedded);
  return Embedded as unknown as NonModelTypeConstructor<Readonly<Record<string, unknown>>>;
}
