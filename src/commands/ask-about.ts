import { words } from "../locales/index.ts";
import type { Model, Said } from "../services/models/model.ts";
import { mostTokens } from "../services/prices.ts";
import type { AskRequest } from "./ask-options.ts";
import { doneIn, partKey } from "./ask-parts.ts";
import type { About, Request, Task } from "./command.ts";
import { beginningOf, fenced, piecesOf, splitAt } from "./material.ts";
import { styles } from "./styles.ts";

/** What is sent in one run, and how long its answer may become, in tokens. */
export interface Prompt {
  key: string;
  prompt: string;
  maxTokens: number;
  /** With fewer than this there is no point in asking. */
  fewestTokens?: number;
}

/** A request about a text, as far as it matters here. */
export type Asking = Pick<Request, "locale" | "chance"> & {
  about: About;
  question: string;
  /** What else the model is told, as long as it may become. */
  told: string;
  history: readonly Said[];
};

/** As much of a text is read, whatever the model can: some 100,000 tokens, more than seven hours of talk. */
const MAX_CHARACTERS = 400_000;

/** Of models of which nobody says how much they read, or write. */
const CONTEXT = 8_192;
const LONGEST = 4_096;

/** A summary, or an answer about a text. */
const ANSWER_TOKENS = 2_048;

/** The instructions around a text have fewer. */
const AROUND_TOKENS = 500;

/** Some models want this much at the least. */
const FEWEST_TOKENS = 1_024;

/** A translation may need twice the tokens of what it translates, in scripts that cost many. */
const LONGER = 2;

/** And seldom does with less than three quarters of what they are held to be at the most. */
const SHORTER = 0.75;

/** Smaller pieces are done sooner, side by side; larger ones hang together better. */
const PIECE_TOKENS = 4_000;

/** A request about a text, as far as the text is concerned; undefined for any other. */
export function aboutIn({ about, options, conversation, locale, chance }: AskRequest): Asking | undefined {
  if (!about) return undefined;
  const { prompt: question, system = "", style } = options;
  const told = [system, ...(style === undefined ? [] : [styles[style]])].join("\n");
  return { about, question, told, history: conversation?.history ?? [], locale, chance };
}

/** In how many pieces a text is translated, by a model that writes long answers. */
export const translatedIn = (text: string): number => Math.ceil(mostTokens(text) / PIECE_TOKENS);

const longestOf = ({ longest, context = CONTEXT }: Model<"text">) =>
  Math.min(longest ?? LONGEST, Math.floor(context / 2));

/** As the model is told it, in English, which all of them understand: `German`. */
const inEnglish = (locale: string) => words("en").languageName(locale, "en");

const answerTokens = (model: Model<"text">) => Math.min(ANSWER_TOKENS, longestOf(model));

/** How many tokens of the text the model has room for, beside everything else. */
function roomFor(model: Model<"text">, { question, told, history }: Asking): number {
  const { context = CONTEXT } = model;
  const before = history.map(({ asked, answered }) => asked + answered).join("");
  const others = mostTokens(question + told + before) + answerTokens(model) + AROUND_TOKENS;
  return Math.max(AROUND_TOKENS, context - others);
}

/** As much of the text as is read. */
function readOf(asking: Asking, model: Model<"text">): string {
  const text = beginningOf(asking.about.text, MAX_CHARACTERS);
  return asking.about.task?.kind === "translate" ? text : splitAt(text, roomFor(model, asking))[0];
}

/** How many characters of the text are not read, because it is longer than what the model takes. */
export const leftOut = (asking: Asking, model: Model<"text">): number =>
  asking.about.text.length - readOf(asking, model).length;

const CUT = "The transcript is longer than that; its end is missing.";

function taskWords({ about: { task }, question, locale }: Asking): string {
  if (task?.kind !== "summarise")
    return `Answer this question about the transcript above, in the language of the question. Answer from the transcript, and say so where it does not hold the answer.\n\n${question}`;
  return [
    `Summarise the transcript above, in ${inEnglish(locale)}.`,
    "Begin with one or two sentences that say what it is about. Then list the main points, in the order in which they were said; and then what was decided and who is to do what, if anything was.",
    "Say only what is in the transcript. Answer with the summary alone.",
  ].join("\n");
}

const translateWords = (into: string, place: string) =>
  [
    `Translate the transcript above into this language: ${into.replaceAll(/\s+/g, " ")}.${place}`,
    "Translate all of it, in its own order, and keep its line breaks, names and numbers. Add nothing, leave nothing out and explain nothing. Answer with the translation alone.",
  ].join("\n");

/** Each piece is as long as its translation may become. */
function translation(
  { chance }: Asking,
  { into }: Task & { kind: "translate" },
  text: string,
  model: Model<"text">,
): Prompt[] {
  const longest = longestOf(model);
  const pieces = piecesOf(text, Math.min(PIECE_TOKENS, Math.floor(longest / LONGER)));
  return pieces.map((piece, index) => {
    const place = pieces.length > 1 ? ` It is part ${index + 1} of ${pieces.length} of a longer one.` : "";
    return {
      key: partKey(index + 1, pieces.length),
      prompt: `${fenced(piece, chance)}\n\n${translateWords(into, place)}`,
      maxTokens: Math.min(longest, Math.max(FEWEST_TOKENS, mostTokens(piece) * LONGER)),
      // One that breaks off in each part is worth nothing.
      fewestTokens: Math.ceil(mostTokens(piece) * SHORTER),
    };
  });
}

/** What the model is asked about a text: once, or for a translation as often as it takes. */
export function promptsAbout(asking: Asking, model: Model<"text">): Prompt[] {
  const { about, chance } = asking;
  const text = readOf(asking, model);
  if (about.task?.kind === "translate") {
    const done = new Set(doneIn(about).map(({ key }) => key));
    return translation(asking, about.task, text, model).filter(({ key }) => !done.has(key));
  }
  const cut = text.length < about.text.length ? [CUT] : [];
  const prompt = [fenced(text, chance), "", ...cut, taskWords(asking)].join("\n");
  return [{ key: "answer", prompt, maxTokens: answerTokens(model) }];
}
