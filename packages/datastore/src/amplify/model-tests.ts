/** Amplify's `utils`: what it exports for telling models from other things. */

import { isNonModelClass, type NonModelTypeConstructor } from "../models/embedded-class.ts";
import { modelOfClass } from "../models/schema-classes.ts";
import { NAMESPACES } from "./enums.ts";
import type { PersistentModel, PersistentModelConstructor } from "./model-type.ts";

export interface Utils {
  readonly USER: "user";
  isModelConstructor(value: unknown): value is PersistentModelConstructor<PersistentModel>;
  isNonModelConstructor(value: unknown): value is NonModelTypeConstructor<PersistentModel>;
}

export const utils: Utils = {
  USER: NAMESPACES.USER,
  isModelConstructor: (value): value is PersistentModelConstructor<PersistentModel> =>
    modelOfClass(value) !== undefined,
  isNonModelConstructor: (value): value is NonModelTypeConstructor<PersistentModel> => isNonModelClass(value),
};
