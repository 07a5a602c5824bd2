import { describe, expect, it } from "vitest";
import { camelName } from "../../src/derived-names.ts";
import { defaultOperations, indexQueryName, pluralOf } from "../../src/sdl/naming.ts";

describe("naming", () => {
  it.each<[string, string]>([
    ["Person", "listPeople"],
    ["Category", "listCategories"],
    ["Sheep", "listSheep"],
    ["Bus", "listBuses"],
    ["Child", "listChildren"],
    ["ChatData", "listChatData"],
    ["Datum", "listData"],
    ["News", "listNews"],
    ["Analysis", "listAnalyses"],
    ["Leaf", "listLeaves"],
    ["Hero", "listHeroes"],
    ["Status", "listStatuses"],
    ["Foot", "listFeet"],
    ["Quiz", "listQuizzes"],
    ["Item2", "listItem2s"],
    ["HTTPLog", "listHTTPLogs"],
    ["Media", "listMedia"],
    ["userProfile", "listUserProfiles"],
  ])("SCHEMA-30: the list of %s is %s in the second dialect", (name, list) => {
    const { queries } = defaultOperations(name, "v2");
    expect(queries.list).toBe(list);
    expect(queries.sync).toBe(list.replace("list", "sync"));
  });

  it("SCHEMA-30: pluralName keeps the first letter", () => {
    expect([pluralOf("userProfile"), pluralOf("Person")]).toEqual(["userProfiles", "People"]);
  });

  it("SCHEMA-30: the first dialect lists by the bare name and an s", () => {
    expect(defaultOperations("ChatData", "v1").queries).toEqual({
      get: "getChatData",
      list: "listChatDatas",
      sync: "syncChatData",
    });
    expect(defaultOperations("Person", "v1").queries).toMatchObject({ list: "listPersons", sync: "syncPeople" });
  });

  it("SCHEMA-36: index queries are named after plural and fields", () => {
    expect(indexQueryName("Item", ["shopID"])).toBe("itemsByShopID");
    expect(indexQueryName("Employee", ["manager", "level"])).toBe("employeesByManagerAndLevel");
  });

  it("SCHEMA-50: foreign keys run their words together", () => {
    expect(camelName("Order", "lines", "customerEmail")).toBe("orderLinesCustomerEmail");
    expect(camelName("Post", "comments", "id")).toBe("postCommentsId");
  });
});
