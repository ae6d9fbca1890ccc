import { answersList, type Model } from "../model.ts";
import { pictures } from "./image-size.ts";
import { readPicture } from "./image.ts";
import { drawVideo } from "./mp4.ts";
import { number, type Perform, text } from "./run.ts";

/** A tone as a WAV file: 16 bits, one channel, so many samples a second. */
export function wav(seconds: number, hertz = 440, rate = 16_000): Buffer {
  const count = Math.round(seconds * rate);
  const data = Buffer.alloc(44 + count * 2);
  data.write("RIFF", 0);
  data.writeUInt32LE(36 + count * 2, 4);
  data.write("WAVEfmt ", 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write("data", 36);
  data.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i++)
    data.writeInt16LE(Math.round(Math.sin((i / rate) * hertz * 6.2832) * 6000), 44 + i * 2);
  return data;
}

/** Silence as an MP3 file: MPEG-1 layer III, 128 kbit/s, 44.1 kHz, frames of 417 bytes. */
export function mp3(seconds: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0xc4]);
  return Buffer.concat(Array.from({ length: Math.ceil((seconds * 44_100) / 1152) }, () => frame));
}

export const audioTypes: Record<string, string> = { wav: "audio/wav", mp3: "audio/mpeg" };

function audioFormat(model: Model, input: Record<string, unknown>): string {
  const asked = [input["output_format"], input["audio_format"]]
    .map(text)
    .find((format) => format in audioTypes);
  const shown = /\.(wav|mp3)"/.exec(JSON.stringify(model.example?.output ?? null))?.[1];
  return asked ?? shown ?? "mp3";
}

/** Of music as long as what was asked for; of a text as long as it takes to say it, at 15 characters a second. */
function lengthOf(input: Record<string, unknown>): number {
  const said = text(input["text"]);
  if (said !== "") return Math.min(300, Math.max(1, said.length / 15 / (number(input["speed"]) ?? 1)));
  return Math.min(30, number(input["duration"]) ?? Math.max(1, text(input["prompt"]).length / 15));
}

/** Kokoro's rate, as of other models that speak. */
const SPEECH_RATE = 24_000;

/** Speech and music: a tone (WAV) or silence (MP3) about as long as what was asked for. */
export const audioModel: Perform = async function* (run) {
  const { input, model } = run;
  const seconds = lengthOf(input);
  yield { waitMs: 800 };
  const format = audioFormat(model, input);
  const bytes = format === "wav" ? wav(seconds, 300 + (run.seed % 300), SPEECH_RATE) : mp3(seconds);
  const url = run.host(`output.${format}`, audioTypes[format]!, bytes);
  yield { output: answersList(model) ? [url] : url };
  const characters = text(input["text"]).length;
  yield {
    metrics: {
      audio_output_count: 1,
      audio_output_duration_seconds: Math.round(seconds * 1000) / 1000,
      ...(characters > 0 && { character_input_count: characters }),
    },
  };
};

/** Video models: two seconds of a moving gradient, billed as long as what was asked for. */
export const videoModel: Perform = async function* (run) {
  const { input, model, seed } = run;
  for (const uri of pictures(input)) await readPicture(run, uri);
  for (const step of [1, 2, 3, 4]) {
    yield { waitMs: 1000 };
    yield { log: `Rendering: ${step * 25}%\n` };
  }
  const url = run.host("output.mp4", "video/mp4", drawVideo(2, seed));
  yield { output: answersList(model) ? [url] : url };
  const seconds = number(input["duration"]) ?? (Number(input["duration"]) || 5);
  yield { metrics: { video_output_count: 1, video_output_duration_seconds: seconds } };
};
