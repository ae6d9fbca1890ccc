import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkAll } from "./check.ts";
import { changes, report } from "./report.ts";

const USAGE = "npm run models -- check [--write]";
const committed = join(import.meta.dirname, "exceptions.md");

function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { write: { type: "boolean", default: false } } });
  } catch (error) {
    return giveUp(`${(error as Error).message}. The models are checked with: ${USAGE}`);
  }
}

const { values, positionals } = readArguments();
if (positionals.join(" ") !== "check") giveUp(`The models are checked with: ${USAGE}`);

const findings = await checkAll((line) => void process.stderr.write(`${line}\n`));
const { page, summary } = report(findings);
if (values.write) await writeFile(committed, page);
else {
  const different = changes(await readFile(committed, "utf8").catch(() => ""), page);
  if (different.length > 0) {
    const hint = "sandbox/models/exceptions.md says something else; --write rewrites it:";
    process.stderr.write(`${[hint, ...different].join("\n")}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${summary}\n`);
