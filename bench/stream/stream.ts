import { type Bench, machine } from "../bench.ts";
import { runWithin, type Task } from "./capacity.ts";
import { goalsOf } from "./goals.ts";
import { createGroups, type Group, tasksOf } from "./matrix.ts";
import { optimaOf } from "./optima.ts";
import { peers } from "./peers.ts";
import type { Policy } from "./policy.ts";
import { replicord } from "./replicord.ts";
import { outcomeOf } from "./scenario.ts";
import { describe, type Stalls, watchStalls } from "./stalls.ts";
import { surprises, type Survived, survive } from "./surprise.ts";
import { type Compared, surpriseTable, tableOf } from "./tables.ts";

/** With more answers at a time the machine itself would show in the figures. */
const ROOM = { capacity: 100, apartMs: 100 };

const METHOD = [
  "the bot's delivery and other bots' policies on @discordjs/rest, over sockets, against the stand-in with 60 ms a round trip; 50 tokens a second, answers that begin at random within a second and whose end nobody is told;",
  "a token is visible when the stand-in has applied the edit that shows it; all times in ms; lag: from a token's making until it is visible, on average;",
  "freeze: the longest time in which unseen tokens existed and nothing new appeared; final: from the last token's making until the last edit, – where tokens are lost;",
  "edits an answer, further messages included; jumbled: changes that took tokens away or showed them out of order, or left some twice in the end;",
  "optimum: the least lag of any schedule that knows the future and whose final leaves with the last token, in steps of 20 ms; no better than: a bound for it, the channel's edits left whenever they like; neither counts what a second message costs.",
].join(" ");

/** Who meets a surprise: ours, and the best of the others. */
const surprised: readonly Policy[] = [replicord, ...peers.filter(({ name }) => name === "1000 ms")];

const createShocks = () =>
  surprises.map((surprise) => ({
    surprise,
    entries: surprised.map((policy) => ({ policy, survived: [] as Survived[] })),
  }));
type Shock = ReturnType<typeof createShocks>[number];

/** Once each, whatever the number of runs: the longest take most of a minute. */
const shockTasks = (shocks: readonly Shock[], stalls: Stalls, done: () => void): Task[] =>
  shocks.flatMap(({ surprise, entries }) =>
    entries.map(({ policy, survived }) => ({
      weight: 1,
      async run() {
        survived.push(await stalls.avoid(() => survive(surprise, policy)));
        done();
      },
    })),
  );

const compared = ({ scenario, entries }: Group): Compared => ({
  scenario,
  optima: optimaOf(scenario),
  outcomes: entries.map(({ policy, samples }) => ({ policy: policy.name, outcome: outcomeOf(samples) })),
});

/** What a message that grows looks like to its reader: how far it is behind, and how late its end comes. */
export const stream: Bench = {
  summary: "a text's lag, freezes and end by the bot's delivery, beside other bots' policies and the optimum",

  async run({ runs = 1, progress }) {
    const groups = createGroups();
    const shocks = createShocks();
    let count = 0;
    const done = () => ++count % 20 === 0 && progress(`${count} of ${tasks.length} plays`);
    const stalls = watchStalls();
    const tasks: Task[] = [...shockTasks(shocks, stalls, done), ...tasksOf(groups, runs, stalls, done)];
    await runWithin(ROOM, tasks);
    stalls.stop();
    progress("all played; looking for what was possible");

    const all = groups.map(compared);
    const ours = all.map((each) => ({ ...each, outcome: each.outcomes[0]!.outcome }));
    const survivals = shocks.map(({ surprise, entries }) => [surprise, entries[0]!.survived[0]!] as const);
    return {
      bench: "stream",
      method: `${METHOD} ${describe(stalls)}`,
      machine: machine(),
      runs,
      goals: goalsOf(ours, survivals),
      tables: [
        ...all.map(tableOf),
        ...shocks.map(({ surprise, entries }) => surpriseTable(surprise, entries)),
      ],
    };
  },
};
