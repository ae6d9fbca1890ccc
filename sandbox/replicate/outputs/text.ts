import sharp from "sharp";
import { hash, seeded } from "../seeded.ts";
import { pictures, type Size } from "./image-size.ts";
import { number, type Perform, type Run, text } from "./run.ts";

const limits = ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "max_length"];

/** Pieces of about a token: a word with the space before it, punctuation, line ends. */
const tokens = (answer: string) => answer.match(/\s?[\p{L}\p{N}_']{1,8}|\n+|\s?[^\p{L}\p{N}\s]|\s/gu) ?? [];

/** Where somebody's turn begins: in a plain transcript, and in Llama's template. */
const TURN = /\n(?:user|human|question): ?|<\|start_header_id\|>user<\|end_header_id\|>\s*/i;

/** What was asked, and how many turns there were before it: both kinds of transcript have the newest turn last. */
function question({ input }: Run): { asked: string; earlier: number } {
  const messages = Array.isArray(input["messages"]) ? (input["messages"] as { content?: unknown }[]) : [];
  const given = text(input["prompt"]).trim() || text(messages.at(-1)?.content).trim();
  const turns = given.split(TURN);
  const last = turns.at(-1)!.replace(/\n(assistant|answer):\s*$/i, "");
  return { asked: last.trim() || "nothing at all", earlier: turns.length - 1 };
}

/** The picture that the model was shown, which it really looks at. */
async function shownPicture(run: Run): Promise<Size | undefined> {
  const [picture] = pictures(run.input);
  if (!picture) return undefined;
  const { width, height } = await sharp(await run.fetch(picture)).metadata();
  return { width, height };
}

/** What the model was given beside the question, as sentences. */
const besides = (earlier: number, picture: Size | undefined): string =>
  [
    ...(earlier > 0 ? [`Turns before this one: ${earlier}.`] : []),
    ...(picture ? [`You showed a picture of ${picture.width} × ${picture.height}.`] : []),
  ].join(" ");

const short = (asked: string) => (asked.length > 160 ? `${asked.slice(0, 157).trimEnd()}…` : asked);

const remarks = [
  "A real model would weigh the context first, then give a reason, then an example.",
  "There are usually two sides to this: what is simplest now, and what is easiest to change later.",
  "The short version: start small, measure, and keep what works.",
  "It helps to say who it is for, what it costs, and how you would notice that it went wrong.",
  "Most people find that one concrete example settles it faster than a definition.",
];

function opening(asked: string, ref: string, seen: string): string {
  const quote = short(asked).replaceAll("\n", " ");
  return `**(sandbox)** This answer is made up by the sandbox: ${ref} was not asked.\n\nYou asked: *${quote}*${seen && `\n${seen}`}\n\n`;
}

function body(asked: string, random: () => number): string {
  const remark = () => remarks[Math.floor(random() * remarks.length)]!;
  if (/\b(code|function|script|typescript|python)\b/i.test(asked))
    return `${remark()}\n\n\`\`\`ts\n// sandbox: an example, not a solution\nexport const answer = (question: string) => \`You asked: \${question}\`;\n\`\`\`\n`;
  return `${remark()}\n\n- First, *what* is asked, in so many words: ${asked.split(/\s+/).length}.\n- Then, *why*: a stand-in cannot know.\n- ${remark()}\n`;
}

/** The lines of the form `LABEL: what goes there` that it was given to fill in; none, if there are fewer than two. */
function form(asked: string): { label: string; about: string }[] {
  const lines = [...asked.matchAll(/^([A-Z][A-Z ]{1,20}): (.+)$/gm)];
  return lines.length < 2 ? [] : lines.map(([, label = "", about = ""]) => ({ label, about }));
}

/** A form, filled in line by line with what was made up for it and what the picture really is. */
const filledIn = (fields: ReturnType<typeof form>, picture: Size | undefined): string =>
  fields
    .map(({ label, about }) => {
      const seen = picture ? `a picture of ${picture.width} × ${picture.height} pixels` : "nothing";
      return `${label}: (sandbox) made up from ${seen}, for “${about.split(/[:,;]/)[0]}”\n`;
    })
    .join("");

const code = [
  "```ts",
  "// Made up by the sandbox.",
  "interface Answer {",
  "  text: string;",
  "  madeUp: true;",
  "}",
  "",
  "export function answer(question: string): Answer {",
  "  const words = question.split(/\\s+/);",
  "  return { text: `You asked ${words.length} words.`, madeUp: true };",
  "}",
  "```",
].join("\n");

/** More than 2,000 characters, with a code block in the middle: what has to be split over several messages. */
function long(asked: string, random: () => number): string {
  const sections = Array.from({ length: 9 }, (_, i) => {
    const lines = Array.from({ length: 3 }, () => remarks[Math.floor(random() * remarks.length)]!);
    return `## ${i + 1}. ${["What is asked", "Why it matters", "How to begin"][i % 3]}\n\n${lines.join(" ")}`;
  });
  sections.splice(4, 0, code);
  return `${sections.join("\n\n")}\n\nThat was the long answer to *${short(asked)}* (sandbox).\n`;
}

const wantsLong = (asked: string) => /\b(long|longer|detailed|in detail|essay)\b/i.test(asked);

/** A language model: streams a made-up answer that says so, at about 50 tokens a second. */
export const textModel: Perform = async function* (run) {
  const { asked, earlier } = question(run);
  const random = seeded(run.seed ^ hash(asked));
  const picture = await shownPicture(run);
  const fields = form(asked);
  const answer =
    fields.length > 0
      ? filledIn(fields, picture)
      : opening(asked, run.model.ref, besides(earlier, picture)) +
        (wantsLong(asked) ? long : body)(asked, random);
  const limit = limits.map((name) => number(run.input[name])).find((value) => value !== undefined);
  const pieces = tokens(answer).slice(0, limit && limit > 0 ? limit : undefined);
  yield { waitMs: 300 };
  for (const token of pieces) {
    yield { token };
    yield { waitMs: 20 };
  }
  yield { metrics: textMetrics(run, pieces.length, picture) };
};

const isFile = (value: unknown) => /^(data|https?):/.test(text(value));

/** A picture counts as Anthropic counts it: by its pixels. */
export function textMetrics(run: Run, written: number, picture?: Size): Record<string, number> {
  const words = Object.values(run.input).filter((value) => !isFile(value));
  const read = words.reduce<number>((sum, value) => sum + tokens(text(value)).length, 0);
  return {
    token_input_count: read + (picture ? Math.ceil((picture.width * picture.height) / 750) : 0),
    token_output_count: written,
    time_to_first_token: 0.3,
    tokens_per_second: 50,
  };
}
