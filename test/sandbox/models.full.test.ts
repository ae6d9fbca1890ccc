import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../sandbox/models/check.ts";
import { changes, report } from "../../sandbox/models/report.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** In a heap that does not hold the whole record, which takes 320 MB. */
const models = (...args: string[]) =>
  run(process.execPath, ["--max-old-space-size=300", "--import", "tsx", "sandbox/models/main.ts", ...args], {
    cwd: root,
    timeout: 300_000,
  });

describe("npm run models -- check", () => {
  it("runs every recorded model, and lists the others as the committed page does", async () => {
    const { stdout } = await models("check");
    const [, passed] = /\n(\d+) of 3808\n$/.exec(stdout) ?? [];
    const page = readFileSync(`${root}sandbox/models/exceptions.md`, "utf8");
    const listed = page.match(/^- \S+\/\S+: .+$/gm) ?? [];
    expect(Number(passed)).toBe(3808 - listed.length);
    expect(page).toContain(`${passed} of 3808 pass`);
    // What we let through, the stand-in's own validation lets through.
    expect(stdout).not.toContain("refuses");
  });

  it.each([[[]], [["chekc"]], [["check", "--wirte"]]])("says how it is used: %j", async (args) => {
    await expect(models(...args)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("npm run models -- check [--write]"),
    });
  });
});

describe("the page of exceptions", () => {
  const findings: Finding[] = [
    { ref: "z/last", exception: { cause: "type", reason: "One." } },
    { ref: "b/text", made: { texts: ["x"], files: [] } },
    { ref: "a/first", exception: { cause: "type", reason: "Two." } },
    { ref: "c/typo", exception: { cause: "unknown", reason: "Three." } },
  ];

  it("is grouped by cause and sorted, whatever the order of the runs", () => {
    const { page, summary } = report(findings);
    expect(page.match(/^(##|-) .*$/gm)).toEqual([
      "## The recorded input has a key that the schema does not have (1)",
      "- c/typo: Three.",
      "## The recorded input has a value of another type (2)",
      "- a/first: Two.",
      "- z/last: One.",
    ]);
    expect(report(findings.toReversed()).page).toBe(page);
    expect(summary.split("\n").at(-1)).toBe("1 of 4");
  });

  it("differs by the lines that are only in one of both", () => {
    const { page } = report(findings);
    expect(changes(page, page)).toEqual([]);
    expect(changes(page.replaceAll("\n", "\r\n"), page)).toEqual([]);
    expect(changes(page, page.replace("One.", "Four."))).toEqual(["- - z/last: One.", "+ - z/last: Four."]);
    expect(changes(page, page.split("\n").reverse().join("\n"))).toEqual(["The lines are in another order."]);
    expect(changes("", page)).toHaveLength(page.split("\n").filter(Boolean).length);
  });
});
