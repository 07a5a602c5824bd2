import { buildSchema, findBreakingChanges, findDangerousChanges } from "graphql";
import { describe, expect, it } from "vitest";
import { generateSchema, printGatewaySchema } from "../../src/index.ts";
import { shopSchema } from "../shop-schema.ts";

describe("printGatewaySchema", () => {
  it("GQL-2 reads back as the schema that is served", () => {
    const served = generateSchema(shopSchema);
    const read = buildSchema(printGatewaySchema(shopSchema));
    for (const compare of [findBreakingChanges, findDangerousChanges]) {
      expect(compare(served, read)).toEqual([]);
      expect(compare(read, served)).toEqual([]);
    }
  });

  it("GQL-2 says which mutation each subscription reports", () => {
    const text = printGatewaySchema(shopSchema);
    expect(text).toContain(
      `  onUpdateTask(filter: ModelSubscriptionTaskFilterInput): Task @aws_subscribe(mutations: ["updateTask"])\n`,
    );
    expect(text.match(/: \w+ @aws_subscribe\(mutations: \[/g)).toHaveLength(9);
  });

  it("GQL-2 leaves definitions out where they are built in", () => {
    const text = printGatewaySchema(shopSchema, { definitions: "omit" });
    expect(text).not.toMatch(/^(scalar|directive)/m);
    expect(text).toContain("due: AWSDateTime\n");
    expect(text).toContain(`@aws_subscribe(mutations: ["createTask"])`);
  });
});
