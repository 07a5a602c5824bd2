/** `@primaryKey` and `@index` of fields, as the `key` directives of their model that model files hold. */
import { indexQueryName } from "../sdl/naming.ts";
import { type DirectiveBlueprint, directiveOn, type ModelBlueprint, namesIn, textIn } from "./blueprint.ts";

export function addKeyDirectives(model: ModelBlueprint): void {
  const keys: DirectiveBlueprint[] = [];
  const primary = model.fields.find((field) => directiveOn(field, "primaryKey") !== undefined);
  if (primary !== undefined) keys.push({ name: "key", arguments: { fields: model.key.fields } });
  for (const field of model.fields) {
    for (const directive of field.directives) {
      if (directive.name !== "index") continue;
      const fields = [field.name, ...namesIn(directive, "sortKeyFields")];
      const name = textIn(directive, "name") ?? indexQueryName(model.name, fields);
      keys.push({ name: "key", arguments: { name, queryField: directive.arguments.queryField, fields } });
    }
  }
  model.directives = [...model.directives, ...keys];
}
