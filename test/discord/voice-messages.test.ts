import { type GatewayMessageCreateDispatchData, MessageFlags } from "discord.js";
import { pino } from "pino";
import { beforeEach, expect, it } from "vitest";
import { promisesOnly, virtualClock } from "../../sandbox/virtual-clock.ts";
import { commands } from "../../src/commands/index.ts";
import { createAccess } from "../../src/discord/access.ts";
import { commandsByName } from "../../src/discord/commands-by-name.ts";
import type { Open } from "../../src/discord/opening.ts";
import type { Replies } from "../../src/discord/reply.ts";
import { createVoiceMessages, type VoiceMessages } from "../../src/discord/voice-messages.ts";
import { createGuilds, type Guilds } from "../../src/services/guilds.ts";
import type { Job } from "../../src/services/jobs.ts";
import { openStore, type Store } from "../../src/services/store.ts";

const GUILD = "1200000000000000000";
const models = { ask: "a", imagine: "b", transcribe: "c" };

let store: Store;
let guilds: Guilds;
let known: string[];
let opened: Parameters<Open>[1][];
let said: string[];
let log: Record<string, unknown>[];
let voiceMessages: VoiceMessages;

function listen(allowedGuilds?: readonly string[]): void {
  const clock = virtualClock(0, promisesOnly);
  const sink = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  voiceMessages = createVoiceMessages({
    services: {
      guilds,
      jobs: { get: async (id: string) => (known.includes(id) ? ({ id } as Job) : undefined) } as never,
    },
    commands: commandsByName(commands),
    access: createAccess({ guilds, models, allowedGuilds, operators: [] }),
    open: async (_, admission) => void opened.push(admission),
    replies: {
      say: async (_, { content }) => void said.push(content),
      opening: () => undefined as unknown as ReturnType<Replies["opening"]>,
    },
    notify: async () => undefined,
    confirmAbove: 100_000,
    clock,
    log: pino({ level: "info" }, sink),
  });
}

beforeEach(async () => {
  [known, opened, said, log] = [[], [], [], []];
  store = await openStore({ url: "sqlite://:memory:" });
  guilds = createGuilds(store);
  const voiceChannels = [{ id: "3", name: "memos" }];
  await guilds.change(GUILD, (settings) => ({ ...settings, voiceChannels }));
  listen();
  return () => store.close();
});

async function hear(id: string, more: object = {}): Promise<void> {
  const event = {
    id,
    channel_id: "3",
    guild_id: GUILD,
    author: { id: "5", username: "mia", global_name: "Mia" },
    member: { nick: null, roles: ["6"] },
    flags: MessageFlags.IsVoiceMessage,
    attachments: [
      { url: "https://cdn.example/v.ogg", filename: "v.ogg", content_type: "audio/ogg", size: 9 },
    ],
    ...more,
  };
  voiceMessages.hear(event as unknown as GatewayMessageCreateDispatchData);
  await voiceMessages.idle();
}
const heard = () => opened.map(({ request }) => request.id);

it("asks for a transcript as its author would, and for no more than may run unasked", async () => {
  await hear("1200000000000000001");
  expect(opened).toMatchObject([
    {
      request: { asker: { id: "5", roles: ["6"] }, guild: GUILD, channel: "3", models },
      command: { name: "transcribe" },
      confirmAbove: 100_000,
    },
  ]);
});

it("hears what arrives twice once, also where it arrived before the process began", async () => {
  known = ["1200000000000000009"];
  for (const id of ["1200000000000000001", "1200000000000000001", "1200000000000000009"]) await hear(id);
  await Promise.all([hear("1200000000000000002"), hear("1200000000000000002")]);
  expect(heard()).toEqual(["1200000000000000001", "1200000000000000002"]);
});

it("hears nothing in other channels, and where no guild has chosen one", async () => {
  await hear("1200000000000000001", { channel_id: "4" });
  await hear("1200000000000000002", { guild_id: "1200000000000000005" });
  expect([opened, log]).toEqual([[], []]);
});

it("hears nothing once it is closed", async () => {
  voiceMessages.close();
  await hear("1200000000000000001");
  expect(opened).toEqual([]);
});

it("says nothing where the operator does not serve the server, and nothing runs", async () => {
  listen(["1200000000000000007"]);
  await hear("1200000000000000001");
  expect([opened, said]).toEqual([[], []]);
  expect(log).toMatchObject([{ problem: "guild-not-served" }]);
});
