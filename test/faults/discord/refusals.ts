import { vi } from "vitest";
import type { World } from "../../journeys/world.ts";
import {
  always,
  byToken,
  deferral,
  type DiscordFault,
  every,
  filePost,
  further,
  pictures,
  refuses,
  running,
  texts,
} from "./fault.ts";

const deleted = ({ discord: { people } }: World) => people.member.sees().forEach(people.admin.remove);

const deadToken = { ...byToken, ...always, ...refuses(401, 50_027, "Invalid Webhook Token") };
const unknownWebhook = { ...byToken, ...always, ...refuses(404, 10_015, "Unknown Webhook") };
const tooLarge = { ...filePost, ...refuses(413, 40_005, "Request entity too large") };

/** The first response is refused: nobody waits for an answer. */
const firstResponses: DiscordFault[] = [
  {
    name: "does not know the interaction (10062)",
    strikes: [{ ...deferral, ...always, ...refuses(404, 10_062, "Unknown interaction") }],
    shows: "nothing",
    only: every,
  },
  {
    name: "has an answer of another process (40060)",
    strikes: [
      { ...deferral, ...always, ...refuses(400, 40_060, "Interaction has already been acknowledged.") },
    ],
    shows: "nothing",
    only: every,
  },
];

/** There is nothing, or nowhere, to show it any more. */
const gone: DiscordFault[] = [
  {
    name: "has the message no more (10008)",
    meanwhile: deleted,
    shows: "nothing",
    only: running,
  },
  {
    name: "has the channel no more (10003)",
    meanwhile: ({ discord }) => discord.setChannel("gone"),
    shows: "nothing",
    only: running,
  },
];

/** It vanishes while the finished file is being fetched. */
function deletedLate(world: World): void {
  const { faults, predictions } = world.replicate;
  faults.add({ path: /\/delivery\//, delayMs: 3_000 });
  const made = () => [...predictions.values()].some(({ status }) => status === "succeeded");
  void vi.waitUntil(made, { interval: 2, timeout: 10_000 }).then(() => deleted(world));
}

const late: DiscordFault = {
  name: "has the message no more when the file is made (10008)",
  meanwhile: deletedLate,
  shows: "nothing",
  only: pictures,
  // Somebody took away what was made.
  paid: true,
};

/** One of the two ways to a message is closed. */
const closed: DiscordFault[] = [
  {
    name: "hides the channel from the bot (50001)",
    meanwhile: ({ discord }) => discord.setChannel("hidden"),
    shows: "answer",
    only: running,
  },
  {
    name: "lets the bot only read the channel (50013)",
    meanwhile: ({ discord }) => discord.setChannel("read-only"),
    shows: "answer",
    only: running,
  },
  {
    name: "drops the interaction's token early (50027)",
    strikes: [deadToken],
    shows: "answer",
    only: running,
  },
  { name: "forgets the webhook (10015)", strikes: [unknownWebhook], shows: "answer", only: running },
];

/** Both are, and the asker can still be written to. */
const both: DiscordFault[] = [
  ...(["gone", "hidden"] as const).map((state): DiscordFault => ({
    name: `drops the token, and the channel is ${state}`,
    strikes: [deadToken],
    meanwhile: ({ discord }) => discord.setChannel(state),
    shows: "direct message",
    only: running,
  })),
  {
    // What is there can still be edited; what does not fit into it becomes a file.
    name: "drops the token, and the channel is read-only",
    strikes: [deadToken],
    meanwhile: ({ discord }) => discord.setChannel("read-only"),
    shows: "answer",
    only: running,
  },
];

const apart: DiscordFault[] = [
  {
    name: "drops the token of a private answer",
    private: true,
    strikes: [deadToken],
    shows: "direct message",
    only: running,
  },
  ...([50_007, 50_278] as const).map((code): DiscordFault => ({
    name: `drops the token of a private answer, and refuses direct messages (${code})`,
    private: true,
    strikes: [deadToken],
    before: ({ people }) => people.member.refuseDirectMessages(code),
    shows: "kept",
    only: running,
  })),
  {
    name: "drops the token of a private answer, and opens no direct messages (40003)",
    private: true,
    strikes: [
      deadToken,
      {
        method: "POST",
        path: /\/users\/@me\/channels$/,
        ...always,
        ...refuses(403, 40_003, "You are opening direct messages too fast"),
      },
    ],
    shows: "kept",
    only: running,
  },
];

/** What is too much of something. */
const tooMuch: DiscordFault[] = [
  {
    name: "takes no more further messages (40094)",
    strikes: [
      {
        ...further,
        ...always,
        skip: 1,
        ...refuses(400, 40_094, "This interaction has reached the maximum number of follow up messages"),
      },
    ],
    shows: "answer",
    only: texts,
  },
  {
    name: "finds the file too large once (40005)",
    strikes: [tooLarge],
    shows: "answer",
    only: pictures,
  },
  {
    name: "finds every file too large (40005)",
    strikes: [{ ...tooLarge, ...always }],
    shows: /more than can be posted here/,
    only: pictures,
  },
];

export const refusals: DiscordFault[] = [
  ...firstResponses,
  ...gone,
  late,
  ...closed,
  ...both,
  ...apart,
  ...tooMuch,
];
