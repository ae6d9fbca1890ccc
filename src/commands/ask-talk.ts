import type { Talk } from "../services/conversations.ts";
import type { AskRequest } from "./ask-options.ts";

/** Whose conversation a request belongs to. */
export const talkOf = ({ asker, channel }: AskRequest, hidden = false): Talk => ({
  person: asker.id,
  channel,
  private: hidden,
});

/** Whether what was said before matters: a text is summarised and translated as it is. */
export const knowsTalk = ({ options, about }: AskRequest) => !options.new && !about?.task;

/** What was asked, as the next turn should know it: neither a picture nor a text that it was about is sent again. */
export function askedIn({ options: { prompt, image }, about }: AskRequest): string {
  if (about) return `${prompt}\n(about a recording, ${about.title})`;
  return image ? `${prompt}\n(about a picture, ${image.name})` : prompt;
}

/** What a long translation leaves of itself: whole, it would leave no room for anything else. */
const MAX_REMEMBERED = 4_000;

export const answeredIn = ({ about }: AskRequest, answer: string) =>
  about && answer.length > MAX_REMEMBERED ? `${answer.slice(0, MAX_REMEMBERED)} […]` : answer;
