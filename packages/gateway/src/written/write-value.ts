/** Writes values as JSON the way their shapes say, byte for byte as `JSON.stringify` would. */
import type { JsonValue } from "@tributary/model";
import type { ValueMember, ValueShape } from "@tributary/storage";
import { isJsonObject } from "../json.ts";

/** Null for a value that does not fit. */
export type WriteValue = (value: JsonValue | undefined) => string | null;

export function valueWriter(shape: ValueShape): WriteValue {
  const write = heldWriter(shape);
  const ofNull = shape.isRequired ? null : "null";
  return (value) => (value === null || value === undefined ? ofNull : write(value));
}

export interface MemberWriter<Source> {
  readonly key: string;
  readonly write: (source: Source) => string | null;
}

/** Writes an object of one member a writer. Null when one of them does not fit. */
export function objectWriter<Source>(members: readonly MemberWriter<Source>[]): (source: Source) => string | null {
  const parts = members.map(({ key, write }, i) => ({
    prefix: `${i === 0 ? "" : ","}${JSON.stringify(key)}:`,
    write,
  }));
  return (source) => {
    let text = "{";
    for (const { prefix, write } of parts) {
      const value = write(source);
      if (value === null) return null;
      text += prefix + value;
    }
    return `${text}}`;
  };
}

/** Of a value that is not null. */
function heldWriter(shape: ValueShape): (value: JsonValue) => string | null {
  switch (shape.kind) {
    case "text": {
      const { among } = shape;
      return (value) =>
        typeof value === "string" && (among === null || among.includes(value)) ? JSON.stringify(value) : null;
    }
    case "integer": {
      const { from, to } = shape;
      return (value) => (Number.isInteger(value) && Number(value) >= from && Number(value) <= to ? `${value}` : null);
    }
    case "kept":
    case "number":
      return (value) => (Number.isFinite(value) ? JSON.stringify(value) : null);
    case "boolean":
      return (value) => (typeof value === "boolean" ? `${value}` : null);
    case "mark":
      return (value) => (typeof value === "boolean" ? (value ? "true" : "null") : null);
    case "jsonText":
      return (value) => JSON.stringify(JSON.stringify(value));
    case "list":
      return listWriter(valueWriter(shape.of));
    case "object": {
      const write = objectWriter(shape.members.map(memberWriter));
      return (value) => (isJsonObject(value) ? write(value) : null);
    }
  }
}

type JsonObject = { readonly [name: string]: JsonValue };

function listWriter(write: WriteValue): (value: JsonValue) => string | null {
  return (value) => {
    if (!Array.isArray(value)) return null;
    const texts: string[] = [];
    for (const element of value) {
      const text = write(element);
      if (text === null) return null;
      texts.push(text);
    }
    return `[${texts.join(",")}]`;
  };
}

function memberWriter(member: ValueMember): MemberWriter<JsonObject> {
  const { key } = member;
  if (member.kind === "fixed") {
    const text = JSON.stringify(member.text);
    return { key, write: () => text };
  }
  const write = valueWriter(member.shape);
  const { name } = member;
  return { key, write: (source) => write(source[name]) };
}
