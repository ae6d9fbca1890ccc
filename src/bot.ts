import { setMaxListeners } from "node:events";
import {
  type APIInteraction,
  Client,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  type GatewayMessageCreateDispatchData,
  REST,
} from "discord.js";
import type { Logger } from "pino";
import { commandsFor, featuresOf } from "./commands/features.ts";
import { commands as allCommands } from "./commands/index.ts";
import type { Config } from "./config.ts";
import { createAccess } from "./discord/access.ts";
import { commandsByName } from "./discord/commands-by-name.ts";
import { createDelivery } from "./discord/delivery.ts";
import { createDirectMessages } from "./discord/direct-messages.ts";
import { createInvalidRequests } from "./discord/invalid-requests.ts";
import { createLanes } from "./discord/lanes.ts";
import { createMessages } from "./discord/messages.ts";
import { createNotices } from "./discord/notices.ts";
import { createOpen } from "./discord/opening.ts";
import { createPatience } from "./discord/patience.ts";
import { createRecovery } from "./discord/recovery.ts";
import { register } from "./discord/register.ts";
import { createReplies } from "./discord/reply.ts";
import { createResponses } from "./discord/responses.ts";
import { restSettings } from "./discord/rest.ts";
import { createRouter } from "./discord/router.ts";
import { createVoiceMessages } from "./discord/voice-messages.ts";
import { type Clock, systemClock } from "./services/clock.ts";
import { expiry } from "./services/deadline.ts";
import { createServices } from "./services/index.ts";
import { fromCredits } from "./services/money.ts";
import type { Job } from "./services/jobs.ts";
import type { MediaSettings } from "./services/replicate/media.ts";
import { prepareContentTypes } from "./services/replicate/content-type.ts";
import { ReplicateFailure } from "./services/replicate/retry.ts";

/** A reason why the bot can't start, as one sentence for the operator. */
export class StartError extends Error {}

/** What a started bot tells its operator. */
export interface Greeting {
  name: string;
  application: string;
  guilds: number;
  store: string;
}

export interface Bot {
  /** Online, commands registered, and following again what was not delivered. @throws {StartError | StoreError} */
  start(): Promise<Greeting>;
  /** Resolves when nothing is being handled or delivered. */
  idle(): Promise<void>;
  /** Leaves Discord, gives what runs the grace, keeps the rest for the next start. */
  stop(graceMs?: number): Promise<void>;
}

const NO_DISCORD =
  "Discord did not accept DISCORD_TOKEN: copy it anew at https://discord.com/developers/applications (your application, Bot, Reset Token) and put it into .env";
const NO_REPLICATE =
  "Replicate did not accept REPLICATE_API_TOKEN: copy it anew at https://replicate.com/account/api-tokens and put it into .env";

const NO_VOICE =
  "Discord does not let this bot read messages, which VOICE_MESSAGES=on needs: switch on Message Content Intent at https://discord.com/developers/applications (your application, Bot, Privileged Gateway Intents), or set VOICE_MESSAGES=off in .env";
/** The application does not have a privileged intent that was asked for. */
const DISALLOWED_INTENTS: number = GatewayCloseCodes.DisallowedIntents;

/** Of Discord's three seconds for a first response: what is not there by then is sent again. */
const RESPONSE_TIMEOUT_MS = 1_500;

/**
 * Slash commands, buttons and direct messages arrive without any intent. Voice messages need these, the second of which
 * is privileged; without Guilds, so that nothing delays READY.
 */
const hearing = [GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent];

/** The composition root: the only place where the modules are wired together. */
export async function createBot(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
  downloads?: MediaSettings,
): Promise<Bot> {
  const services = await createServices(config, log, clock, downloads);
  const settings = restSettings(config.DISCORD_API_URL);
  const client = new Client({ intents: config.VOICE_MESSAGES ? hearing : [], rest: settings });
  // Interactions are not bound to the bot's global limit, so they do not wait behind what is; and they need no token.
  const unbound = { ...settings, globalRequestsPerSecond: Number.POSITIVE_INFINITY };
  // One attempt each: whoever sends a message has to know whether it may have been sent before.
  const webhook = new REST({ ...unbound, retries: 0 });
  const callbacks = new REST({ ...unbound, retries: 0, timeout: RESPONSE_TIMEOUT_MS });
  const detached = new AbortController();
  // Every answer on its way listens.
  setMaxListeners(0, detached.signal);
  const invalid = createInvalidRequests(
    clock,
    () =>
      log.error(
        "Discord refuses so much that it would soon ban this address: nothing is sent for up to ten minutes",
      ),
    detached.signal,
  );
  for (const rest of [client.rest, webhook, callbacks])
    rest.on("response", (_request, { status, headers }) =>
      invalid.count(status, headers.get("x-ratelimit-scope")),
    );
  const commands = commandsFor(allCommands, featuresOf(config));
  const names = commandsByName(commands);
  const messages = createMessages({
    lanes: createLanes({ webhook, channel: client.rest, clock }),
    room: invalid.room,
    clock,
  });
  const delivery = createDelivery({
    services,
    directMessages: createDirectMessages(client.rest),
    messages,
    clock,
    log,
    commandOf: (name) => names.running(name),
    maxMessages: config.MAX_MESSAGES,
    signal: detached.signal,
  });
  const responses = createResponses({ rest: callbacks, clock });
  const recovery = createRecovery({
    runner: services.runner,
    jobs: services.jobs,
    delivery,
    responses,
    patience: createPatience(clock, detached.signal),
    clock,
    log,
    signal: detached.signal,
  });
  /** Resolves when all that was to be taken up is. */
  let resuming: Promise<unknown> = Promise.resolve();
  const takeUp = (jobs: readonly Job[]) => {
    resuming = Promise.all([resuming, recovery.resume(jobs)]);
  };
  const recover = (job: Job) => takeUp([job]);
  const access = createAccess({
    guilds: services.guilds,
    models: { ask: config.ASK_MODEL, imagine: config.IMAGINE_MODEL, transcribe: config.TRANSCRIBE_MODEL },
    allowedGuilds: config.ALLOWED_GUILDS,
    operators: config.OPERATOR_IDS,
  });
  const confirmAbove =
    config.CONFIRM_ABOVE_CREDITS > 0 ? fromCredits(config.CONFIRM_ABOVE_CREDITS) : undefined;
  const router = createRouter({
    recover,
    commands: names,
    services,
    responses,
    delivery,
    access,
    confirmAbove,
    clock,
    log,
  });

  const notify = createNotices({
    rest: client.rest,
    guilds: services.guilds,
    clock,
    log,
    signal: detached.signal,
  });
  services.onNotice((notice) => void notify(notice));
  const leaving = new AbortController();
  const voiceMessages = createVoiceMessages({
    services,
    commands: names,
    access,
    open: createOpen({ services, delivery, recover, log }),
    replies: createReplies({
      messages,
      application: () => client.application?.id ?? "",
      signal: leaving.signal,
    }),
    notify,
    confirmAbove,
    clock,
    log,
  });

  client.on("error", (error) => log.error({ error }, "discord.js reported an error"));
  /** Why Discord hung up for good. */
  let closedWith: number | undefined;
  client.on("shardDisconnect", ({ code }) => {
    closedWith = code;
    const why = code === DISALLOWED_INTENTS ? NO_VOICE : "The gateway was closed for good";
    // Otherwise it is why the bot does not start.
    if (client.isReady()) log.warn({ code }, why);
  });
  // The payload itself, not discord.js' objects: without intents their cache knows neither roles nor channels.
  const gateway = client.ws as unknown as {
    on(event: GatewayDispatchEvents.InteractionCreate, listener: (data: APIInteraction) => void): void;
    on(
      event: GatewayDispatchEvents.MessageCreate,
      listener: (data: GatewayMessageCreateDispatchData) => void,
    ): void;
  };
  gateway.on(GatewayDispatchEvents.InteractionCreate, (each) => void router.handle(each));
  gateway.on(GatewayDispatchEvents.MessageCreate, voiceMessages.hear);

  async function checkReplicate(): Promise<void> {
    try {
      await services.replicate.account(expiry(10_000));
    } catch (error) {
      if (error instanceof ReplicateFailure && (error.status === 401 || error.status === 403))
        throw new StartError(NO_REPLICATE);
      log.warn({ error }, "Replicate could not be asked who this token belongs to; going on");
    }
  }

  async function login(): Promise<Client<true>> {
    const ready = new Promise<Client<true>>((resolve) => client.once("clientReady", resolve));
    try {
      await client.login(config.DISCORD_TOKEN);
    } catch (error) {
      const { code, status } = error as { code?: unknown; status?: unknown };
      if (code === "TokenInvalid" || code === 4004 || status === 401) throw new StartError(NO_DISCORD);
      if (closedWith === DISALLOWED_INTENTS) throw new StartError(NO_VOICE);
      throw new StartError(
        `Discord could not be reached at ${config.DISCORD_API_URL}: ${(error as Error).message}`,
      );
    }
    return ready;
  }

  return {
    async start() {
      try {
        // The first command should not wait for what the store does once.
        await services.store.warm();
        // Before anything new arrives, so that only what an earlier process left is taken up again.
        const interrupted = await services.jobs.open();
        const [online] = await Promise.all([login(), checkReplicate()]);
        const { id } = online.application;
        const changed = await register(client.rest, id, commands, config.DISCORD_GUILD_ID);
        log.debug({ changed }, "commands registered");
        takeUp(interrupted);
        await prepareContentTypes();
        return {
          name: online.user.tag,
          application: id,
          guilds: online.guilds.cache.size,
          store: services.store.description,
        };
      } catch (error) {
        await client.destroy();
        await services.close();
        throw error;
      }
    },
    async idle() {
      await router.idle();
      await voiceMessages.idle();
      await resuming;
      await delivery.idle();
    },
    async stop(graceMs = 0) {
      router.close();
      voiceMessages.close();
      leaving.abort(new Error("leaving"));
      // Leaving the gateway first: answers can still be edited afterwards.
      await client.destroy();
      await router.idle();
      await voiceMessages.idle();
      await Promise.race([delivery.idle(), clock.sleep(graceMs)]);
      detached.abort(new Error("stopped"));
      await resuming;
      await delivery.idle();
      await services.close();
    },
  };
}
