import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A fenced block of CONTRIBUTING.md whose info string names a file: a whole file, or a change to one. */
interface Step {
  kind: "ts" | "diff";
  file: string;
  text: string;
}

function stepsUnder(heading: string): Step[] {
  const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const [, after = ""] = page.split(`\n## ${heading}\n`);
  const [section = ""] = after.split("\n## ");
  return [...section.matchAll(/^```(ts|diff) file=(\S+)\n(.*?)^```$/gms)].map(([, kind, file, text]) => ({
    kind: kind as Step["kind"],
    file: file!,
    text: text!,
  }));
}

let copy: string;

function run(command: string, args: string[], input?: string): string {
  // Nothing of this test run's own settings.
  const env = {
    PATH: process.env["PATH"],
    HOME: copy,
    NO_COLOR: "1",
    GIT_CEILING_DIRECTORIES: dirname(copy),
  };
  try {
    return execFileSync(command, args, { cwd: copy, env, input, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`, { cause: error });
  }
}

const tool = (path: string, ...args: string[]) =>
  run(process.execPath, [join("node_modules", path), ...args]);

function apply({ kind, file, text }: Step): void {
  const target = join(copy, file);
  if (existsSync(target) !== (kind === "diff"))
    throw new Error(
      `${file} is ${kind === "diff" ? "to be changed, but is not" : "to be new, but is"} there`,
    );
  if (kind === "diff") {
    run("git", ["apply", "--verbose", "-"], text);
    return;
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "replicord-contributing-"));
  const folders = ["src", "sandbox", "test", "bench", "chaos"];
  const kept = [...folders, "package.json", "tsconfig.json", "vitest.config.ts"];
  // Of test/ only the helpers, and the test that looks for commands that are not listed.
  const filter = (path: string) => !path.endsWith(".test.ts") || path.endsWith("listed.test.ts");
  for (const name of [...kept, ".oxlintrc.json", ".oxfmtrc.json"])
    cpSync(join(root, name), join(copy, name), { recursive: true, filter });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe.each([
  { heading: "Add a command", files: 3, story: "test/journeys/shout.test.ts" },
  { heading: "Add a model", files: 2, story: "test/journeys/dreamshaper.test.ts" },
])("$heading, followed literally", ({ heading, files, story }) => {
  const steps = stepsUnder(heading);

  it("applies", () => {
    expect(steps).toHaveLength(files);
    for (const step of steps) apply(step);
  });

  it("is formatted, and breaks no rule", () => {
    const paths = steps.map(({ file }) => file);
    expect(() => tool("oxfmt/bin/oxfmt", "--check", ...paths)).not.toThrow();
    expect(() => tool("oxlint/bin/oxlint", "--deny-warnings", ...paths)).not.toThrow();
  });

  it("type-checks", () => {
    expect(() => tool("typescript/bin/tsc", "-p", "tsconfig.json")).not.toThrow();
  });

  it("answers through the stand-ins, and is listed", () => {
    const said = tool("vitest/vitest.mjs", "run", "--project", "fast", story, "test/commands/listed.test.ts");
    expect(said).toMatch(/Test Files {2}2 passed/);
  });
});
