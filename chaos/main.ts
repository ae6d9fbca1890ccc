import { parseArgs } from "node:util";
import { type Outcome, runChaos } from "./chaos.ts";
import { inWords } from "./judge.ts";

const USAGE = "npm run chaos -- [--kills COUNT] [--seed NUMBER] [--minutes COUNT] [--verbose]";

/** What is left to be done after the time is over: the rest is answered, the bot leaves, everything is judged. */
const GRACE_MS = 4 * 60_000;

function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    giveUp(`--${name} is "${text}", but must be a whole number above 0.`);
  return value;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: "string", default: "200" },
        seed: { type: "string", default: "1" },
        minutes: { type: "string", default: "30" },
        verbose: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    return giveUp(`${(error as Error).message}. It is run with: ${USAGE}`);
  }
}

const time = (seconds: number) => {
  const minutes = Math.floor(seconds / 60);
  return `${minutes > 0 ? `${minutes} min ` : ""}${Math.round(seconds % 60)} s`;
};

function summary({ kills, acknowledged, counts, seconds }: Outcome): string {
  const atSteps = kills.filter(({ request }) => request !== undefined).length;
  const killed = `${kills.length} kills (${atSteps} at steps)`;
  return [killed, `${acknowledged} acknowledged`, inWords(counts), time(seconds)].join(" · ");
}

/**
 * A further message of a private answer can't be looked for, so one that was sent in the moment of a kill may be there
 * beside the file that has its words, too: one for each kill at the most. Nothing else may be wrong.
 */
const isWrong = ({ violations, counts, kills }: Outcome): boolean =>
  violations.some(({ kind }) => kind !== "continuation") || counts.continuation > kills.length;

/** What is wrong beside the counts. */
function troubles({ overdue, crashed, exitCode }: Outcome): string[] {
  return [
    ...(overdue ? ["The time was over before all kills were done."] : []),
    ...(crashed ? ["The bot ended although nobody had ended it."] : []),
    ...(exitCode === 0 ? [] : [`The bot left with ${exitCode ?? "nothing"} in place of 0.`]),
  ];
}

function explain({ violations, story, remarks }: Outcome): void {
  for (const violation of violations) {
    const { kind, what, interaction, tag } = violation;
    const whose = [interaction, tag === undefined ? undefined : `nr${tag}`].filter(Boolean).join(", ");
    process.stderr.write(`\n${kind}: ${what}${whose ? ` (${whose})` : ""}\n${story(violation).join("\n")}\n`);
  }
  for (const [remark, times] of remarks) process.stderr.write(`${times} × ${remark}\n`);
}

const given = readArguments();
const [kills, seed, minutes] = (["kills", "seed", "minutes"] as const).map((name) =>
  wholeNumber(name, given[name]),
);
setTimeout(() => giveUp("It hangs: nothing was judged."), minutes! * 60_000 + GRACE_MS).unref();
const startedAt = Date.now();
const outcome = await runChaos({
  kills: kills!,
  seed: seed!,
  minutes: minutes!,
  mode: "mixed",
  killed: ({ at, when }) =>
    void (
      given.verbose && process.stderr.write(`${((at - startedAt) / 1000).toFixed(1)} s  killed: ${when}\n`)
    ),
});
if (given.verbose) explain(outcome);
for (const trouble of troubles(outcome)) process.stderr.write(`${trouble}\n`);
process.stdout.write(`${summary(outcome)}\n`);
process.exit(isWrong(outcome) || troubles(outcome).length > 0 ? 1 : 0);
