/** What a schema's text says, as a set of statements: one for each type, field, argument, value and directive, in no order. */
import { type ConstDirectiveNode, type InputValueDefinitionNode, Kind, parse, print } from "graphql";

export function schemaStatements(sdl: string): ReadonlySet<string> {
  const statements = new Set<string>();
  for (const definition of parse(sdl).definitions) {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION: {
        const name = definition.name.value;
        statements.add(`type ${name}`);
        addDirectives(name, definition.directives);
        for (const field of definition.fields ?? []) {
          const place = `${name}.${field.name.value}`;
          statements.add(`${place}: ${print(field.type)}`);
          addValues(`${place}(`, field.arguments);
          addDirectives(place, field.directives);
        }
        break;
      }
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        statements.add(`input ${definition.name.value}`);
        addDirectives(definition.name.value, definition.directives);
        addValues(`${definition.name.value}.`, definition.fields);
        break;
      case Kind.ENUM_TYPE_DEFINITION:
        statements.add(`enum ${definition.name.value}`);
        addDirectives(definition.name.value, definition.directives);
        for (const value of definition.values ?? []) statements.add(`${definition.name.value}.${value.name.value}`);
        break;
      case Kind.SCHEMA_DEFINITION:
        break;
      default:
        throw new Error(`${definition.kind} is in no schema that is compared`);
    }
  }
  return statements;

  function addValues(prefix: string, values: readonly InputValueDefinitionNode[] = []): void {
    for (const value of values) {
      const place = `${prefix}${value.name.value}`;
      const standard = value.defaultValue === undefined ? "" : ` = ${print(value.defaultValue)}`;
      statements.add(`${place}: ${print(value.type)}${standard}`);
      addDirectives(place, value.directives);
    }
  }

  function addDirectives(place: string, directives: readonly ConstDirectiveNode[] = []): void {
    for (const directive of directives) statements.add(`${place} ${print(directive)}`);
  }
}
