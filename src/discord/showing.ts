import type { JobOf, RunningCommand, View } from "../commands/command.ts";
import { words } from "../locales/index.ts";
import type { Clock } from "../services/clock.ts";
import { hasEnded, type Job, type Run } from "../services/jobs.ts";
import type { Address } from "./address.ts";
import type { LiveReply } from "./live-reply.ts";
import type { AnswerMessages } from "./messages.ts";

/** How long it takes at the most until a text's stream was read again. */
const REPLAY_MS = 1_500;

/** How long before the token of a private answer dies its asker is told where it comes instead. */
const NOTICE_MS = 30_000;

/** How an answer is brought. */
export interface Bringing {
  /** Another process showed something of it before. */
  resumed: boolean;
  /** Aborted when somebody takes the answer away. */
  taken: AbortSignal;
}

/** One answer and the way to its messages. */
export interface Showing extends Bringing {
  address: Address;
  answer: AnswerMessages;
}

/** There is something to show: a run that succeeded, or the beginning of a text. */
export const showable = ({ state, result }: Run): boolean =>
  state === "succeeded" || Boolean(result?.text?.trim());

/** The job's View as it is shown at this address; `now` in milliseconds since 1970. */
export function viewAt({ address }: Showing, job: JobOf<never>, command: RunningCommand, now: number): View {
  const view = command.view(job);
  const say = words(job.request.locale);
  const moves = address.private && now >= address.expiresAt - NOTICE_MS && !job.runs.every(hasEnded);
  const notices = [
    ...(moves ? [say.comesDirectly] : []),
    ...(address.handedOver ? [say.askedIn(job.request.channel)] : []),
  ];
  return notices.length > 0 ? { ...view, quiet: [...notices, ...(view.quiet ?? [])] } : view;
}

/** Shows a job's updates as they come; resolves when there are no more. */
export async function showUpdates(
  updates: AsyncIterable<Job>,
  on: { live: LiveReply; showing: Showing; job: JobOf<never>; command: RunningCommand; clock: Clock },
): Promise<void> {
  const { live, showing, command, clock } = on;
  const { address } = showing;
  const over = new AbortController();
  let latest = on.job;
  let silent = showing.resumed;

  function show(): void {
    const update = latest;
    // What came to nothing is said by a refusal, and to its asker alone.
    if (update.runs.length > 0 && update.runs.every(hasEnded) && !update.runs.some(showable)) return;
    live.show(() => viewAt(showing, update, command, clock.now()));
  }

  /** A text is read again from its beginning after a restart: until that is done, what is on screen is more. */
  async function speak(): Promise<void> {
    await clock.sleep(REPLAY_MS, over.signal);
    silent = false;
    show();
  }

  /** Says before the token of a private answer dies where the answer will come instead. */
  async function announceMove(): Promise<void> {
    await clock.sleep(Math.max(0, address.expiresAt - NOTICE_MS - clock.now()), over.signal);
    show();
  }

  const pending = [...(silent ? [speak()] : []), ...(address.private ? [announceMove()] : [])];
  for (const each of pending) each.catch(() => undefined);
  try {
    for await (const update of updates) {
      latest = update as JobOf<never>;
      if (!silent) show();
    }
  } finally {
    over.abort(new Error("over"));
  }
}
