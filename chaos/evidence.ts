import { pino } from "pino";
import { readConfig } from "../src/config.ts";
import { dayOf } from "../src/services/calendar.ts";
import { systemClock } from "../src/services/clock.ts";
import { createServices, type Services } from "../src/services/index.ts";
import { sum } from "../src/services/money.ts";
import type { DiscordStandIn } from "../sandbox/discord/index.ts";
import type { SeenMessage } from "../sandbox/discord/person.ts";
import type { ReplicateStandIn } from "../sandbox/replicate/index.ts";
import { readTogether } from "./attached.ts";
import type { Asked, Crowd } from "./crowd.ts";
import type { Answer, Entry, Evidence, Shown } from "./judge.ts";
import { tagOf } from "./tag.ts";

const withTag = (tag: number | undefined) => (tag === undefined ? {} : { tag });

/** What attached text files say is read with the message. */
async function readWhole(message: SeenMessage): Promise<Shown> {
  const { content, thinking, attachments, buttons } = message;
  const texts = attachments.filter(({ contentType }) => contentType.startsWith("text/"));
  const read = await Promise.all(
    texts.map(async ({ name, url }) => ({ name, text: await (await fetch(url)).text() })),
  );
  return { content: readTogether(content, read), thinking, attachments, buttons };
}

async function answerOf({ exchange, kind, tag, stopped }: Asked, { plans }: Crowd): Promise<Answer[]> {
  if (kind === "press" || exchange.state !== "answered") return [];
  const plan = tag === undefined ? undefined : plans.get(tag);
  const { marks = [], files = 0, fails = false } = plan ?? {};
  const messages = await Promise.all(exchange.messages.map(readWhole));
  const mayEndEarly = fails || stopped !== undefined;
  return [
    {
      interaction: exchange.id,
      kind,
      ...withTag(tag),
      marks,
      files,
      mayEndEarly,
      stopped: stopped?.state === "answered",
      messages,
    },
  ];
}

/** What the bot said anywhere outside of its interactions. */
function straysIn(asked: readonly Asked[]): string[] {
  const known = new Set(asked.flatMap(({ exchange }) => exchange.messages.map(({ id }) => id)));
  const people = new Set(asked.map(({ person }) => person));
  const seen = [...people].flatMap((person) => [...person.sees(), ...person.sees({ dm: true })]);
  const own = seen.filter(({ id, raw }) => raw.author.bot === true && !known.has(id));
  return [...new Map(own.map(({ id, content }) => [id, content])).values()];
}

type Account = Parameters<Services["quota"]["standing"]>[0];

const nameOf = ({ guild, person }: Account) => `${guild ?? "direct messages"}/${person}`;

async function ledgerOf(asked: readonly Asked[], { jobs }: Services): Promise<Entry[]> {
  const open = new Set((await jobs.open()).map(({ id }) => id));
  const found = await Promise.all(
    asked.map(async ({ exchange, tag }) => ({ tag, job: await jobs.get(exchange.id) })),
  );
  return found.flatMap(({ tag, job }) =>
    job
      ? {
          interaction: job.id,
          account: nameOf(job.account),
          ...withTag(tag),
          cost: sum(job.runs.map(({ cost = 0 }) => cost)),
          runs: job.runs.length,
          predictions: job.runs.flatMap(({ prediction }) => prediction ?? []),
          open: open.has(job.id),
        }
      : [],
  );
}

/** Everything that is there to be judged once the bot has stopped: on screen, at Replicate, and in the store. */
export async function collect(deps: {
  discord: DiscordStandIn;
  replicate: ReplicateStandIn;
  crowd: Crowd;
  /** The bot's own settings. */
  env: Record<string, string>;
  startedAt: number;
}): Promise<Evidence> {
  const { discord, replicate, crowd } = deps;
  const { asked } = crowd;
  const services = await createServices(readConfig(deps.env), pino({ level: "silent" }), systemClock);
  try {
    const people = [...new Set(asked.map(({ person }) => person.id))];
    const holders = people.flatMap((person) => [
      { guild: discord.guild.id, person, roles: [] },
      { guild: null, person, roles: [] },
    ]);
    const sameDay = dayOf(deps.startedAt) === dayOf(Date.now());
    const standings = holders.map(async (account) => {
      const { spent, held } = await services.quota.standing(account);
      return { name: nameOf(account), ...(sameDay ? { spent } : {}), held };
    });
    const { everything } = await services.budget.standing(null);
    return {
      acknowledged: asked.filter(({ exchange }) => exchange.state === "answered").length,
      answers: (await Promise.all(asked.map((each) => answerOf(each, crowd)))).flat(),
      strays: straysIn(asked),
      ledger: await ledgerOf(asked, services),
      accounts: await Promise.all(standings),
      budgetHeld: everything.held,
      predictions: [...replicate.predictions.values()].map(({ id, input }) => ({
        id,
        ...withTag(tagOf(input)),
      })),
    };
  } finally {
    await services.close();
  }
}
