import { parseSchema } from "@tributary/schema/sdl";
import { expect, it } from "vitest";
import { generateSchema } from "../../src/index.ts";
import { startGateway } from "../start-gateway.ts";

const long = "ANameThatIsTooLongForTheSubscriptionsOfAmplify";

it("GQL-32 lists of the first dialect answer to English plurals too, unless another field has that name", () => {
  const schema = parseSchema(
    `type Person @model { id: ID! }
     type Note @model { id: ID! }
     type Sheep @model(queries: { get: "oneSheep", list: "flock" }) { id: ID! }
     type Mouse @model(queries: { get: "listMice" }) { id: ID! }`,
    { dialect: "v1" },
  );
  const queries = (options: object): string[] =>
    Object.keys(generateSchema(schema, undefined, options).getQueryType()?.getFields() ?? {});
  const printed = queries({});
  expect(printed).toEqual(expect.arrayContaining(["listPersons", "listNotes", "flock", "listMouses", "listMice"]));
  expect(queries({ withSpareNames: true })).toEqual([...printed, "listPeople"]);
  const served = generateSchema(schema, undefined, { withSpareNames: true }).getQueryType()?.getFields();
  expect(String(served?.listMice?.type)).toBe("Mouse");
});

it("GQL-32 subscriptions of the second dialect answer to names that Amplify cuts", () => {
  const schema = parseSchema(`type ${long} @model { text: String }`);
  const subscriptions = (options: object): string[] =>
    Object.keys(generateSchema(schema, undefined, options).getSubscriptionType()?.getFields() ?? {});
  const printed = subscriptions({});
  expect(printed.map((name) => name.length)).toEqual([50, 50, 50]);
  const full = ["Create", "Update", "Delete"].map((operation) => `on${operation}${long}`);
  expect(subscriptions({ withSpareNames: true })).toEqual([...printed, ...full]);
});

it("GQL-32 what is served has the spare names", async () => {
  const schema = parseSchema(`type Person @model @auth(rules: [{ allow: public }]) { id: ID! }`, { dialect: "v1" });
  const gateway = await startGateway({ schema });
  await gateway.field(`mutation { createPerson(input: { id: "p" }) { id } }`);
  expect(await gateway.field(`{ listPeople { items { id } } }`)).toEqual({ items: [{ id: "p" }] });
});
