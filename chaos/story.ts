import type { JournalEntry } from "../sandbox/server.ts";
import type { DiscordStandIn } from "../sandbox/discord/index.ts";
import type { ReplicateStandIn } from "../sandbox/replicate/index.ts";
import type { BotProcess, Line } from "./bot.ts";
import type { Crowd } from "./crowd.ts";
import type { Violation } from "./judge.ts";
import type { Kill } from "./kills.ts";
import { tagOf } from "./tag.ts";

interface Told {
  at: number;
  line: string;
}

const SHOWN = 70;
const short = (text: string) => text.replaceAll(/\s+/g, " ").slice(0, SHOWN);

/** Interactions' tokens are long and say nothing. */
const pathOf = ({ path }: JournalEntry) => path.replaceAll(/\/[\w-]{40,}/g, "/…").replace("/api/v10", "");

function told(who: string, entry: JournalEntry): Told {
  const { content, type } = (entry.body ?? {}) as { content?: string; type?: number };
  const said =
    content === undefined ? (type === undefined ? "" : `type ${type}`) : `“…${short(content.slice(-SHOWN))}”`;
  const size = [...(content ? [content.length] : []), ...entry.files.map(({ bytes }) => `${bytes} bytes`)];
  const parts = [who, entry.method, pathOf(entry), `→ ${entry.status || "nothing"}`, size.join(" + "), said];
  return { at: entry.at, line: parts.filter(Boolean).join(" ") };
}

/** Ids of the messages that an answer ever had, as the requests through its token tell. */
const messagesIn = (entries: readonly JournalEntry[]): Set<string> =>
  new Set(
    entries.flatMap(({ response }) => {
      const { id, resource } = (response ?? {}) as { id?: string; resource?: { message?: { id: string } } };
      return [id, resource?.message?.id].filter((each) => each !== undefined);
    }),
  );

function atDiscord(journal: readonly JournalEntry[], token: string): JournalEntry[] {
  const own = journal.filter(({ path }) => path.includes(token));
  const ids = messagesIn(own);
  const isOwn = (entry: JournalEntry) =>
    entry.path.includes(token) || ids.has(entry.path.split("/").at(-1) ?? "");
  return journal.filter(isOwn);
}

function atReplicate({ journal, predictions }: ReplicateStandIn, tag: number): JournalEntry[] {
  const own = [...predictions.values()].filter(({ input }) => tagOf(input) === tag);
  const keys = own.flatMap(({ id, streamId }) => [id, streamId]);
  return journal.filter(({ path, body }) => {
    const { input } = (body ?? {}) as { input?: Record<string, unknown> };
    return (input && tagOf(input) === tag) || keys.some((key) => path.includes(key));
  });
}

const logged = (lines: readonly Line[], interaction: string): Told[] =>
  lines
    .filter(({ text }) => text.includes(interaction))
    .map(({ at, text }) => ({ at, line: `log       ${text}` }));

/** What happened to the request that something is wrong with, in order of time. */
export function storyOf(
  { interaction, tag }: Violation,
  around: {
    discord: DiscordStandIn;
    replicate: ReplicateStandIn;
    bot: BotProcess;
    crowd: Crowd;
    kills: readonly Kill[];
    startedAt: number;
  },
): string[] {
  const { discord, replicate, bot, crowd, kills, startedAt } = around;
  const asked = crowd.asked.filter(({ exchange, ...each }) =>
    interaction === undefined ? tag !== undefined && each.tag === tag : exchange.id === interaction,
  );
  const events = [
    ...asked.flatMap(({ exchange, at, person }) => [
      { at, line: `${person.name} asks, interaction ${exchange.id}` },
      ...atDiscord(discord.journal, exchange.token).map((entry) => told("discord  ", entry)),
      ...logged(bot.lines, exchange.id),
    ]),
    ...(tag === undefined ? [] : atReplicate(replicate, tag).map((entry) => told("replicate", entry))),
  ];
  const [from, to] = [Math.min(...events.map(({ at }) => at)), Math.max(...events.map(({ at }) => at))];
  const ends = kills
    .filter(({ at }) => at >= from - 1 && at <= to + 2_000)
    .map(({ at, when }) => ({ at, line: `KILLED at ${when}` }));
  const shown = asked.flatMap(({ exchange }) =>
    exchange.messages.map(({ content, buttons }) => {
      const labels = buttons.map(({ label }) => label).join(", ");
      return `      on screen: “${short(content)}” (${content.length}) … “${short(content.slice(-SHOWN))}” [${labels}]`;
    }),
  );
  const timeline = [...events, ...ends].toSorted((a, b) => a.at - b.at);
  return [
    ...timeline.map(({ at, line }) => `  ${((at - startedAt) / 1000).toFixed(3)} s  ${line}`),
    ...shown,
  ];
}
