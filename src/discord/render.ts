import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponentWithCustomId,
  type APIStringSelectComponent,
  MessageFlags,
} from "discord.js";
import type { Button, Select, View, ViewFile } from "../commands/command.ts";
import { PROBLEM_MARK, words } from "../locales/index.ts";
import { isRetryable, type ProblemReason } from "../services/problem.ts";
import { encode } from "./component-id.ts";
import { fileKey, layOut, quietly } from "./file-pages.ts";
import { harmless, hasManyLinks } from "./harmless.ts";
import { MESSAGE_LIMIT, type Part, split as splitText } from "./split.ts";
import type { ZipNote } from "./zip.ts";

/** The body of a message, without its files. */
export interface Payload {
  content: string;
  components: APIActionRowComponent<APIButtonComponentWithCustomId | APIStringSelectComponent>[];
  allowed_mentions: APIAllowedMentions;
  flags?: number;
}

/** Nobody is pinged by what a model or a person wrote. */
export const noMentions: APIAllowedMentions = { parse: [] };

const styles = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

/** Whose buttons these are. */
interface Owner {
  command: string;
  job: string;
}

/** Five buttons a row and five rows a message (Discord). */
const ROW = 5;
const ROWS = 5;

const buttonOf = ({ label, action, style = "secondary", arg }: Button, owner: Owner) => ({
  type: ComponentType.Button as const,
  style: styles[style],
  label: label.slice(0, 80),
  custom_id: encode({ ...owner, action, ...(arg === undefined ? {} : { arg }) }),
});

const MAX_CHOICES = 25;

/** A list to choose from, in a row of its own. */
const selectRow = (
  { action, placeholder, choices }: Select,
  owner: Owner,
): Payload["components"][number] => ({
  type: ComponentType.ActionRow,
  components: [
    {
      type: ComponentType.StringSelect,
      custom_id: encode({ ...owner, action }),
      placeholder: placeholder.slice(0, 150),
      options: choices.slice(0, MAX_CHOICES).map(({ label, value, description }) => ({
        label: label.slice(0, 100),
        value,
        ...(description ? { description: description.slice(0, 100) } : {}),
      })),
    },
  ],
});

/** As many rows as it takes. */
const rows = (buttons: readonly Button[], owner: Owner): Payload["components"] =>
  Array.from({ length: Math.min(ROWS, Math.ceil(buttons.length / ROW)) }, (_, index) => ({
    type: ComponentType.ActionRow,
    components: buttons.slice(index * ROW, (index + 1) * ROW).map((button) => buttonOf(button, owner)),
  }));

const payload = (content: string, components: Payload["components"] = []): Payload => ({
  content,
  components,
  allowed_mentions: noMentions,
  ...(hasManyLinks(content) ? { flags: MessageFlags.SuppressEmbeds } : {}),
});

const componentsOf = ({ buttons = [], select }: View, owner: Owner): Payload["components"] => [
  ...rows(buttons, owner),
  ...(select && select.choices.length > 0 ? [selectRow(select, owner)] : []),
];

/** One message of an answer, and the files that hang on it. */
export interface Rendered {
  payload: Payload;
  files: readonly ViewFile[];
}

/** How many messages an answer has at the most, if nobody says otherwise. */
const MAX_MESSAGES = 5;

interface Showing {
  owner?: Owner;
  locale?: string;
  /** Of the text; what is more becomes a file. */
  maxMessages?: number;
  /** How many messages there can be in all, those with more files among them. */
  maxTotal?: number | undefined;
  /** What has to be said about files, by their keys. */
  notes?: ReadonlyMap<string, ZipNote>;
  /** Files that can't be posted here, by their keys: their address is given instead, as long as it answers. */
  unpostable?: ReadonlyMap<string, ProblemReason>;
  /** Milliseconds since 1970. */
  now?: number;
  /** Nothing comes after this View. */
  isFinal?: boolean;
}

/** What is said in the place of a file that is too large. */
function insteadOf(file: ViewFile, { unpostable, locale = "en-US", now = 0 }: Showing): string[] {
  const { name, from } = file;
  const reason = unpostable?.get(fileKey(file));
  if (!reason) return [];
  const say = words(locale);
  if (reason.kind !== "result-too-large") return [say.notFetched(name)];
  if ("zip" in from) return [say.noZip(reason.limitBytes)];
  const { url, until = 0 } = "url" in from ? from : { url: "" };
  return [
    until > now ? say.tooLarge(name, reason.bytes, url, until) : say.tooLargeAndGone(name, reason.bytes),
  ];
}

/** The source of these parts, without what the cuts added. */
const textOf = (parts: readonly Part[]) => parts.map(({ text }) => text).join("");

/** The quiet lines never make a second cut into the text: where they find no room they stand in a message of their own. */
function closing(last: string, quiet: string): string[] {
  if (!quiet) return [last];
  const joined = `${last}\n${quiet}`;
  return joined.length <= MESSAGE_LIMIT ? [joined] : [last, quiet];
}

/** Less would be no message. */
const SMALLEST_PART = 120;

/** As many messages as are allowed, and what finds no room there: a file in the end, a line that says so from the beginning. */
function cutOff(text: string, lines: readonly string[], maxMessages: number, showing: Showing) {
  const { locale = "en-US", isFinal = true } = showing;
  const say = words(locale);
  const quiet = quietly([isFinal ? say.restInFile : say.restComesAsFile, ...lines]);
  const lastRoom = Math.max(SMALLEST_PART, MESSAGE_LIMIT - quiet.length - 1);
  const parts = splitText(text, (index) => (index === maxMessages - 1 ? lastRoom : MESSAGE_LIMIT));
  const shown = parts.slice(0, maxMessages).map(({ content }) => content);
  const from = { text: textOf(parts.slice(maxMessages)).trimStart(), extension: "md" };
  return {
    contents: [...shown.slice(0, -1), `${shown.at(-1) ?? ""}\n${quiet}`],
    files: isFinal ? [{ name: say.restName, from }] : [],
  };
}

/** The text with its quiet lines in messages, and the file of what is too much for them. */
function contentsOf(
  text: string,
  lines: readonly string[],
  showing: Showing,
): { contents: string[]; files: ViewFile[] } {
  const { maxMessages = MAX_MESSAGES } = showing;
  const parts = splitText(text).map(({ content }) => content);
  const contents = [...parts.slice(0, -1), ...closing(parts.at(-1) ?? "", quietly(lines))];
  if (contents.length <= maxMessages) return { contents, files: [] };
  return cutOff(text, lines, maxMessages, showing);
}

/**
 * A View as the messages that show it: the text, split, with the quiet lines in the end; the first files hang on the
 * last of these, more of them on messages of their own; the buttons are on the very last.
 */
export function render(view: View, showing: Showing = {}): Rendered[] {
  const { owner } = showing;
  const wanted = view.files ?? [];
  const posted = wanted.filter((file) => !showing.unpostable?.has(fileKey(file)));
  const instead = wanted.flatMap((file) => insteadOf(file, showing));
  const text = harmless(view.text.trim());
  const laidOut = layOut(
    posted,
    (lines) => contentsOf(text, [...instead, ...lines, ...(view.quiet ?? [])], showing),
    showing,
  );
  const components = owner ? componentsOf(view, owner) : [];
  return laidOut.map(({ content, files }, index) => ({
    payload: payload(content, index === laidOut.length - 1 ? components : []),
    files,
  }));
}

/**
 * A Problem as the sentence that one person reads, and what it cost where something could have. `failed` is the job that
 * can be tried again, where that makes sense.
 */
export function renderProblem(reason: ProblemReason, locale: string, cost?: number, failed?: Owner): Payload {
  const say = words(locale);
  const charged = cost === undefined ? "" : `\n-# ${say.charged(cost)}`;
  const retry = failed && isRetryable(reason) ? rows([{ label: say.retry, action: "retry" }], failed) : [];
  return payload(`${PROBLEM_MARK} ${say.problem(reason)}${charged}`.slice(0, MESSAGE_LIMIT), retry);
}

export const renderText = (content: string): Payload => payload(content);
