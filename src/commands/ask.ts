import { words } from "../locales/index.ts";
import { findModel, orNextBest, requireExtra } from "../services/models/index.ts";
import type { Model } from "../services/models/model.ts";
import { outputLimit } from "../services/prices.ts";
import { buttonsOf, heading, isPrivate, isRunning, quietLines } from "./answer.ts";
import { aboutIn, leftOut, type Prompt, promptsAbout } from "./ask-about.ts";
import { wholeAnswer, withDone, withNothingDone } from "./ask-parts.ts";
import { type AskJob, type AskOptions, askOptions, type AskRequest } from "./ask-options.ts";
import { answeredIn, askedIn, knowsTalk, talkOf } from "./ask-talk.ts";
import { defineCommand } from "./command.ts";
import { allowedIn } from "./models.ts";
import type { Action } from "./press.ts";
import { styles } from "./styles.ts";

/** An answer's length at the most, so that its price has an end. */
const MAX_TOKENS = 1_024;

/** Discord's own limit for what is entered into a form. */
const MAX_REPLY = 4_000;

type AskAction = Action<AskOptions>;

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

/** What is sent: the question itself, or what is asked about a text. */
function promptsOf(request: AskRequest, model: Model<"text">): Prompt[] {
  const asking = aboutIn(request);
  if (asking) return promptsAbout(asking, model);
  return [{ key: "answer", prompt: request.options.prompt, maxTokens: MAX_TOKENS }];
}

/** What is missing in an answer, and why. */
function omissions({ request, runs }: AskJob): string[] {
  const say = words(request.locale).transcript;
  const asking = aboutIn(request);
  const missing = asking ? leftOut(asking, modelsFor(request).answering) : 0;
  const limited = runs.filter((run) => run.limited);
  const [first] = limited;
  return [
    ...(asking && missing > 0 ? [say.leftOut(missing, asking.about.text.length)] : []),
    ...(first && runs.length === 1 ? [say.endedAtLimit(outputLimit(first.input))] : []),
    ...(first && runs.length > 1 ? [say.partsEndedAtLimit(limited.length, runs.length)] : []),
  ];
}

/** What else there is to say about a finished answer: which model stepped in, and what it had in mind. */
function remarks({ request, runs }: AskJob): { lines: string[]; facts: string[] } {
  const say = words(request.locale);
  const { asked, answering } = modelsFor(request);
  const { history = [], turn } = request.conversation ?? {};
  // A reply, not the same question anew: its asker counts on what was said before.
  const isReply = request.from !== undefined && turn === request.id && !request.about;
  const topic = request.about && !request.about.task ? [say.transcript.about(request.about.title)] : [];
  const talk = history.length > 0 ? [say.turnsBefore(history.length)] : isReply ? [say.nothingInMind] : [];
  return {
    lines: runs[0]?.model === asked.key ? [] : [say.answeredInstead(asked.title, answering.title)],
    facts: [...topic, ...talk],
  };
}

const reply: AskAction = {
  kind: "form",
  form({ locale }) {
    const { title, prompt } = words(locale).replyForm;
    return { title, fields: { prompt: { label: prompt, long: true, max: MAX_REPLY, required: true } } };
  },
  request({ job }, { prompt = "" }) {
    const { options, about } = job.request;
    // The model that answered, also where it stepped in for another.
    const model = job.runs[0]?.model ?? options.model;
    return {
      options: { ...options, prompt, model, new: false, private: isPrivate(job) },
      // It is a question about the same text.
      ...(about ? { about: { title: about.title, text: about.text } } : {}),
    };
  },
};

/** The same question in the same place of the conversation: whatever was said later is not known to it. */
const regenerate: AskAction = {
  kind: "run",
  request: ({ job, job: { request, createdAt } }) => ({
    options: { ...request.options, new: false, private: isPrivate(job) },
    ...(request.conversation ? { conversation: { askedAt: createdAt, ...request.conversation } } : {}),
    ...(request.about ? { about: withNothingDone(request.about) } : {}),
  }),
};

/** The same after a failure; what there is of a translation is kept, and not paid for again. */
const retry: AskAction = {
  kind: "run",
  once: true,
  request({ job, job: { request, createdAt } }) {
    const about = withDone(job);
    // Another model would cut it otherwise.
    const { model = request.options.model } = job.runs[0] ?? {};
    return {
      options: { ...request.options, ...(about?.task ? { model } : {}), private: isPrivate(job) },
      ...(request.conversation ? { conversation: { askedAt: createdAt, ...request.conversation } } : {}),
      ...(about ? { about } : {}),
    };
  },
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
  options: askOptions,
  examples: [{ prompt: "why is the sky blue?", style: "teacher" }],

  async prepare(request, { conversations }) {
    if (request.conversation) return request;
    const history = knowsTalk(request) ? await conversations.history(talkOf(request, request.private)) : [];
    return { ...request, conversation: { turn: request.id, history } };
  },

  runs(request) {
    const { answering: model } = modelsFor(request);
    const { image } = request.options;
    return promptsOf(request, model).map(({ key, prompt, maxTokens, fewestTokens }) => {
      const input = model.from({
        ...instructions(model, { ...request.options, prompt }),
        history: request.conversation?.history ?? [],
        ...(image ? { image } : {}),
        maxTokens,
      });
      return {
        key,
        model: model.key,
        input: model.input.parse(input),
        ...(fewestTokens === undefined ? {} : { fewestTokens }),
      };
    });
  },

  view(job) {
    const { options, locale } = job.request;
    const say = words(locale);
    const shown = {
      text: [heading(options.prompt, job.asker.name), wholeAnswer(job)].join("\n"),
    };
    if (isRunning(job)) return { ...shown, quiet: quietLines(job), buttons: buttonsOf(job, []) };
    const { lines, facts } = remarks(job);
    return {
      ...shown,
      quiet: [...omissions(job), ...lines, ...quietLines(job, facts)],
      buttons: buttonsOf(job, [
        { label: say.reply, action: "reply", style: "primary" },
        { label: say.regenerate, action: "regenerate" },
        { label: say.newTopic, action: "new-topic" },
      ]),
    };
  },

  actions: { reply, regenerate, retry, "new-topic": newTopic },

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
    const answered = wholeAnswer(job).trim();
    if (!run || !answered || job.runs.some(({ state }) => state === "failed")) return;
    const { conversation } = job.request;
    const turn = {
      id: conversation?.turn ?? job.id,
      asked: askedIn(job.request),
      answered: answeredIn(job.request, answered),
      model: run.model,
    };
    await conversations.remember(
      talkOf(job.request, job.private),
      turn,
      conversation?.askedAt ?? job.createdAt,
    );
  },
});
