/**
 * Fields that are served under a second name, and not printed: what clients of some Amplify projects ask for.
 *
 * In the first dialect a project could choose English plurals for its lists (`listPeople` beside `listPersons`). In the second,
 * the datastore asks for subscriptions by their full names, of which Amplify serves none beyond a length.
 */
import { type SchemaDescription, upperFirst } from "@tributary/schema";
import { impliedSubscription, type RootField } from "./root-operation.ts";

/** Only names that no field of `fields` has. */
export function spareFields({ dialect }: SchemaDescription, fields: readonly RootField[]): RootField[] {
  const taken = new Set(fields.map(placeOf));
  const spare = fields.flatMap((field) => {
    const name = dialect === "v1" ? pluralList(field) : fullSubscription(field);
    return name === null ? [] : [{ ...field, name }];
  });
  return spare.filter((field) => !taken.has(placeOf(field)));
}

function pluralList({ name, operation }: RootField): string | null {
  if (operation.kind !== "list") return null;
  const { model } = operation;
  return name === `list${upperFirst(model.name)}s` ? `list${upperFirst(model.pluralName)}` : null;
}

function fullSubscription({ name, operation }: RootField): string | null {
  if (operation.kind !== "subscribe") return null;
  const implied = impliedSubscription(operation.model, operation.operation);
  return name === implied.served ? implied.full : null;
}

function placeOf({ type, name }: RootField): string {
  return `${type}.${name}`;
}
