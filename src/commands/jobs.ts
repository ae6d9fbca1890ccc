import { z } from "zod";
import { quoted } from "../locales/format.ts";
import { type Words, words } from "../locales/index.ts";
import { isAttachment } from "../services/attachment.ts";
import type { Job } from "../services/jobs.ts";
import { sum } from "../services/money.ts";
import { type Button, defineCommand, type JobOf, type View } from "./command.ts";

/** How many are listed. */
const LISTED = 10;

/** One message's worth; the list to choose from has them all. */
const ROOM = 1_900;

/** As much of an address as a link needs. */
const place = z.object({
  channel: z.string(),
  private: z.boolean(),
  inChannel: z.boolean(),
  handedOver: z.boolean().default(false),
  messages: z.array(z.string()).min(1),
});

/** Where the answer hangs for everybody who sees the channel. */
export function linkOf(job: Pick<Job, "account" | "address">): string | undefined {
  const { data } = place.safeParse(job.address);
  // Where the bot is no member, it does not know which server it is.
  if (!data || data.private || !data.inChannel) return undefined;
  const guild = data.handedOver ? null : job.account.guild;
  return `https://discord.com/channels/${guild ?? "@me"}/${data.channel}/${data.messages[0]}`;
}

/** What was asked for: a command's first option is always what it is about. */
function askedFor({ request }: Job): string {
  const [first] = Object.values((request as JobOf<Record<string, unknown>>["request"]).options);
  if (isAttachment(first)) return first.name;
  return typeof first === "string" ? first : "…";
}

function standing({ state, runs }: Job, { jobState }: Words): string {
  if (state === "open") return jobState.running;
  if (state === "kept") return jobState.kept;
  if (runs.some((run) => run.state === "succeeded")) return jobState.finished;
  return runs.some((run) => run.state === "cancelled") ? jobState.stopped : jobState.failed;
}

const costOf = ({ runs }: Job) => sum(runs.map(({ cost = 0 }) => cost));

/** `**a lighthouse** · finished · 5 minutes ago · 3 credits · https://discord.com/channels/…` */
const lineOf = (job: Job, say: Words): string =>
  [
    `**${quoted(askedFor(job), 40)}**`,
    standing(job, say),
    say.moment(job.createdAt),
    say.credits(costOf(job)),
    ...[linkOf(job) ?? []].flat(),
  ].join(" · ");

function fitting(lines: readonly string[]): string[] {
  let room = ROOM;
  return lines.filter((line) => (room -= line.length + 1) >= 0);
}

/** Discord allows 100 characters; letters have two of them at the most. */
const choiceOf = (job: Job, say: Words) => ({
  label: Array.from(askedFor(job)).slice(0, 50).join(""),
  value: job.id,
  description: `${standing(job, say)} · ${say.credits(costOf(job))}`,
});

/** What can be done with one of them. */
function buttonsFor({ state }: Job, say: Words): Button<"show" | "stop" | "delete">[] {
  const first: Button<"show" | "stop"> =
    state === "open"
      ? { label: say.cancel, action: "stop" }
      : { label: say.showAgain, action: "show", style: "primary" };
  return [first, { label: say.delete, action: "delete", style: "danger" }];
}

/** One of them, chosen. */
export const jobView = (job: Job, locale: string): View => ({
  text: lineOf(job, words(locale)),
  buttons: buttonsFor(job, words(locale)),
});

export const jobs = defineCommand({
  name: "jobs",
  description: "What you asked for lately: see how it stands, show it again, stop or delete it",
  options: {},
  examples: [{}],

  async answer({ asker, locale }, { jobs }) {
    const say = words(locale);
    const latest = (await jobs.of(asker.id)).slice(0, LISTED);
    if (latest.length === 0) return { text: say.noJobs };
    return {
      text: fitting(latest.map((job) => lineOf(job, say))).join("\n"),
      select: {
        action: "open",
        placeholder: say.chooseJob,
        choices: latest.map((job) => choiceOf(job, say)),
      },
    };
  },
});
