/** Amplify's `utils`: what it exports for telling models from other things. */

import { isNonModelClass } from "../models/embedded-class.ts";
import { modelOfClass } from "../models/schema-classes.ts";

export const utils = {
  isModelConstructor: (value: unknown): boolean => modelOfClass(value) !== undefined,
  isNonModelConstructor: (value: unknown): boolean => isNonModelClass(value),
} as const;
