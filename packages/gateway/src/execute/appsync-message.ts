/**
 * Messages of GraphQL's own errors, in AppSync's words where clients go by the words.
 *
 * Amplify's DataStore subscribes again without a filter when it reads that the argument or a member of it is unknown, and tells
 * a bad record by the text about null values. Other messages stay as they are: they say more.
 */
import { type GraphQLError, type GraphQLSchema, getNullableType, isObjectType } from "graphql";

/** Longer ones repeat what the caller sent. */
const MAX_LENGTH = 1_000;

/** `guesses`: whether a message may go on to name what might have been meant. */
export function appSyncMessage(error: GraphQLError, guesses: "included" | "left out"): string {
  const { message } = error;
  const said = unknownArgument(error) ?? unknownMember(message) ?? missingVariable(message) ?? message;
  return cut(guesses === "included" ? said : said.replace(/ Did you mean [^?]*\?$/, ""));
}

function unknownArgument({ message }: GraphQLError): string | null {
  const found = /^Unknown argument "(\w+)" on field "\w+\.(\w+)"/.exec(message);
  if (found === null) return null;
  return `Validation error of type UnknownArgument: Unknown field argument ${found[1]} @ '${found[2]}'`;
}

function unknownMember(message: string): string | null {
  const found = /^Variable "\$\w+" got invalid value .*; Field "(\w+)" is not defined by type "(\w+)"/s.exec(message);
  if (found === null) return null;
  return `The variables input contains a field name '${found[1]}' that is not defined for input object type '${found[2]}' `;
}

function missingVariable(message: string): string | null {
  const variable = /^Variable "\$(\w+)" of (?:required|non-null) type "([^"]+)" (?:was not provided|must not be null)/;
  const member = /^Variable "\$\w+" got invalid value .*; Field "(\w+)" of required type "([^"]+)" was not provided/s;
  const nulled =
    /^Variable "\$\w+" got invalid value null at "(?:[^"]*\.)?(\w+)(?:\[\d+\])?"; Expected non-nullable type "([^"]+)"/;
  const found = variable.exec(message) ?? member.exec(message) ?? nulled.exec(message);
  return found === null ? null : `Variable '${found[1]}' has coerced Null value for NonNull type '${found[2]}'`;
}

/** What is said of a value that is missing where its type needs one; null for other errors. */
export function nullInOutput({ message, path }: GraphQLError, schema: GraphQLSchema): string | null {
  const found = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/.exec(message);
  const [, parentName = "", fieldName = ""] = found ?? [];
  const parent = schema.getType(parentName);
  if (found === null || !isObjectType(parent)) return null;
  const type = parent.getFields()[fieldName]?.type;
  if (type === undefined) return null;
  return `Cannot return null for non-nullable type: '${String(getNullableType(type))}' within parent '${parentName}' (/${(path ?? []).join("/")})`;
}

function cut(message: string): string {
  return message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH - 3)}...` : message;
}
