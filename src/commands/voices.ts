import { words } from "../locales/index.ts";
import { modelsOf } from "../services/models/index.ts";

/** A voice as people know it: by the name that it was given. */
export interface Voice {
  /** `bella` */
  name: string;
  /** What the model calls it: `af_bella`. */
  id: string;
  accent: "American" | "British";
  speaker: "woman" | "man";
}

/** Kokoro's names say it: `af` is an American woman, `bm` a British man. */
const voiceNamed = (id: string): Voice => ({
  name: id.slice(id.indexOf("_") + 1),
  id,
  accent: id.startsWith("b") ? "British" : "American",
  speaker: id[1] === "m" ? "man" : "woman",
});

/** All that there are; the first speaks where nobody chose one. */
export const voices: readonly Voice[] = modelsOf("speech")
  .flatMap((model) => model.voices ?? [])
  .map(voiceNamed);

export const voiceOf = (name: string | undefined): Voice | undefined =>
  name === undefined ? voices[0] : voices.find((voice) => voice.name === name);

/** `Bella · American woman` */
export const voiceTitle = ({ name, accent, speaker }: Voice, locale: string): string =>
  words(locale).speak.voice(name, accent, speaker);
