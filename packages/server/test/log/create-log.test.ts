import { expect, test } from "vitest";
import type { LogFormat, LogLevel } from "../../src/config/tributary-config.ts";
import { createLog } from "../../src/log/create-log.ts";

function record(level: LogLevel, format: LogFormat) {
  const lines: string[] = [];
  return { log: createLog({ level, format, write: (line) => void lines.push(line) }), lines };
}

test("SERVER-70 json: one object a line, with time, level and message", () => {
  const { log, lines } = record("info", "json");
  log.debug({}, "hidden");
  log.warn({ port: 4000 }, "taken\nport");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "warn",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    port: 4000,
    msg: "taken\nport",
  });
});

test("SERVER-70 text: one line a record, whatever is in it", () => {
  const { log, lines } = record("debug", "text");
  log.info({ url: "http://[::1]:1", name: "two words", list: ["a"], evil: "x\n\u001b[2J" }, "ser\r\nving\u001b[2J");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^[\d:.]{12} info {2}ser ving \[2J url=http:\/\/\[::1\]:1 name="two words" list=\["a"\] evil="x\\n\\u001b\[2J"\n$/,
  );
});

test.each(["err", "error"])("SERVER-70 an error under %s shows its message and where it came from", (name) => {
  const { log, lines } = record("error", "text");
  log.error({ [name]: new Error("disk is full") }, "commit failed");
  expect(lines[0]).toMatch(/commit failed error="disk is full"\n\s+at .*create-log\.test\.ts/);
  const { log: json, lines: objects } = record("error", "json");
  json.error({ [name]: new Error("disk is full") }, "commit failed");
  expect(objects[0]).toContain('"message":"disk is full"');
});

test("SERVER-70 silent says nothing", () => {
  const { log, lines } = record("silent", "json");
  log.error({}, "lost");
  expect(lines).toEqual([]);
});
