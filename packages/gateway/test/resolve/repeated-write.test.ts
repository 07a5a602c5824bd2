/** Mutations whose answer was lost, so that their client sends them again. */
import { describe, expect, it } from "vitest";
import { type StartedGateway, startGateway } from "../start-gateway.ts";

const selected = "{ id title stars tags _version _deleted }";

function writer(gateway: StartedGateway) {
  return (operation: string, input: object, condition: object | null = null) =>
    gateway.ask(
      `mutation ($input: ${operation}TaskInput!, $condition: ModelTaskConditionInput) {
        ${operation.toLowerCase()}Task(input: $input, condition: $condition) ${selected}
      }`,
      { input, condition },
    );
}

describe("GQL-41", () => {
  it("GQL-41 a creation sent again is answered with the record, and not made", async () => {
    const write = writer(await startGateway());
    const input = { id: "t", title: "one" };
    const made = await write("Create", input);
    expect(made.data?.createTask).toMatchObject({ title: "one", _version: 1 });
    expect(await write("Create", input)).toEqual(made);
    await write("Update", { id: "t", title: "two", _version: 1 });
    expect((await write("Create", input)).data?.createTask).toMatchObject({ title: "two", _version: 2 });
    expect((await write("Create", { ...input, stars: 1 })).errors).toMatchObject([
      { errorType: "ConditionalCheckFailedException" },
    ]);
  });

  it("GQL-41 creations that draw their ids are as many as were sent", async () => {
    const write = writer(await startGateway());
    const [first, second] = [await write("Create", { title: "one" }), await write("Create", { title: "one" })];
    expect(first.data?.createTask.id).not.toBe(second.data?.createTask.id);
  });

  it("GQL-41 an update sent again does not take back what came after it", async () => {
    const gateway = await startGateway();
    const write = writer(gateway);
    await write("Create", { id: "t", title: "one", tags: ["a"] });
    const input = { id: "t", title: "two", tags: ["a", "b"], _version: 1 };
    await write("Update", input);
    await write("Update", { id: "t", title: "three", tags: ["b"], _version: 2 });
    const now = { title: "three", tags: ["b"], _version: 3 };
    expect((await write("Update", input)).data?.updateTask).toMatchObject(now);
    expect((await write("Update", { ...input, _version: 2 })).data?.updateTask).toMatchObject({
      title: "two",
      _version: 4,
    });
  });

  it("GQL-41 a condition that its own change broke does not fail it the second time; another condition is another write", async () => {
    const write = writer(await startGateway());
    await write("Create", { id: "t", title: "one" });
    const input = { id: "t", title: "two", _version: 1 };
    await write("Update", input, { title: { eq: "one" } });
    expect((await write("Update", input, { title: { eq: "one" } })).data?.updateTask).toMatchObject({ _version: 2 });
    expect((await write("Update", input, { title: { eq: "x" } })).errors).toMatchObject([
      { errorType: "ConditionalCheckFailedException" },
    ]);
  });

  it("GQL-41 a deletion sent again is answered with its tombstone", async () => {
    const write = writer(await startGateway());
    await write("Create", { id: "t", title: "one" });
    const gone = await write("Delete", { id: "t", _version: 1 });
    expect(gone.data?.deleteTask).toMatchObject({ _deleted: true, _version: 2 });
    expect(await write("Delete", { id: "t", _version: 1 })).toEqual(gone);
  });

  it("GQL-41 an update that names no version is made each time", async () => {
    const write = writer(await startGateway());
    await write("Create", { id: "t", title: "one" });
    const titles = [];
    for (const title of ["on", "off", "on"]) titles.push((await write("Update", { id: "t", title })).data?.updateTask);
    expect(titles).toMatchObject([{ _version: 2 }, { _version: 3 }, { title: "on", _version: 4 }]);
  });

  it("GQL-41 GQL-38 a repeated update is no conflict with itself", async () => {
    const write = writer(await startGateway({ conflictResolution: { project: "OPTIMISTIC_CONCURRENCY" } }));
    await write("Create", { id: "t", title: "one" });
    const input = { id: "t", title: "two", _version: 1 };
    const made = await write("Update", input);
    expect(made.data?.updateTask).toMatchObject({ _version: 2 });
    expect(await write("Update", input)).toEqual(made);
  });
});
