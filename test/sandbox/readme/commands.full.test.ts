import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type ExampleLine, examples } from "../../../sandbox/readme/commands.ts";
import type { Reply } from "../../../sandbox/terminal/reply.ts";

const root = join(import.meta.dirname, "../../..");
const of = (who: ExampleLine["as"]) => examples().flatMap(({ line, as }) => (as === who ? [line] : []));

it.each(["member", "admin"] as const)(
  "each example in the README's table runs in the unattended sandbox, as %s",
  async (who) => {
    const lines = of(who);
    expect(lines.length).toBeGreaterThan(0);
    const typed = lines.flatMap((line) => ["--run", line]);
    const { stdout } = await promisify(execFile)(
      "npm",
      ["run", "--silent", "sandbox", "--", "--fast", "--json", "--as", who, ...typed],
      { cwd: root, maxBuffer: 64 * 2 ** 20 },
    );
    const replies = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Reply);
    expect(replies.map(({ ok }, index) => [lines[index], ok])).toEqual(lines.map((line) => [line, true]));
  },
);
