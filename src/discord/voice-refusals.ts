import type { Logger } from "pino";
import { PROBLEM_MARK, words } from "../locales/index.ts";
import type { Clock } from "../services/clock.ts";
import { Problem, type ProblemReason } from "../services/problem.ts";
import { createRecent } from "../services/recent.ts";
import { OutOfReach } from "./messages.ts";
import type { Notify } from "./notices.ts";
import { type Payload, renderProblem, renderText } from "./render.ts";
import type { Replies } from "./reply.ts";
import { VOICE_LOCALE, type VoiceMessage } from "./voice-message.ts";

/** What becomes of voice messages that are not transcribed. */
export interface VoiceRefusals {
  /** Tells those who can do something about it, and never too often. Never rejects. */
  refuse(voice: VoiceMessage, error: unknown): Promise<void>;
  /** The bot may reply in this channel: should that end, it is told again. */
  answered(channel: string): void;
}

/** Nobody who only spoke can do anything about these: they are in the log, and admins are told of budgets anyway. */
const silent: ReadonlySet<ProblemReason["kind"]> = new Set([
  "paused",
  "guild-not-served",
  "guild-budget-spent",
  "budget-spent",
  "model-denied",
  "unpriced",
  "operator-account",
  "store-unavailable",
  "shutting-down",
  "unexpected",
]);

/** The channel is gone (10003), or the bot may not see it (50001), write there (50013), or read what it replies to (160002, 160009). */
const UNANSWERABLE = new Set<unknown>([10_003, 50_001, 50_013, 160_002, 160_009]);

const isUnanswerable = (error: unknown) =>
  error instanceof OutOfReach || UNANSWERABLE.has((error as { code?: unknown }).code);

/** How often one person is told in one channel why they are not answered. */
const TELL_EVERY_MS = 60 * 60_000;

/** How many people and channels are remembered, over everything. */
const REMEMBERED = 10_000;

function sentenceFor(reason: ProblemReason): Payload {
  if (reason.kind !== "needs-confirmation") return renderProblem(reason, VOICE_LOCALE, 0);
  const say = words(VOICE_LOCALE);
  return renderText(`${PROBLEM_MARK} ${say.voice.dear(reason.needed)}\n-# ${say.charged(0)}`);
}

export function createVoiceRefusals(deps: {
  replies: Pick<Replies, "say">;
  notify: Notify;
  clock: Clock;
  log: Logger;
}): VoiceRefusals {
  const { clock, log } = deps;
  const told = createRecent<number>(REMEMBERED);
  const unanswerable = createRecent<true>(REMEMBERED);

  async function cannotReply({ guild, channel }: VoiceMessage, error: unknown): Promise<void> {
    if (unanswerable.has(channel)) return;
    unanswerable.set(channel, true);
    log.warn({ guild, channel, error }, "Voice messages are to be transcribed here, but the bot can't reply");
    await deps.notify({ kind: "voice-unanswered", guild, channel });
  }

  /** Whether this person is to be told something in this channel; not so soon again from now on. */
  function isTold({ channel, asker }: VoiceMessage): boolean {
    const key = `${channel}/${asker.id}`;
    const before = told.get(key);
    if (before !== undefined && clock.now() - before < TELL_EVERY_MS) return false;
    told.set(key, clock.now());
    return true;
  }

  async function refuse(voice: VoiceMessage, error: unknown): Promise<void> {
    const { id } = voice;
    if (isUnanswerable(error)) return cannotReply(voice, error);
    if (!(error instanceof Problem)) return log.error({ message: id, error }, "A voice message failed");
    const { reason } = error;
    log.info({ message: id, problem: reason.kind }, "A voice message is not transcribed");
    if (silent.has(reason.kind) || !isTold(voice)) return;
    await deps.replies.say(voice, sentenceFor(reason));
  }

  return {
    refuse: (voice, error) =>
      refuse(voice, error).catch((failure: unknown) =>
        isUnanswerable(failure)
          ? cannotReply(voice, failure)
          : log.warn({ message: voice.id, error: failure }, "The refusal did not arrive"),
      ),
    answered: (channel) => unanswerable.delete(channel),
  };
}
