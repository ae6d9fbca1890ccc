import { words } from "../locales/index.ts";
import type { Talk } from "../services/conversations.ts";
import { findModel, orNextBest, requireExtra } from "../services/models/index.ts";
import type { Model } from "../services/models/model.ts";
import { buttonsOf, heading, isPrivate, isRunning, quietLines } from "./answer.ts";
import { defineCommand, type JobOf, type Request } from "./command.ts";
import { boolean, choice, image, optional, text, type Values } from "./options.ts";
import { allowedIn, modelOption } from "./models.ts";
import type { Action } from "./press.ts";
import { type Style, styleLabels, styles } from "./styles.ts";

/** An answer's length at the most, so that its price has an end. */
const MAX_TOKENS = 1_024;

/** Discord's own limits for an option's text, and for a form's. */
const MAX_PROMPT = 6_000;
const MAX_REPLY = 4_000;

const options = {
  prompt: text("Your question", { max: MAX_PROMPT }),
  model: optional(modelOption("text")),
  style: optional(choice("How it should answer, ready-made", Object.keys(styles) as Style[], styleLabels)),
  system: optional(text("How it should answer: a role, a tone, a language", { max: 2_000 })),
  image: optional(image("A picture that the question is about")),
  new: optional(boolean("Begin a new topic: forget what you said here before")),
  private: optional(boolean("Only you see the answer")),
};
type AskRequest = Request<Values<typeof options>>;
type AskJob = JobOf<Values<typeof options>>;
type AskAction = Action<Values<typeof options>>;

/** The model that was asked for, and the one that answers: another where a picture is to be seen. */
function modelsFor(request: AskRequest): { asked: Model<"text">; answering: Model<"text"> } {
  const { options, models } = request;
  const asked = findModel("text", options.model ?? models.ask);
  return { asked, answering: options.image ? orNextBest(asked, "image", allowedIn(request)) : asked };
}

/**
 * What the model is told beside the question. A person's own words need a model that takes them; a style is ours, so
 * where a model has no system prompt it stands in front of the question instead, and works with every model.
 */
function instructions(model: Model<"text">, { prompt, style, system }: AskRequest["options"]) {
  if (system !== undefined) requireExtra(model, "system");
  const preset = style === undefined ? [] : [styles[style]];
  if (!model.takes.includes("system")) return { prompt: [...preset, prompt].join("\n\n") };
  const told = [...preset, ...(system ? [system] : [])].join("\n\n");
  return { prompt, ...(told ? { system: told } : {}) };
}

/** Whose conversation a request belongs to. */
const talkOf = ({ asker, channel }: AskRequest, hidden = false): Talk => ({
  person: asker.id,
  channel,
  private: hidden,
});

/** What was asked, as the next turn should know it: the picture itself is not sent again. */
const askedIn = ({ prompt, image }: AskRequest["options"]) =>
  image ? `${prompt}\n(about a picture, ${image.name})` : prompt;

/** What else there is to say about a finished answer: which model stepped in, and what it had in mind. */
function remarks({ request, runs }: AskJob): { lines: string[]; facts: string[] } {
  const say = words(request.locale);
  const { asked, answering } = modelsFor(request);
  const { history = [], turn } = request.conversation ?? {};
  // A reply, not the same question anew: its asker counts on what was said before.
  const forgotten = request.from !== undefined && turn === request.id && history.length === 0;
  return {
    lines: runs[0]?.model === asked.key ? [] : [say.answeredInstead(asked.title, answering.title)],
    facts: history.length > 0 ? [say.turnsBefore(history.length)] : forgotten ? [say.nothingInMind] : [],
  };
}

const reply: AskAction = {
  kind: "form",
  form({ locale }) {
    const { title, prompt } = words(locale).replyForm;
    return { title, fields: { prompt: { label: prompt, long: true, max: MAX_REPLY, required: true } } };
  },
  request({ job }, { prompt = "" }) {
    const { options } = job.request;
    // The model that answered, also where it stepped in for another.
    const model = job.runs[0]?.model ?? options.model;
    return { options: { ...options, prompt, model, new: false, private: isPrivate(job) } };
  },
};

/** The same question in the same place of the conversation: whatever was said later is not known to it. */
const regenerate: AskAction = {
  kind: "run",
  request: ({ job, job: { request, createdAt } }) => ({
    options: { ...request.options, new: false, private: isPrivate(job) },
    ...(request.conversation ? { conversation: { askedAt: createdAt, ...request.conversation } } : {}),
  }),
};

const newTopic: AskAction = {
  kind: "update",
  async act({ job, locale }, { conversations }) {
    await conversations.forget(talkOf(job.request, job.private));
    return { text: words(locale).newTopicBegun };
  },
};

export const ask = defineCommand({
  name: "ask",
  description: "Ask a language model; it remembers what you said here in the last half hour",
  options,
  examples: [{ prompt: "why is the sky blue?", style: "teacher" }],

  async prepare(request, { conversations }) {
    if (request.conversation) return request;
    const history = request.options.new ? [] : await conversations.history(talkOf(request, request.private));
    return { ...request, conversation: { turn: request.id, history } };
  },

  runs(request) {
    const { answering: model } = modelsFor(request);
    const { image } = request.options;
    const input = model.from({
      ...instructions(model, request.options),
      history: request.conversation?.history ?? [],
      ...(image ? { image } : {}),
      maxTokens: MAX_TOKENS,
    });
    return [{ key: "answer", model: model.key, input: model.input.parse(input) }];
  },

  view(job) {
    const { options, locale } = job.request;
    const say = words(locale);
    const shown = {
      text: [heading(options.prompt, job.asker.name), job.runs[0]?.result?.text ?? ""].join("\n"),
    };
    if (isRunning(job)) return { ...shown, quiet: quietLines(job), buttons: buttonsOf(job, []) };
    const { lines, facts } = remarks(job);
    return {
      ...shown,
      quiet: [...lines, ...quietLines(job, facts)],
      buttons: buttonsOf(job, [
        { label: say.reply, action: "reply", style: "primary" },
        { label: say.regenerate, action: "regenerate" },
        { label: say.newTopic, action: "new-topic" },
      ]),
    };
  },

  actions: { reply, regenerate, "new-topic": newTopic },

  /** What was said before is forgotten once this is admitted: a refusal changes nothing. */
  async begun(job, { conversations }) {
    const { options, conversation } = job.request;
    // What was said since it was asked first stays.
    const isAskedAnew = conversation?.askedAt !== undefined;
    if (options.new && !isAskedAnew)
      await conversations.forget(talkOf(job.request, job.private), job.createdAt);
  },

  /** What was shown is remembered, also where it was stopped early; what broke off is not. */
  async ended(job, { conversations }) {
    const [run] = job.runs;
    const answered = run?.result?.text?.trim();
    if (!run || !answered || run.state === "failed") return;
    const { conversation, options } = job.request;
    const turn = { id: conversation?.turn ?? job.id, asked: askedIn(options), answered, model: run.model };
    await conversations.remember(
      talkOf(job.request, job.private),
      turn,
      conversation?.askedAt ?? job.createdAt,
    );
  },
});
