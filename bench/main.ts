import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { table } from "./table.ts";

/** Every benchmark by its name, loaded when it is asked for. */
const benches: Record<string, () => Promise<Bench>> = {
  load: async () => (await import("./load/load.ts")).load,
  quota: async () => (await import("./quota/quota.ts")).quota,
  recover: async () => (await import("./recover/recover.ts")).recovery,
  runner: async () => (await import("./runner/runner.ts")).runner,
  start: async () => (await import("./start/start.ts")).start,
  stream: async () => (await import("./stream/stream.ts")).stream,
};

const USAGE = "npm run bench -- NAME [--json] [--runs COUNT]";

function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, runs: { type: "string" } },
    });
    return { ...values, names: positionals };
  } catch (error) {
    return giveUp(`${(error as Error).message}. A benchmark is run with: ${USAGE}`);
  }
}

const { names, json, runs } = readArguments();
const [name] = names;
const load = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!load || names.length !== 1) {
  const asked = names.length === 0 ? "" : `There is no benchmark "${names.join(" ")}". `;
  giveUp(`${asked}The benchmarks are: ${Object.keys(benches).join(", ")}. One is run with: ${USAGE}`);
}
const count = runs === undefined ? undefined : Number(runs);
if (count !== undefined && !(Number.isInteger(count) && count > 0))
  giveUp(`--runs is "${runs}", but must be a whole number above 0.`);

const bench = await load();
const report = await bench.run({
  runs: count,
  progress: (line) => void (json || process.stderr.write(`${line}\n`)),
});
process.stdout.write(`${json ? JSON.stringify(report) : table(report)}\n`);
