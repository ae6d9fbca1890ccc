// Adds up vitest's JSON reports and prints the closing line. A report that is missing or empty is a failure.
import { readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    passed += report.numPassedTests;
    failed +=
      report.numFailedTests +
      report.testResults.filter(
        ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
      ).length;
    if (report.numTotalTests === 0) failed += 1;
  } catch {
    console.error(`No test report: ${path}`);
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
