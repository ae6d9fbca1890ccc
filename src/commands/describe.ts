import { quoted } from "../locales/format.ts";
import { words } from "../locales/index.ts";
import { findModel, orNextBest } from "../services/models/index.ts";
import { Problem } from "../services/problem.ts";
import { againButton, buttonsOf, heading, isPrivate, isRunning, quietLines } from "./answer.ts";
import { type Button, defineCommand, defineMessageCommand, type JobOf, runningCommand } from "./command.ts";
import { boolean, image, optional, type Values } from "./options.ts";
import { type Description, INSTRUCTION, readDescription } from "./description.ts";
import { MAX_PROMPT } from "./imagine.ts";
import { allowedIn } from "./models.ts";
import type { Action } from "./press.ts";

/** Four parts have room in it, and it is the least that the models who see take. */
const MAX_TOKENS = 1_024;

const options = {
  image: image("The picture"),
  private: optional(boolean("Only you see the answer")),
};
type DescribeJob = JobOf<Values<typeof options>>;

const described = (job: DescribeJob): Description =>
  readDescription(job.runs[0]?.result?.text ?? "", !isRunning(job));

/** Words as they are, line by line, that format nothing; without slashes there is no address that Discord would open. */
const plain = (text: string): string =>
  text
    .split("\n")
    .map((line) => quoted(line, Infinity).replaceAll("/", "\\/"))
    .join("\n");

/** Discord ends a code block at the first three backticks, wherever they stand: these look like them and end nothing. */
const fenced = (text: string): string =>
  `\`\`\`\n${text.replaceAll(/`{3,}/g, (run) => "ˋ".repeat(run.length))}\n\`\`\``;

/** Behind what has to be clicked on first. */
const hidden = (part: string) => `||${part}||`;

/** The parts that are there, each under its small label; as hidden as the picture was. */
function shown({ caption, prompt, alt, text }: Description, locale: string, isSpoiler: boolean): string[] {
  const {
    caption: captionLabel,
    prompt: promptLabel,
    alt: altLabel,
    text: textLabel,
  } = words(locale).picture;
  const under = (label: string, part: string | undefined) =>
    part ? [`-# **${label}**`, isSpoiler ? hidden(part) : part] : [];
  return [
    ...under(captionLabel, caption && plain(caption)),
    ...under(promptLabel, prompt && plain(prompt)),
    ...under(altLabel, alt && plain(alt)),
    ...under(textLabel, text && fenced(text)),
  ];
}

/** On one line, and no longer than `/imagine` takes it; a letter of two halves is not cut in the middle. */
const drawable = (prompt: string): string =>
  prompt
    .replaceAll(/\s+/g, " ")
    .slice(0, MAX_PROMPT)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trim();

/** A picture from the words that were found for this one. */
const draw: Action<Values<typeof options>> = {
  kind: "run",
  request({ job }) {
    const { prompt } = described(job);
    if (!prompt) throw new Problem({ kind: "gone" });
    const { spoiler } = job.request.options.image;
    return { command: "imagine", options: { prompt: drawable(prompt), spoiler, private: isPrivate(job) } };
  },
};

function ownButtons(job: DescribeJob): Button<"draw" | "again">[] {
  const again = againButton(job);
  const { drawIt } = words(job.request.locale);
  return described(job).prompt ? [{ label: drawIt, action: "draw", style: "primary" }, again] : [again];
}

const body = runningCommand({
  name: "describe",
  description: "Say what a picture shows: a caption, a prompt to remake it, alt text, and the text in it",
  options,
  examples: [{ image: { sample: "photo.png" } }],

  runs(request) {
    const { image } = request.options;
    const model = orNextBest(findModel("text", request.models.ask), "image", allowedIn(request));
    const input = model.from({ prompt: INSTRUCTION, image, maxTokens: MAX_TOKENS });
    return [{ key: "description", model: model.key, input: model.input.parse(input) }];
  },

  view: (job) => ({
    text: [
      heading(job.request.options.image.name, job.asker.name),
      ...shown(described(job), job.request.locale, job.request.options.image.spoiler === true),
    ].join("\n"),
    quiet: quietLines(job),
    buttons: buttonsOf(job, ownButtons(job)),
  }),

  actions: { draw },
});

export const describe = defineCommand(body);

/** The same on a message with a picture. */
export const describeMessage = defineMessageCommand({ name: "Describe", option: "image", body });
