import { PROBLEM_MARK } from "../../src/locales/index.ts";
import type { Exchange, SeenMessage } from "../discord/person.ts";
import type { SavedFile, SavedFiles } from "./saved-files.ts";

/** A finished reply, as `--json` prints it. */
export interface Reply {
  command: string;
  /** It is an answer, not a refusal. */
  ok: boolean;
  /** All messages of the answer. */
  content: string;
  files: SavedFile[];
  buttons: string[];
  private: boolean;
  /** What the bot posted meanwhile without being asked; left out where it posted nothing. */
  posts?: { place: string; content: string }[];
}

/** What Discord's client says where the bot sent no first response within 3 seconds. */
export const NO_RESPONSE = "The application did not respond";
const NO_ANSWER = "Replicord took the command, but the answer never came.";
const NO_REPLY = "Nobody replied.";

/** A failure is the first message, or a private one after a public one. */
const isRefusal = (messages: readonly SeenMessage[]) =>
  messages.some(
    (message, index) =>
      message.content.startsWith(PROBLEM_MARK) && (index === 0 || (message.private && !messages[0]?.private)),
  );

/** A reply that never reached the bot: a line that could not be understood. */
export const refusal = (command: string, content: string): Reply => ({
  command,
  ok: false,
  content,
  files: [],
  buttons: [],
  private: true,
});

/** Resolves when nothing about an exchange changes any more: responded to, and nothing handled or delivered. */
export async function finished(exchange: Exchange, bot: { idle(): Promise<void> }): Promise<void> {
  await exchange.until(({ state }) => state !== "waiting", 60_000);
  await bot.idle();
}

/** What came of an exchange that is finished, its files saved. */
export async function replyOf(
  command: string,
  { state, messages }: Exchange,
  files: SavedFiles,
): Promise<Reply> {
  if (state === "failed") return refusal(command, NO_RESPONSE);
  if (command === "voice" && messages.length === 0) return refusal(command, NO_REPLY);
  if (messages.length === 0 || messages.some(({ thinking }) => thinking)) return refusal(command, NO_ANSWER);
  return {
    command,
    ok: !isRefusal(messages),
    content: messages.map(({ content }) => content).join("\n"),
    files: await files.save(messages),
    buttons: messages.flatMap(({ buttons }) => buttons.map(({ label }) => label)),
    private: messages.every((message) => message.private),
  };
}
