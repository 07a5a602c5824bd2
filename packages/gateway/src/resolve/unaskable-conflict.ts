/**
 * Deletions on an older version that Amplify's DataStore cannot settle when it is told of a conflict.
 *
 * It shows its conflict handler what it sent, as an instance of the model. A deletion sends the key alone: where the model
 * requires more, there is no such instance, and no handler, the app's own included, ever hears of it. After ten attempts the
 * library asks for the stored record by `id`; where the key is another, it cannot, and begins anew for some minutes, with all
 * that it has to send waiting behind. Told that a condition failed, it takes the stored record that comes with it.
 */
import { type FieldDescription, type ModelDescription, storedFields } from "@tributary/schema";
import { type ConflictStrategy, staleUpdateOf } from "./conflict-resolution.ts";

export function isUnaskable(model: ModelDescription, strategy: ConflictStrategy): boolean {
  // Where updates are refused, too, apps were written to be told of every conflict as such.
  if (staleUpdateOf(strategy) === "refuse") return false;
  const { primaryKey } = model;
  const isFoundById = primaryKey.length === 1 && primaryKey[0] === "id";
  const isRequiredBeside = ({ name, isRequired, isReadOnly }: FieldDescription): boolean =>
    isRequired && !isReadOnly && !primaryKey.includes(name);
  return !isFoundById && storedFields(model).some(isRequiredBeside);
}
