import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Command } from "../../src/commands/command.ts";
import { commands } from "../../src/commands/index.ts";

const folder = new URL("../../src/commands/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "index.ts");

const isCommand = (value: unknown): value is Command =>
  typeof value === "object" && value !== null && (value as Partial<Command>).declared === true;

/** Everything that a file declares with a function of `command.ts` that begins with `define`, by the name of its export. */
async function declaredIn(file: string): Promise<[string, Command][]> {
  const exports = (await import(new URL(file, folder).href)) as Record<string, unknown>;
  return Object.entries(exports).flatMap(([name, value]) => (isCommand(value) ? [[name, value]] : []));
}

describe("the list of commands", () => {
  it.each(files)("has every command of %s", async (file) => {
    for (const [name, command] of await declaredIn(file))
      expect(
        commands.includes(command),
        `${name} of src/commands/${file} is not in src/commands/index.ts`,
      ).toBe(true);
  });

  it("has nothing that no file declares", async () => {
    const declared = (await Promise.all(files.map(declaredIn))).flat().map(([, command]) => command);
    expect(new Set(commands)).toEqual(new Set(declared));
  });
});
