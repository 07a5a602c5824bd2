import { describe, expect, test, vi } from "vitest";
import { createProgram } from "../src/create-program.ts";
import { explainFailure } from "../src/explain-failure.ts";

/** What the command line ends with, without running a command, and what help it printed. */
async function parse(...args: string[]) {
  const program = createProgram("1.2.3");
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const complain = vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    return { ...explainFailure(error), printed: printed.join("") };
  } finally {
    write.mockRestore();
    complain.mockRestore();
  }
  throw new Error("a command ran");
}

/** What the help of a command prints on a terminal. */
function helpAt(columns: number, names: readonly string[]): string {
  const printed: string[] = [];
  let command = createProgram("1.2.3");
  for (const name of names) command = command.commands.find((one) => one.name() === name) ?? command;
  command.configureOutput({ getOutHelpWidth: () => columns, writeOut: (text) => printed.push(text) });
  command.outputHelp();
  return printed.join("");
}

describe("CLI-1 mistakes on the command line are one line and exit code 1", () => {
  test.each([
    [["strat"], "tributary: unknown command 'strat' (Did you mean start?)"],
    [["schema", "prnt"], "tributary: unknown command 'prnt' (Did you mean print?)"],
    [["help", "strat"], "tributary: unknown command 'strat' (Did you mean start?)"],
    [["help", "nope"], "tributary: unknown command 'nope'"],
    [["schema", "help", "prnt"], "tributary: unknown command 'prnt' (Did you mean print?)"],
    [["help", "codegen", "modles"], "tributary: unknown command 'modles' (Did you mean models?)"],
    [["help", "start", "now"], "tributary: too many arguments for 'start'. Expected 0 arguments but got 1."],
    [["start", "--prot", "1"], "tributary: unknown option '--prot' (Did you mean --port?)"],
    [["start", "--prot=1"], "tributary: unknown option '--prot=1' (Did you mean --port?)"],
    [["--port", "1"], "tributary: unknown option '--port'"],
    [["start", "extra"], "tributary: too many arguments for 'start'. Expected 0 arguments but got 1."],
    [["start", "--schema"], "tributary: option '--schema <file>' argument missing"],
    [["schema", "print", "--auth"], "tributary: option '--auth <providers>' argument missing"],
    [["start", "--sandbox=yes"], "tributary: unknown option '--sandbox=yes'"],
  ])("%j", async (args, line) => {
    expect(await parse(...args)).toEqual({ lines: [line], exitCode: 1, printed: "" });
  });
});

describe("CLI-2 what the parser would take silently is refused", () => {
  test.each([
    [["start", "--port", "1", "--port", "1"], "tributary: option '--port' is given twice"],
    [["dev", "--port=1", "--port", "2"], "tributary: option '--port' is given twice"],
    [["start", "--sandbox", "--sandbox"], "tributary: option '--sandbox' is given twice"],
    [["codegen", "models", "--out", "a", "--out", "b"], "tributary: option '--out' is given twice"],
    [["schema", "print", "--schema", "a", "--schema", "b"], "tributary: option '--schema' is given twice"],
    [["start", "--schema", "--sandbox"], "tributary: option '--schema <file>' argument missing, before '--sandbox'"],
    [["start", "--schema", "--port=1"], "tributary: option '--schema <file>' argument missing, before '--port=1'"],
  ])("%j", async (args, line) => {
    expect(await parse(...args)).toEqual({ lines: [line], exitCode: 1, printed: "" });
  });

  test("an origin may be repeated, and a value may begin with a dash", async () => {
    const args = ["start", "--allow-origin", "a", "--allow-origin", "b", "--api-key", "-k", "--nonsense"];
    expect((await parse(...args)).lines).toEqual(["tributary: unknown option '--nonsense'"]);
  });
});

describe("CLI-3 help and version", () => {
  test("go to stdout with exit code 0", async () => {
    expect(await parse("--version")).toEqual({ lines: [], exitCode: 0, printed: "1.2.3\n" });
    const help = await parse("--help");
    expect([help.lines, help.exitCode]).toEqual([[], 0]);
    for (const command of ["start", "dev", "schema", "codegen"])
      expect(help.printed).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
  });

  test.each([["start"], ["dev"], ["schema", "print"], ["codegen", "models"]])(
    "of %s %s show flags and examples",
    async (...command) => {
      const { printed, exitCode } = await parse(...command.filter(Boolean), "--help");
      expect(exitCode).toBe(0);
      expect(printed).toContain("--schema <file>");
      expect(printed).toMatch(/Examples:\n {2}tributary /);
    },
  );

  test.each([[], ["start"], ["schema"], ["schema", "print"], ["codegen", "models"], ["help"]])(
    "help %s %s prints the same",
    async (...command) => {
      const names = command.filter(Boolean);
      expect(await parse("help", ...names)).toEqual(await parse(...names, "--help"));
    },
  );

  describe.each([80, 100])("of a terminal with %i columns", (columns) => {
    test.each([[[]], [["start"]], [["dev"]], [["schema", "print"]], [["codegen", "models"]]])("%j", (command) => {
      const lines = helpAt(columns, command).split("\n");
      expect(lines).toContain("Examples:");
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      // A line of a paragraph ends where the next word has no room.
      const early = lines.filter((line, index) => {
        const [next = ""] = lines[index + 1]?.split(" ") ?? [];
        return /^\S/.test(line) && next !== "" && line.length + 1 + next.length <= columns;
      });
      expect(early).toEqual([]);
    });
  });

  test.each([[[]], [["schema"]], [["codegen"]]])("without a command, %j, help is an error", async (args) => {
    const { printed, exitCode } = await parse(...args);
    expect(exitCode).toBe(1);
    expect(printed).toMatch(/^Usage: tributary/);
  });
});
