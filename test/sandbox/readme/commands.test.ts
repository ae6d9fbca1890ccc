import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { commands } from "../../../src/commands/index.ts";
import { examples, readme, withCommands } from "../../../sandbox/readme/commands.ts";

it("the README's table says what the bot registers; `npm run readme:commands` writes it anew", async () => {
  const page = await readFile(readme, "utf8");
  expect(withCommands(page)).toBe(page);
  expect(page).toContain("| `/imagine`");
});

it("every command has an example", () => {
  expect(examples()).toHaveLength(commands.length);
  expect(examples()).toContainEqual({ line: "> Transcribe ./sandbox/samples/speech.ogg", as: "member" });
  expect(examples()).toContainEqual({ line: "/quota view user:@Mia", as: "admin" });
});
