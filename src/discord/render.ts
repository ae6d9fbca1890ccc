import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponentWithCustomId,
} from "discord.js";
import type { Button, View } from "../commands/command.ts";
import { words } from "../locales/index.ts";
import { PROBLEM_MARK } from "../locales/index.ts";
import type { ProblemReason } from "../services/problem.ts";
import { encode } from "./component-id.ts";
import { MESSAGE_LIMIT, split } from "./split.ts";

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
          components: buttons.slice(0, 5).map(({ label, action, style = "secondary" }) => ({
            type: ComponentType.Button,
            style: styles[style],
            label: label.slice(0, 80),
            custom_id: encode({ command, action, job }),
          })),
        },
      ];

const payload = (content: string, components: Payload["components"] = []): Payload => ({
  content,
  components,
  allowed_mentions: noMentions,
});

/** A View as the messages that show it: text split, quiet lines and buttons on the last. */
export function render(view: View, owner?: { command: string; job: string }): Payload[] {
  const quiet = (view.quiet ?? []).map((line) => `-# ${line}`).join("\n");
  const parts = split(view.text.trim());
  const last = parts.pop() ?? "";
  const joined = quiet ? `${last}\n${quiet}` : last;
  // The quiet lines never make a second cut into the text: they then stand in a message of their own.
  const tail = joined.length <= MESSAGE_LIMIT ? [joined] : [last, quiet];
  const contents = [...parts, ...tail];
  return contents.map((content, index) => {
    const isLast = index === contents.length - 1;
    return payload(content, isLast && owner ? row(view.buttons ?? [], owner.command, owner.job) : []);
  });
}

/** A Problem as the sentence that one person reads, and what it cost where something could have. */
export function renderProblem(reason: ProblemReason, locale: string, cost?: number): Payload {
  const say = words(locale);
  const charged = cost === undefined ? "" : `\n-# ${say.charged(cost)}`;
  return payload(`${PROBLEM_MARK} ${say.problem(reason)}${charged}`.slice(0, MESSAGE_LIMIT));
}

export const renderText = (content: string): Payload => payload(content);
