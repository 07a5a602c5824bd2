/**
 * The names that the generated API needs, so that none is taken twice: operations, connection types, inputs.
 *
 * A collision is reported at the declaration that comes second.
 */
import type { ASTNode } from "graphql";
import { upperFirst } from "../derived-names.ts";
import type { ModelDraft, SchemaDraft } from "./draft.ts";

/** Reports every operation, type or field name that two declarations, or a declaration and the generated API, both want. */
export function checkGeneratedNames(draft: SchemaDraft): void {
  checkTypeNames(draft);
  checkOperationNames(draft);
  for (const model of draft.models.values()) checkLetterCase(model, draft);
}

function checkTypeNames({ models, enums, embedded, problems }: SchemaDraft): void {
  const takenBy = new Map<string, string>(sharedTypes.map((name) => [name, "the generated API"]));
  const claim = (name: string, claimant: string, at: ASTNode): void => {
    const other = takenBy.get(name);
    if (other !== undefined && other !== claimant) {
      const message = `The name "${name}" is needed by both ${other} and ${claimant}.`;
      problems.report(at, message, "Rename one of the declared types.");
    } else takenBy.set(name, claimant);
  };
  const declared = [...models.values(), ...enums.values(), ...embedded.values()];
  for (const { name, at } of declared) claim(name, `type ${name}`, at);
  for (const { name, at } of models.values()) {
    for (const generated of typesOfModel(name)) claim(generated, `the API of model ${name}`, at);
  }
  for (const { name, at } of enums.values()) {
    for (const generated of [`Model${name}Input`, `Model${name}ListInput`])
      claim(generated, `the filters over ${name}`, at);
  }
  for (const { name, at } of embedded.values()) claim(`${name}Input`, `the input of type ${name}`, at);
}

function typesOfModel(name: string): readonly string[] {
  const pascal = upperFirst(name);
  return [
    `Model${pascal}Connection`,
    `Model${pascal}FilterInput`,
    `Model${pascal}ConditionInput`,
    `ModelSubscription${pascal}FilterInput`,
    `Model${pascal}PrimaryCompositeKeyConditionInput`,
    `Create${pascal}Input`,
    `Update${pascal}Input`,
    `Delete${pascal}Input`,
  ];
}

const scalarInputs = ["String", "ID", "Int", "Float", "Boolean"];
const sharedTypes: readonly string[] = [
  ...scalarInputs.flatMap((name) => [
    `Model${name}Input`,
    `ModelSubscription${name}Input`,
    `Model${name}KeyConditionInput`,
  ]),
  "ModelSizeInput",
  "ModelAttributeTypes",
  "ModelSortDirection",
];

function checkOperationNames({ models, problems }: SchemaDraft): void {
  const takenBy = new Map<string, string>();
  for (const model of models.values()) {
    const { queries, mutations, subscriptions } = model.operations;
    const named: readonly (readonly [root: string, name: string | null, at: ASTNode, hint: string])[] = [
      ["query", queries.get, model.at, "Rename one with @model(queries: { get: ... })."],
      ["query", queries.list, model.at, "Rename one with @model(queries: { list: ... })."],
      ["query", queries.sync, model.at, "Rename one of the types."],
      ...model.indexes.map(
        ({ queryField, at }) => ["query", queryField, at, "Give one of the indexes another queryField."] as const,
      ),
      ...Object.entries(mutations).map(
        ([kind, name]) => ["mutation", name, model.at, `Rename one with @model(mutations: { ${kind}: ... }).`] as const,
      ),
      ...(["onCreate", "onUpdate", "onDelete"] as const).flatMap((kind) =>
        subscriptions[kind].map(
          (name) =>
            ["subscription", name, model.at, `Rename one with @model(subscriptions: { ${kind}: ... }).`] as const,
        ),
      ),
    ];
    for (const [root, name, at, hint] of named) {
      if (name === null) continue;
      const other = takenBy.get(`${root} ${name}`);
      if (other === undefined) takenBy.set(`${root} ${name}`, model.name);
      else {
        const owners = other === model.name ? `twice for ${model.name}` : `for both ${other} and ${model.name}`;
        problems.report(at, `The ${root} "${name}" would be generated ${owners}.`, hint);
      }
    }
  }
}

/** Columns of a database do not tell letter case apart. */
function checkLetterCase(model: ModelDraft, { problems }: SchemaDraft): void {
  const firstByLowerCase = new Map<string, string>();
  for (const field of model.fields) {
    const lower = field.name.toLowerCase();
    const first = firstByLowerCase.get(lower);
    if (first === undefined) firstByLowerCase.set(lower, field.name);
    else {
      const message = `Field ${model.name}.${field.name} differs only in letter case from ${model.name}.${first}.`;
      problems.report(field.at, message, "Rename one of them.");
    }
  }
}
