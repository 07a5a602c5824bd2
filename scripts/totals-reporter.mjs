// A vitest reporter that counts tests. What could not even be loaded counts as one failure.
//
// Under `npm test` the counts go to the file that TRIBUTARY_TEST_TOTALS names, because scripts/test.mjs adds its own
// checks and prints the last line. In a vitest started by hand, the reporter prints that line itself, and only when the
// process exits, so that it comes after vitest's own summary.
import { writeFileSync } from "node:fs";
import process from "node:process";

/** @implements {import("vitest/reporters").Reporter} */
export default class TotalsReporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const totals = countTests(modules);
    totals.failed += unhandledErrors.length;
    const file = process.env.TRIBUTARY_TEST_TOTALS;
    if (file) {
      writeFileSync(file, JSON.stringify(totals));
    } else {
      process.once("exit", () => process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`));
    }
  }
}

/** @param {ReadonlyArray<import("vitest/node").TestModule>} modules */
function countTests(modules) {
  const totals = { passed: 0, failed: 0 };
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") totals.passed += 1;
      if (state === "failed") failedHere += 1;
    }
    if (failedHere === 0 && module.state() === "failed") failedHere = 1;
    totals.failed += failedHere;
  }
  return totals;
}
