import { type ModelDescription, storedFields } from "@tributary/schema";

/**
 * The fields whose values make up a row on the wire, in its order: by name. Equal schema hashes do not mean equal orders of
 * declaration.
 */
export function rowFields(model: ModelDescription): readonly string[] {
  return storedFields(model)
    .map((field) => field.name)
    .sort();
}
