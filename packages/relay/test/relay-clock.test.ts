import { describe, expect, it } from "vitest";
import { createRelayClock } from "../src/relay-clock.ts";

describe("createRelayClock", () => {
  it("V2 never goes back with the wall clock, nor behind the stored mark", () => {
    const times = [100, 250, 90, 251.9];
    const clock = createRelayClock(() => times.shift() ?? 0, 200);
    expect([clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([200, 250, 250, 251]);
  });
});
