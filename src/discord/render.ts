import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponentWithCustomId,
  MessageFlags,
} from "discord.js";
import type { Button, View, ViewFile } from "../commands/command.ts";
import { PROBLEM_MARK, words } from "../locales/index.ts";
import type { ProblemReason } from "../services/problem.ts";
import { encode } from "./component-id.ts";
import { harmless, hasManyLinks } from "./harmless.ts";
import { MESSAGE_LIMIT, type Part, split as splitText } from "./split.ts";

/** The body of a message, without its files. */
export interface Payload {
  content: string;
  components: APIActionRowComponent<APIButtonComponentWithCustomId>[];
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

const row = (buttons: readonly Button[], command: string, job: string): Payload["components"] =>
  buttons.length === 0
    ? []
    : [
        {
          type: ComponentType.ActionRow,
          components: buttons.slice(0, 5).map(({ label, action, style = "secondary", arg }) => ({
            type: ComponentType.Button,
            style: styles[style],
            label: label.slice(0, 80),
            custom_id: encode({ command, action, job, ...(arg === undefined ? {} : { arg }) }),
          })),
        },
      ];

const payload = (content: string, components: Payload["components"] = []): Payload => ({
  content,
  components,
  allowed_mentions: noMentions,
  ...(hasManyLinks(content) ? { flags: MessageFlags.SuppressEmbeds } : {}),
});

/** One message of an answer, and the files that hang on it. */
export interface Rendered {
  payload: Payload;
  files: readonly ViewFile[];
}

/** Ten attachments a message (Discord). */
const MAX_FILES = 10;

/** How many messages an answer has at the most, if nobody says otherwise. */
const MAX_MESSAGES = 5;

interface Showing {
  owner?: { command: string; job: string };
  locale?: string;
  /** What is more becomes a file. */
  maxMessages?: number;
  /** Nothing comes after this View. */
  isFinal?: boolean;
}

/** What does not fit into the messages: a file in the end, and a line that says so from the beginning. */
function overflow(rest: string, { locale = "en-US", isFinal = true }: Showing) {
  if (!rest.trim()) return { lines: [], files: [] };
  const say = words(locale);
  const file: ViewFile = { name: say.restName, from: { text: rest.trimStart(), extension: "md" } };
  return isFinal ? { lines: [say.restInFile], files: [file] } : { lines: [say.restComesAsFile], files: [] };
}

/** The source of these parts, without what the cuts added. */
const textOf = (parts: readonly Part[]) => parts.map(({ text }) => text).join("");

/** A View as the messages that show it: text split, quiet lines, buttons and files on the last. */
export function render(view: View, showing: Showing = {}): Rendered[] {
  const { owner, maxMessages = MAX_MESSAGES } = showing;
  const split = splitText(harmless(view.text.trim()));
  const rest = overflow(textOf(split.slice(maxMessages)), showing);
  const parts = split.slice(0, maxMessages).map(({ content }) => content);
  const quiet = [...rest.lines, ...(view.quiet ?? [])].map((line) => `-# ${line}`).join("\n");
  const last = parts.pop() ?? "";
  const joined = quiet ? `${last}\n${quiet}` : last;
  // The quiet lines never make a second cut into the text: they then stand in a message of their own.
  const tail = joined.length <= MESSAGE_LIMIT ? [joined] : [last, quiet];
  const contents = [...parts, ...tail];
  const buttons = owner ? row(view.buttons ?? [], owner.command, owner.job) : [];
  const files = [...(view.files ?? []), ...rest.files].slice(0, MAX_FILES);
  return contents.map((content, index) =>
    index === contents.length - 1
      ? { payload: payload(content, buttons), files }
      : { payload: payload(content), files: [] },
  );
}

/** A Problem as the sentence that one person reads, and what it cost where something could have. */
export function renderProblem(reason: ProblemReason, locale: string, cost?: number): Payload {
  const say = words(locale);
  const charged = cost === undefined ? "" : `\n-# ${say.charged(cost)}`;
  return payload(`${PROBLEM_MARK} ${say.problem(reason)}${charged}`.slice(0, MESSAGE_LIMIT));
}

export const renderText = (content: string): Payload => payload(content);
