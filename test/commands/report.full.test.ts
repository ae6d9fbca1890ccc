import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { csvOf } from "../../src/commands/report.ts";

const run = promisify(execFile);

// Gnumeric, without a window. Where it is not installed there is nothing to open the file with; CI installs it.
const isInstalled = await run("ssconvert", ["--version"]).then(
  () => true,
  () => false,
);

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "replicord-report-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a spreadsheet shows for the file's cells: the results, where it takes something for a formula. */
async function opened(csv: string): Promise<string> {
  const [from, to] = [join(folder, "report.csv"), join(folder, "opened.csv")];
  await writeFile(from, csv);
  await run("ssconvert", [from, to]);
  return readFile(to, "utf8");
}

const row = (name: string) => ({
  day: "2026-11-23",
  person: "104839022194683495",
  name,
  command: "imagine",
  runs: 2,
  charged: 3_500,
  forgiven: 1_000,
});

it.skipIf(!isInstalled && !process.env["CI"])(
  "opens in a spreadsheet, which computes nothing that somebody chose as a name",
  async () => {
    expect(await opened("name\n=1+1\n")).toBe("name\n2\n"); // Otherwise this would show nothing.
    const names = [
      "=1+1",
      "+1+1",
      "-1+1",
      "@SUM(1,1)",
      "\t=1+1",
      "=cmd|' /C calc'!A0",
      'Ann "the, cat"\nö 猫',
    ];
    const shown = await opened(csvOf(names.map(row)));
    for (const name of names.slice(0, 4))
      expect(shown).toContain(`,${/[,"]/.test(name) ? `"${name}"` : name},`);
    expect(shown).not.toMatch(/,2,"id/);
    expect(shown).toContain('"Ann ""the, cat""\nö 猫"');
    expect(shown).toContain(',"id 104839022194683495",2,3.5,0.0035,0.001');
    expect(shown.startsWith("day,command,person,person_id,runs,credits,usd,failed_usd\n")).toBe(true);
  },
  60_000,
);
