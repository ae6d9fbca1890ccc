import type { MicroDollars } from "../services/money.ts";
import type { InputRule, OptionRule, ProblemReason } from "../services/problem.ts";
import { fromCredits } from "../services/money.ts";
import { administration } from "./administration.ts";
import { help } from "./help.ts";
import { jobs } from "./jobs.ts";
import { talk } from "./talk.ts";
import { speak, speakProblems } from "./speak.ts";
import { transcript, transcriptProblems } from "./transcript.ts";
import { pictures } from "./pictures.ts";
import { edit, editProblems } from "./edit.ts";
import { film, filmProblems } from "./film.ts";
import { voice, voiceProblems } from "./voice.ts";
import { soundProblems } from "./sound.ts";
import { fitting, heard, heardProblems } from "./heard.ts";
import { batch, listFault } from "./batch.ts";
import { amount, bar, clockTime, dollars, duration, list, megabytes, when } from "./format.ts";

/** How far a run is, from 0 to 1, and how long such runs usually take. */
interface Expectation {
  progress?: number | undefined;
  usualSeconds?: number | undefined;
}

type Sentences = {
  [Kind in ProblemReason["kind"]]: (reason: Extract<ProblemReason, { kind: Kind }>) => string;
};

const rule = (rule: OptionRule): string => {
  switch (rule.kind) {
    case "required":
      return "is missing or empty";
    case "text":
      return `is longer than ${rule.max} characters`;
    case "integer":
      return `must be a whole number from ${rule.min} to ${rule.max}`;
    case "choice":
      return `must be one of ${list(rule.choices)}`;
    case "entries":
      return `may have ${rule.max} entries at the most, with ${rule.each} characters each`;
    case "credits":
      return `must be a number of credits up to ${amount(fromCredits(rule.max))}, with one decimal at most`;
    case "dollars":
      return "must be an amount in US dollars, such as 12.50";
    case "time-zone":
      return "must be a time zone such as Europe/Berlin";
    case "some-role":
      return "must be a role that some people have, not everyone";
  }
};

const types = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Whatever somebody typed or a model's author wrote, as it is shown among words. */
const code = (name: unknown) => {
  const letters = Array.from(String(name).replaceAll(/[`\s]+/g, " "));
  return `\`${letters.length > 40 ? `${letters.slice(0, 39).join("")}…` : letters.join("") || " "}\``;
};

const both = (items: readonly string[]) => new Intl.ListFormat("en", { type: "conjunction" }).format(items);

/** A few of many: models have up to hundreds of choices. */
const some = (items: readonly unknown[]) =>
  list([...items.slice(0, 8).map(code), ...(items.length > 8 ? [`${items.length - 8} more`] : [])]);

const between = ({ min, max }: { min?: number; max?: number }) => {
  if (min !== undefined && max !== undefined) return min === max ? `${min}` : `from ${min} to ${max}`;
  return min === undefined ? `at most ${max}` : `at least ${min}`;
};

const inputRule = (rule: Exclude<InputRule, { kind: "unknown" }>): string => {
  switch (rule.kind) {
    case "missing":
      return "is missing";
    case "type":
      return `must be ${list(rule.types.map((type) => types[type])) || "something else"}`;
    case "choice":
      return `must be one of ${some(rule.choices)}`;
    case "range":
      return `must be ${between(rule)}`;
    case "length":
      return `must have ${between(rule)} characters`;
    case "count":
      return `must have ${between(rule)} entries`;
    case "file":
      return "must be a file, or the address of one";
  }
};

const unknownInput = (field: string, { nearest, known }: Extract<InputRule, { kind: "unknown" }>) => {
  const help =
    nearest === undefined
      ? known.length > 0 && `You can use ${some(known)}.`
      : `Did you mean ${code(nearest)}?`;
  return [`This model has no input ${code(field)}.`, help].filter(Boolean).join(" ");
};

const problems: Sentences = {
  ...editProblems,
  ...speakProblems,
  ...transcriptProblems,
  "bad-option": ({ option, rule: broken }) => `The option \`${option}\` ${rule(broken)}.`,
  "unknown-model": ({ name, suggestions }) =>
    `There is no model \`${name}\` here.${suggestions.length > 0 ? ` You can use ${list(suggestions)}.` : ""}`,
  "wrong-model": ({ name, models }) =>
    `\`${name}\` is a model for something else. Here you can use ${list(models)}.`,
  "option-not-taken": ({ option, model, models }) =>
    models.length > 0
      ? `${model} does not take \`${option}\`. ${list(models)} can.`
      : `${model} does not take \`${option}\`, and neither does any other model here.`,
  ...filmProblems,
  ...voiceProblems,
  ...soundProblems,
  ...heardProblems,
  "bad-input": ({ field, rule: broken }) =>
    broken.kind === "unknown"
      ? unknownInput(field, broken)
      : `The input ${code(field)} ${inputRule(broken)}.`,
  "either-or": ({ options }) => `${both(options.map(code))} don't go together. Please give one of them.`,
  "no-schema": ({ model }) => `Replicate does not say what ${code(model)} takes, so it can't be run here.`,
  "not-an-image": ({ name }) =>
    `\`${name}\` is not a picture that can be read, whatever its name says. PNG, JPEG, WebP and GIF work.`,
  "not-audio": ({ name }) =>
    `There is no sound in \`${name}\` that can be read, whatever its name says. MP3, WAV, OGG, M4A, MP4 and the like work.`,
  "no-attachment": ({ wanted }) =>
    wanted === "image"
      ? "There is no picture on this message. Use this on a message with a PNG, JPEG, WebP or GIF."
      : "There is no file with sound on this message.",
  "empty-file": ({ name }) => `\`${name}\` is empty. Please attach it again.`,
  "file-too-large": ({ name, bytes, limitBytes }) =>
    `\`${name}\` has ${megabytes(bytes)}; at most ${megabytes(limitBytes)} can be read. Please attach a smaller file.`,
  "too-many-pixels": ({ width, height, limit, scaled = true }) => {
    const most = `${(limit / 1_000_000).toFixed(1)} megapixels at the most`;
    return `The picture has ${width} × ${height} pixels. ${scaled ? `For this scale it may have ${most}; please make it smaller or choose a smaller scale.` : `It may have ${most}; please make it smaller.`}`;
  },
  "bad-list": ({ name, fault }) => listFault(name, fault),
  "file-unavailable": ({ name }) => `\`${name}\` could not be fetched from Discord. Please attach it again.`,
  "not-allowed": () => "Only those who manage this server, or have one of its admin roles, can do that.",
  "not-yours": ({ managers }) =>
    managers
      ? "Only the one who asked, or somebody who manages this server, can do that."
      : "Only the one who asked can do that.",
  "guild-only": () => "This works in a server only.",
  "guild-not-served": () => "This bot does not work in this server. Ask its operator to allow it.",
  "operator-only": () => "Only those who run this bot can do that.",
  paused: ({ everywhere }) =>
    everywhere
      ? "Everything is stopped for now by those who run this bot. Try again later."
      : "Everything is stopped in this server for now by its admins. Try again later.",
  "model-denied": ({ model, models }) =>
    `${model} may not be used in this server.${models.length > 0 ? ` You can use ${some(models)}.` : ""}`,
  "is-default": ({ model }) =>
    `${code(model)} is what is used here where nobody chooses a model, so it has to be allowed. Choose another default with \`/models default\` first.`,
  "too-many-jobs": ({ limit }) =>
    `You have ${limit} ${limit === 1 ? "answer" : "answers"} on the way already, and more at once is not possible. Wait until one is there, or stop one with \`/jobs\`.`,
  "above-ceiling": ({ asked, ceiling }) =>
    `The operator allows at most ${dollars(ceiling)} a month here, and ${dollars(asked)} is more than that.`,
  "out-of-credits": ({ needed, left, resetsAt, fitsSeconds }) =>
    `This may cost up to ${amount(needed)} credits, and you have ${amount(Math.max(0, left))} left${fitting(fitsSeconds)}. They come back ${when(resetsAt)}.`,
  "needs-confirmation": ({ needed, left }) =>
    `This may use up to ${en.credits(needed)}; ${left === "unlimited" ? "your credits are unlimited here" : `you have ${en.left(left)}`}.`,
  "no-credits": ({ direct }) =>
    direct
      ? "This bot gives no credits in direct messages, or where it is no member. Please ask in a server that it is in."
      : "You have no credits here. Somebody who manages this server can give you some.",
  "too-many-failures": ({ retryAt }) =>
    `Many of your latest requests failed, and failures are free for you but not for this bot. You can go on ${when(retryAt)}.`,
  "guild-budget-spent": ({ resetsAt, some }) =>
    some
      ? `This may cost more than what is left of this server's budget for the month. Something cheaper may still run; a new month begins ${when(resetsAt)}.`
      : `This server has used its budget for this month. It comes back ${when(resetsAt)}.`,
  "budget-spent": ({ resetsAt, some }) =>
    some
      ? `This may cost more than what is left of this bot's budget for the month. Something cheaper may still run; a new month begins ${when(resetsAt)}.`
      : `This bot has used its budget for this month. It comes back ${when(resetsAt)}.`,
  unpriced: ({ model }) =>
    `Nobody here knows what ${model} costs, so it does not run. The operator can set a price; until then, please choose another model.`,
  flagged: () => "The model's safety filter stopped this. Try other words, or another picture.",
  "model-failed": ({ model, code }) =>
    `${model} failed${code ? ` (${code})` : ""}. Try again, or try another model.`,
  "no-output": ({ model }) => `${model} finished without making anything. Try again, or try other words.`,
  "wrong-file": ({ model, expected }) =>
    `What ${model} made is no ${expected} that can be read. Try again, or try other words.`,
  "input-refused": ({ model, field }) =>
    `${model} did not accept ${field ? `\`${field.replace("input.", "")}\`` : "what was sent"}. Try other options, or another model.`,
  "model-not-found": ({ model }) => `${model} is not on Replicate any more. Please choose another model.`,
  cancelled: () => "Stopped.",
  "timed-out": ({ model }) =>
    `${model} took too long and was stopped. Try again later, or try another model.`,
  "operator-account": () =>
    "This bot's account at Replicate can't run models just now. Its operator has to look after it.",
  "rate-limited": ({ retryAfterSeconds }) =>
    `Replicate takes no more requests for the moment. Try again in ${retryAfterSeconds} seconds.`,
  "replicate-unreachable": () => "Replicate could not be reached. Try again in a minute.",
  "create-unknown": () =>
    "The connection broke while this was sent to Replicate, so nobody knows whether it runs. Please ask again.",
  "output-gone": () =>
    "The result is not there any more: Replicate removes results after an hour. Please run it again.",
  "output-refused": () => "The model gave a file from a place that is not trusted, so it was not fetched.",
  // Where it is endless, or does not say how large it is, only the limit is known.
  "result-too-large": ({ bytes, limitBytes }) =>
    megabytes(bytes) === megabytes(limitBytes)
      ? `The result has more than ${megabytes(limitBytes)}, which is more than can be posted here. Try a smaller one.`
      : `The result has ${megabytes(bytes)} and can't be made to fit into ${megabytes(limitBytes)}. Try a smaller one.`,
  "store-unavailable": () => "The bot can't reach its store just now. Try again in a minute.",
  "change-unsure": () =>
    "The bot's store did not answer in time, so nobody knows whether this was done. Please look before you do it again: `/quota log` shows it if it was.",
  "shutting-down": () => "The bot is restarting. Try again in a minute.",
  gone: () => "This is too old: what it belongs to is not kept any more.",
  "already-done": () => "That was done already, and once is enough.",
  unexpected: ({ reference }) =>
    `Something went wrong that should not have. The operator finds it in the log under \`${reference}\`.`,
};

/** Every sentence that a person reads, in English. */
export const en = {
  problem: (reason: ProblemReason): string =>
    (problems[reason.kind] as (reason: ProblemReason) => string)(reason),
  charged: (cost: MicroDollars) => (cost === 0 ? "Nothing was charged." : `This used ${en.credits(cost)}.`),

  credits: (money: MicroDollars) =>
    `${amount(money)} ${/^(1|<.*)$/.test(amount(money)) ? "credit" : "credits"}`,
  left: (left: MicroDollars | "unlimited") =>
    left === "unlimited" ? "unlimited" : `${amount(Math.max(0, left))} left`,
  seconds: duration,
  clockTime,
  seed: (seed: number) => `seed ${seed}`,
  priceUnknown: "price unknown",
  languageName: (code: string, locale: string): string => {
    try {
      return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
    } catch {
      return code;
    }
  },

  inLine: (model: string, ahead: number, since: number) =>
    `${model} · ${ahead === 0 ? "next in line" : `${ahead} ahead in line`} · asked ${when(since)}`,
  waiting: (model: string, since: number, usualSeconds?: number) =>
    `${model} · waiting for a free machine · asked ${when(since)}${en.usually(usualSeconds)}`,
  coldStart: (model: string, since: number) =>
    `${model} · no machine is ready; one is being started, which can take minutes · asked ${when(since)}`,
  remembered: "already transcribed, so it is free",
  working: (model: string, since: number, { progress, usualSeconds }: Expectation = {}) =>
    `${model} · ${progress === undefined ? "working" : bar(progress)} · begun ${when(since)}${en.usually(usualSeconds)}`,
  usually: (seconds = 0) => (seconds >= 1 ? ` · usually ${duration(seconds)}` : ""),
  someFailed: (failed: number, all: number, why: string) => `${failed} of ${all} failed: ${why}`,
  undelivered: (files: number) =>
    `${files} more ${files === 1 ? "file" : "files"} could not be fetched, and cost nothing`,
  stoppedEarly: "Stopped early",
  stop: "Stop",
  again: "Again",
  vary: "Vary",
  remix: "Remix",
  /** `picture`: its number or its style, where there are several. */
  upscale: (picture?: string) => (picture === undefined ? "Upscale" : `Upscale ${picture}`),
  retry: "Retry",
  delete: "Delete",
  run: "Run",
  cancel: "Cancel",
  nothingRunsYet: "Nothing runs, and nothing is set aside, until you press Run",
  draftForgotten: "Forgotten. Nothing ran, and nothing was charged.",
  withdrawn: "This could not be answered.",
  comesDirectly: "This takes long: the answer will come to you as a direct message",
  askedIn: (channel: string) => `you asked this in <#${channel}>`,
  tooLarge: (name: string, bytes: number, url: string, until: number) =>
    `${name} has ${megabytes(bytes)}, which is more than can be posted here. It is at ${url} · this address ends ${when(until)}`,
  tooLargeAndGone: (name: string, bytes: number) =>
    `${name} has ${megabytes(bytes)}, which is more than can be posted here`,
  ready: (person: string) => `<@${person}> Your answer is ready.`,
  restName: "rest-of-the-answer",
  restInFile: "This is not all: the rest is in the attached file",
  restComesAsFile: "More is being written; it comes as a file",
  nothingSaid: "*(no speech was heard)*",
  remixForm: { title: "Remix", prompt: "What to draw" },

  usage: (spent: MicroDollars, left: MicroDollars | "unlimited", resetsAt: number) =>
    left === "unlimited"
      ? `You have used ${en.credits(spent)} today. Your credits are unlimited here.`
      : `You have used ${en.credits(spent)} today and have ${amount(Math.max(0, left))} left. They come back ${when(resetsAt)}.`,
  held: (held: MicroDollars) => `${en.credits(held)} are set aside for what is running`,
  bonus: (bonus: MicroDollars) => `${en.credits(bonus)} of bonus, which outlive the day`,

  source: {
    person: "a rule of their own",
    role: "their best role",
    everyone: "the rule for everyone",
    default: "the operator's default",
    dm: "the operator's default for direct messages",
  },
  ...administration,
  ...talk,
  ...jobs,
  ...pictures,
  speak,
  transcript,
  ...help,
  edit,
  ...film,
  voice,
  ...batch,
  heard,
};

export type Words = typeof en;
