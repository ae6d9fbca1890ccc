import { type APIMessageComponentInteraction, DiscordAPIError } from "discord.js";
import type { Logger } from "pino";
import type { JobOf, RunningCommand, View } from "../commands/command.ts";
import { words } from "../locales/index.ts";
import type { Clock } from "../services/clock.ts";
import type { Services } from "../services/index.ts";
import type { Job, Run } from "../services/jobs.ts";
import { isStoreAway, Problem, type ProblemReason } from "../services/problem.ts";
import { type Address, messagesAt } from "./address.ts";
import { type DirectMessages, refusesDirectMessages } from "./direct-messages.ts";
import { createEndings } from "./endings.ts";
import { createPostFiles } from "./files.ts";
import { createLiveReply, type LiveReply } from "./live-reply.ts";
import { type Messages, OutOfReach } from "./messages.ts";
import { createPatience, isLasting, pauseMs } from "./patience.ts";
import { refuse } from "./refusal.ts";
import { createRemoval, type Remove } from "./removal.ts";
import { renderText } from "./render.ts";
import { createShowAgain, type ShowAgain } from "./show-again.ts";
import { type Bringing, type Showing, showable, showUpdates, viewAt } from "./showing.ts";
import { createUnderWay } from "./under-way.ts";

/** Follows a job and shows it where it was asked for. */
export interface Delivery {
  /**
   * Resolves when the answer is on screen, or can't be brought there; never rejects.
   * `resumed`: another process showed something of it before.
   */
  deliver(job: Job, address: Address, how?: { resumed?: boolean }): Promise<void>;
  /** Takes an answer away, with everything that is kept of it. */
  remove: Remove;
  /** Takes away a message of an answer that is away already. */
  removePressed(press: APIMessageComponentInteraction): Promise<void>;
  /** Brings a finished answer once more, to its asker alone. */
  showAgain: ShowAgain;
  /** Resolves when nothing is being delivered. */
  idle(): Promise<void>;
}

/** An answer that took longer than this ends with a new message that its asker is told of. */
const LONG_MS = 60_000;

/** Messages, channels and access that are gone, and tokens that are: nothing more can be shown there. */
const UNREACHABLE = new Set<string | number>([10_003, 10_008, 10_015, 50_001, 50_013, 50_027]);

const isUnreachable = (error: unknown) => error instanceof DiscordAPIError && UNREACHABLE.has(error.code);

const localeOf = ({ request }: Job) => (request as { locale?: string } | null)?.locale ?? "en-US";

/** How an answer goes on. */
interface Next {
  job: Job;
  address: Address;
  /** Something of it may be on screen. */
  resumed: boolean;
  /** How often the store was away for it. */
  attempt: number;
}

export function createDelivery(deps: {
  services: Services;
  messages: Messages;
  directMessages: DirectMessages;
  clock: Clock;
  log: Logger;
  commandOf: (name: string) => RunningCommand | undefined;
  /** How many messages an answer has at the most. */
  maxMessages: number;
  /** Aborted when the bot stops following; what is not delivered is followed again at the next start. */
  signal: AbortSignal;
}): Delivery {
  const { services, messages, directMessages, clock, log, signal } = deps;
  const { runner, jobs } = services;
  const patience = createPatience(clock, signal);
  const { note, close, keep } = createEndings({ jobs, files: services.files, patience, log });
  const underWay = createUnderWay((error) => log.error({ error }, "not delivered"));
  const postFiles = createPostFiles(services.files);
  const takeAway = createRemoval({ services, messages, clock, log });
  const showAgain = createShowAgain({ ...deps, jobs, postFiles });

  function show(job: JobOf<never>, { address, answer }: Showing): LiveReply {
    return createLiveReply({
      shown: address.messages,
      messages: answer,
      clock,
      owner: { command: job.command, job: job.id },
      locale: job.request.locale,
      maxMessages: deps.maxMessages,
      maxTotal: messagesAt(address),
      // Where nothing can be shown any more, nothing more is spent.
      lost: (error) => void (isUnreachable(error) && cancel(job)),
      postFiles: (files, post) => postFiles(files, address.fileLimitBytes, post),
      shrink: (bytes) => void (address.fileLimitBytes = Math.floor(bytes / 2)),
      unsure: address.growing,
      grows() {
        address.growing = true;
        return note(job, address);
      },
      grew(ids) {
        address.messages = [...ids];
        address.growing = false;
        return note(job, address);
      },
    });
  }

  const cancel = (job: Job): void => {
    runner
      .cancel(job.id)
      .catch((error: unknown) => log.warn({ job: job.id, error }, "the stop was not stored"));
  };

  async function bringTo(showing: Showing, job: JobOf<never>, command: RunningCommand): Promise<void> {
    const live = show(job, showing);
    const stop = () => void live.abandon();
    const ends = [signal, showing.taken];
    for (const end of ends) end.addEventListener("abort", stop, { once: true });
    try {
      await follow(live, showing, job, command);
    } finally {
      for (const end of ends) end.removeEventListener("abort", stop);
      // However it ended: nothing is shown any more.
      await live.abandon();
    }
  }

  async function follow(
    live: LiveReply,
    showing: Showing,
    job: JobOf<never>,
    command: RunningCommand,
  ): Promise<void> {
    const next = (finished: readonly Run[]) => command.runs(job.request, finished);
    await command
      .begun?.(job, services)
      .catch((error: unknown) => log.warn({ job: job.id, error }, "what begins with it was not done"));
    const updates = runner.follow(job, next, signal);
    await showUpdates(updates, { live, showing, job, command, clock });
    if (signal.aborted) return;
    if (showing.taken.aborted) return close(job);
    // What a command keeps for later is no reason for this answer not to be shown.
    await command
      .ended?.(job, services)
      .catch((error: unknown) => log.warn({ job: job.id, error }, "not remembered"));
    const ending = await conclude(live, showing, job, command);
    // Not on screen yet: the next start brings it there.
    if (ending === "interrupted") return;
    await close(job);
    const seconds = (clock.now() - job.createdAt) / 1000;
    log.info({ job: job.id, seconds, problem: ending?.kind }, "delivered");
  }

  /** The last View, or why there is none; resolves with that reason. */
  async function conclude(
    live: LiveReply,
    showing: Showing,
    job: JobOf<never>,
    command: RunningCommand,
  ): Promise<ProblemReason | "interrupted" | undefined> {
    const problem = job.runs.some(showable) ? undefined : job.runs.find((run) => run.problem)?.problem;
    if (problem) await live.abandon();
    const refused = problem ?? (await finish(live, viewAt(showing, job, command, clock.now())));
    if (signal.aborted) return "interrupted";
    if (showing.taken.aborted) return undefined;
    if (refused) await refuse(showing, refusalOf(job, showing, refused));
    else await announce(job, showing);
    return refused;
  }

  const refusalOf = (job: Job, { address }: Showing, reason: ProblemReason) => ({
    reason,
    locale: localeOf(job),
    cost: job.runs.reduce((sum, run) => sum + (run.cost ?? 0), 0),
    owner: { command: job.command, job: job.id },
    now: clock.now(),
    patience,
    saying() {
      address.refused = true;
      return note(job, address);
    },
  });

  /** Shows this for good; resolves with the reason where it can't be shown. */
  const finish = (live: LiveReply, view: View): Promise<ProblemReason | undefined> =>
    live.finish(view).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        return error.reason;
      },
    );

  /** The one message that may mention somebody: its asker, after a long wait in public; once, whatever happens. */
  async function announce(job: JobOf<never>, { address, answer }: Showing): Promise<void> {
    const isShort = clock.now() - job.createdAt < LONG_MS;
    // Nobody waits for what they did not ask for.
    const isUnasked = address.replyTo !== undefined;
    if (address.private || address.handedOver || address.announced || isUnasked || isShort) return;
    address.announced = true;
    await note(job, address);
    const ready = renderText(words(job.request.locale).ready(job.asker.id));
    const said = await answer
      .send(() => ({ ...ready, allowed_mentions: { parse: [], users: [job.asker.id] } }))
      .catch((error: unknown) => log.warn({ job: job.id, error }, "The asker could not be told"));
    if (said) address.ready = said.id;
  }

  /** Made by a version that had this command, or by another bot's: nobody can show it. */
  async function abandon(job: Job, showing: Showing): Promise<void> {
    log.error({ job: job.id, command: job.command }, "no such command any more");
    await refuse(showing, { ...refusalOf(job, showing, { kind: "gone" }), cost: 0 });
    await runner.withdraw(job);
  }

  /** Nothing can be shown. What passes is no reason: the job is still there. */
  async function giveUp(job: Job, showing: Showing, error: unknown): Promise<void> {
    const problem = error instanceof Problem ? error.reason : undefined;
    if (!problem && !isLasting(error)) return;
    cancel(job);
    if (isUnreachable(error)) return close(job);
    const reason = problem ?? { kind: "unexpected", reference: job.id };
    await refuse(showing, refusalOf(job, showing, reason)).catch((failure: unknown) =>
      log.error({ job: job.id, error: failure }, "not even refused"),
    );
    // Something was made, and paid for.
    await (job.runs.some(showable) ? keep(job) : close(job));
  }

  /** Where it goes instead, which is stored; where nobody takes it there it is kept for its asker to call up. */
  async function elsewhere(job: Job, address: Address): Promise<Address | undefined> {
    const ask = () => directMessages.instead(address, job.asker.id);
    const direct = address.handedOver
      ? undefined
      : await patience.until(ask, isLasting).catch((error: unknown) => {
          if (!isLasting(error)) throw error;
          return undefined;
        });
    if (direct) {
      await note(job, direct);
      return direct;
    }
    await keep(job);
    return undefined;
  }

  /** The store was away for longer than anybody insisted: it goes on as after a restart, with what is stored. */
  async function afterOutage(job: Job, address: Address, attempt: number): Promise<Next | undefined> {
    log.warn({ job: job.id }, "The store is away: the answer is taken up again when it is back");
    await clock.sleep(pauseMs(attempt), signal).catch(() => undefined);
    const stored = await patience.until(() => jobs.get(job.id), isLasting);
    return stored?.state === "open" ? { job: stored, address, resumed: true, attempt } : undefined;
  }

  /** Resolves with how the answer goes on, where it could not be brought here and now. */
  async function bring(
    { job, address, resumed, attempt }: Next,
    taken: AbortSignal,
  ): Promise<Next | undefined> {
    const command = deps.commandOf(job.command);
    const showing = { address, answer: messages.of(address), resumed, taken };
    try {
      await (command ? bringTo(showing, job as JobOf<never>, command) : abandon(job, showing));
    } catch (error) {
      if (error instanceof OutOfReach || (address.handedOver && refusesDirectMessages(error)))
        return await elsewhere(job, address).then(
          (place) => place && { job, address: place, resumed, attempt },
        );
      if (isStoreAway(error)) {
        if (signal.aborted || taken.aborted) return undefined;
        return await afterOutage(job, address, attempt + 1);
      }
      if (isUnreachable(error)) log.info({ job: job.id, error }, "its place is gone");
      else log.error({ job: job.id, error }, "not delivered");
      await giveUp(job, showing, error);
    } finally {
      showing.answer.close();
    }
    return undefined;
  }

  async function bringSomewhere(job: Job, address: Address, { resumed, taken }: Bringing): Promise<void> {
    let next: Next | undefined = { job, address, resumed, attempt: 0 };
    while (next) next = await bring(next, taken);
  }

  return {
    deliver: (job, address, { resumed = false } = {}) =>
      underWay.begin(job.id, (taken) => bringSomewhere(job, address, { resumed, taken })),
    async remove(job, press) {
      await runner.cancel(job.id);
      await underWay.take(job.id);
      await takeAway.all((await jobs.get(job.id)) ?? job, press);
    },
    removePressed: takeAway.pressed,
    showAgain: (job, address) => underWay.track(showAgain(job, address)),
    idle: underWay.idle,
  };
}
