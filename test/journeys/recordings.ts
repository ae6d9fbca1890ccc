import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exchange, OptionValue, SeenMessage, Upload } from "../../sandbox/discord/person.ts";
import { only, world } from "./talk.ts";

/** A quiet recording that is long and has few bytes. */
export function silence(seconds: number, name = "meeting.wav"): Upload {
  const rate = 100;
  const data = Buffer.alloc(44 + rate * seconds, 128);
  data.write("RIFF", 0);
  data.writeUInt32LE(36 + rate * seconds, 4);
  data.write("WAVEfmt ", 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate, 28);
  data.writeUInt16LE(1, 32);
  data.writeUInt16LE(8, 34);
  data.write("data", 36);
  data.writeUInt32LE(rate * seconds, 40);
  return { name, data, contentType: "audio/wav" };
}

/** What the sandbox has as a voice message: 5.6 s. */
export const voice = (name = "voice-message.ogg"): Upload => ({
  name,
  data: readFileSync(join(import.meta.dirname, "../../sandbox/samples/speech.ogg")),
  contentType: "audio/ogg",
  durationSecs: 5.6,
});

export const transcribe = (upload: Upload, options: Record<string, OptionValue> = {}): Promise<Exchange> =>
  world.finished(world.discord.people.member.command("transcribe", { audio: { upload }, ...options }));

export const shown = async (...of: Parameters<typeof transcribe>) => only(await transcribe(...of));

/** The text of an attached file, by its ending. */
export async function attachedText({ attachments }: SeenMessage, ending: string): Promise<string> {
  const file = attachments.find(({ name }) => name.endsWith(ending));
  if (!file) throw new Error(`No ${ending}: ${attachments.map(({ name }) => name).join()}`);
  return (await fetch(file.url)).text();
}
