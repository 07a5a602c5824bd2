import { test } from "vitest";
import { printGatewaySchema } from "../src/index.ts";
import { parseSchema } from "@tributary/schema/sdl";
test("x", () => {
  const s = parseSchema(`
type Order @model @auth(rules:[{allow: public},{allow: owner}]) { customer: ID! @primaryKey(sortKeyFields: ["placedAt","number"]) placedAt: AWSDateTime! number: Int! status: Status @index(name: "byStatus", sortKeyFields: ["number","placedAt"]) tags: [String!] states: [Status] addr: Address data: AWSJSON }
type Task @model { title: String! boardId: ID @index(name:"byBoard", sortKeyFields:["title"]) }
type Address { street: String! lines: [String] }
enum Status { OPEN DONE }
`);
  console.log(printGatewaySchema(s));
});
