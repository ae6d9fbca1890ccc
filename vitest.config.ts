import { defineConfig } from "vitest/config";

const report = process.env["TEST_REPORT"];

export default defineConfig({
  test: {
    // CI adds up what ran from the JSON report.
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Where the machine has other work, a second is not much.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        // They wait on loopback more than they compute.
        test: {
          name: "fast",
          maxWorkers: 3,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.full.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "full",
          maxWorkers: 2,
          include: ["test/**/*.full.test.ts"],
          globalSetup: "vitest.setup.ts",
          testTimeout: 600_000,
        },
      },
    ],
  },
});
