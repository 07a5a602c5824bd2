/** The classes of a schema: the same ones each time for one schema, whoever asks. */
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import { createEmbeddedClass, type NonModelTypeConstructor } from "./embedded-class.ts";
import { type ClassEnvironment, createModelClass, type ModelClass } from "./model-class.ts";

export interface SchemaClasses {
  readonly schema: SchemaDescription;
  readonly models: Readonly<Record<string, ModelClass>>;
  readonly embedded: Readonly<Record<string, NonModelTypeConstructor<Readonly<Record<string, unknown>>>>>;
}

const classesBySchema = new WeakMap<SchemaDescription, SchemaClasses>();
const modelByClass = new WeakMap<object, ModelDescription>();

export function classesOf(schema: SchemaDescription, environment: ClassEnvironment): SchemaClasses {
  const known = classesBySchema.get(schema);
  if (known !== undefined) return known;
  const models: Record<string, ModelClass> = {};
  for (const model of schema.models) {
    const modelClass = createModelClass(schema, model, environment);
    modelByClass.set(modelClass, model);
    models[model.name] = modelClass;
  }
  const embedded = Object.fromEntries(schema.embedded.map((type) => [type.name, createEmbeddedClass(schema, type)]));
  const classes: SchemaClasses = { schema, models: Object.freeze(models), embedded: Object.freeze(embedded) };
  classesBySchema.set(schema, classes);
  return classes;
}

/** The model a class stands for; undefined for anything that is no model class. */
export function modelOfClass(modelClass: unknown): ModelDescription | undefined {
  return typeof modelClass === "function" ? modelByClass.get(modelClass) : undefined;
}

/**
 * The model a class stands for, in the schema of the datastore that was handed it. Throws a `TypeError` for anything that is no
 * class of a model there.
 */
export function modelIn(schema: SchemaDescription, modelClass: unknown): ModelDescription {
  const model = modelOfClass(modelClass);
  if (model === undefined) {
    throw new TypeError("Constructor is not for a valid model; pass a class that initSchema returned");
  }
  assertInSchema(schema, model);
  return model;
}

export function assertInSchema(schema: SchemaDescription, model: ModelDescription): void {
  if (modelNamed(schema, model.name) === model) return;
  throw new TypeError(`the class ${model.name} was made from another schema than that of this datastore`);
}
