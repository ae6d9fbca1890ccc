import { type GatewayMessageCreateDispatchData, MessageFlags } from "discord.js";
import { expect, it } from "vitest";
import { requestOfVoice, voiceMessageOf } from "../../src/discord/voice-message.ts";

const file = {
  id: "7",
  url: "https://cdn.example/voice-message.ogg",
  filename: "voice-message.ogg",
  content_type: "audio/ogg",
  size: 9_000,
  duration_secs: 4.2,
  waveform: "AAAA",
};

const event = (more: object = {}) =>
  ({
    id: "1200000000000000001",
    channel_id: "3",
    guild_id: "4",
    author: { id: "5", username: "mia", global_name: "Mia" },
    member: { nick: null, roles: ["6"] },
    flags: MessageFlags.IsVoiceMessage,
    content: "",
    attachments: [file],
    ...more,
  }) as unknown as GatewayMessageCreateDispatchData;

const audio = {
  url: "https://cdn.example/voice-message.ogg",
  name: "voice-message.ogg",
  contentType: "audio/ogg",
  bytes: 9_000,
  seconds: 4.2,
};

it("is what a person said in a server's channel, with their roles there", () => {
  expect(voiceMessageOf(event())).toEqual({
    id: "1200000000000000001",
    guild: "4",
    channel: "3",
    asker: { id: "5", name: "Mia", roles: ["6"], manager: false },
    audio,
  });
  expect(voiceMessageOf(event({ member: { nick: "Mimi", roles: [] } }))?.asker.name).toBe("Mimi");
  // Silent, too (1 << 12).
  const silently = MessageFlags.IsVoiceMessage | MessageFlags.SuppressNotifications;
  expect(voiceMessageOf(event({ flags: silently }))).toBeDefined();
});

it.each([
  ["a message of another kind", { flags: 0 }],
  ["one without flags", { flags: undefined }],
  ["one in direct messages", { guild_id: undefined }],
  ["a bot's", { author: { id: "5", username: "x", bot: true } }],
  ["a webhook's", { webhook_id: "5" }],
  ["one whose file the bot may not see", { attachments: [] }],
  ["a forwarded one", { flags: MessageFlags.HasSnapshot, attachments: [] }],
])("is not %s", (_, more) => {
  expect(voiceMessageOf(event(more))).toBeUndefined();
});

it("becomes what its author would ask for there", () => {
  const models = { ask: "a", imagine: "b", transcribe: "c" };
  const voice = voiceMessageOf(event());
  expect(voice && requestOfVoice(voice, { models })).toMatchObject({
    id: "1200000000000000001",
    asker: { id: "5" },
    guild: "4",
    channel: "3",
    options: { audio },
    models,
    private: false,
  });
});
