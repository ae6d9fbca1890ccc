import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const oxlint = resolve("node_modules/.bin/oxlint");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "replicord-layers-"));
  copyFileSync(".oxlintrc.json", join(folder, ".oxlintrc.json"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the linter, with the project's own rules, says of a file that stands at this path. */
async function lint(place: string, source: string): Promise<string> {
  mkdirSync(join(folder, place), { recursive: true });
  const path = join(place, "probe.ts");
  writeFileSync(join(folder, path), source);
  const { stdout } = await run(oxlint, [path], { cwd: folder }).catch((error: { stdout: string }) => error);
  return stdout;
}

const value = (specifier: string) => `import * as it from "${specifier}";\nexport const used = it;\n`;

it.each([
  ["src/services", "../commands/command.ts"],
  ["src/services", "../discord/split.ts"],
  ["src/services", "../locales/index.ts"],
  ["src/services", "../config.ts"],
  ["src/services", "discord.js"],
  ["src/services", "keyv"],
  ["src/services", "replicate"],
  ["src/services/replicate", "../../commands/command.ts"],
  ["src/services/models", "../../discord/split.ts"],
  ["src/commands", "../discord/split.ts"],
  ["src/commands", "../bot.ts"],
  ["src/commands", "discord.js"],
  ["src/commands", "keyv"],
  ["src/discord", "../bot.ts"],
  ["src/discord", "../config.ts"],
  ["src/discord", "replicate"],
  ["src/locales", "../commands/command.ts"],
  ["src/discord", "../../sandbox/faults.ts"],
  ["src/services", "../../test/journeys/world.ts"],
  ["src", "../bench/main.ts"],
  ["src", "../chaos/main.ts"],
  ["src", "discord.js"],
])("a file in %s may not import %s", async (place, specifier) => {
  expect(await lint(place, value(specifier))).toContain("no-restricted-imports");
});

it.each([
  ["src/commands", "../services/money.ts"],
  ["src/discord", "../commands/command.ts"],
  ["src/discord", "discord.js"],
  ["src/services", "./money.ts"],
])("a file in %s may import %s", async (place, specifier) => {
  expect(await lint(place, value(specifier))).not.toContain("no-restricted-imports");
});
