import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { isInputObjectType } from "graphql";
import { describe, expect, it } from "vitest";
import { generateSchema, printGatewaySchema } from "../../src/index.ts";
import { shopSchema } from "../shop-schema.ts";

function membersOf(schema: SchemaDescription, name: string, options: object): string[] | null {
  const type = generateSchema(schema, undefined, options).getType(name);
  return isInputObjectType(type) ? Object.keys(type.getFields()) : null;
}

describe("filters of subscriptions", () => {
  const name = "ModelSubscriptionTaskFilterInput";

  it("GQL-32 they take `not`, which is not printed", () => {
    const printed = membersOf(shopSchema, name, {});
    expect(printed).toEqual(expect.arrayContaining(["title", "and", "or", "_deleted"]));
    const served = membersOf(shopSchema, name, { withSpareNames: true });
    expect(served?.filter((member) => !printed?.includes(member))).toEqual(["not"]);
    expect(printGatewaySchema(shopSchema)).not.toMatch(/^ {2}not: ModelSubscription/m);
  });

  it("GQL-32 the first dialect has none, under spare names neither", () => {
    const schema = parseSchema("type Task @model { id: ID! }", { dialect: "v1" });
    expect(membersOf(schema, name, { withSpareNames: true })).toBeNull();
  });
});
