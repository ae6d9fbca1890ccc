import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteraction,
  ApplicationCommandType,
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  InteractionType,
} from "discord.js";
import type { Logger } from "pino";
import type { Request, RunningCommand } from "../commands/command.ts";
import type { Clock } from "../services/clock.ts";
import type { Services } from "../services/index.ts";
import type { Price } from "../services/prices.ts";
import { Problem, type ProblemReason } from "../services/problem.ts";
import { addressOf, expiryOf, TOKEN_LIFE_MS, UNHEARD } from "./address.ts";
import { admit } from "./admission.ts";
import type { CommandsByName, Found } from "./commands-by-name.ts";
import type { Delivery } from "./delivery.ts";
import { readForm, renderForm } from "./form.ts";
import { createPresses } from "./presses.ts";
import { render, renderProblem } from "./render.ts";
import {
  askerOf,
  type AskingInteraction,
  attachmentOnMessage,
  guildOf,
  leafOf,
  readOptions,
  readsHistory,
  requestFrom,
  requestOf,
  seesChannel,
} from "./request.ts";
import { AnsweredElsewhere, type Responses } from "./responses.ts";

export interface Router {
  /** Never rejects: whatever goes wrong becomes a sentence for the asker and a line in the log. */
  handle(interaction: APIInteraction): Promise<void>;
  /** Refuses what comes from now on. */
  close(): void;
  idle(): Promise<void>;
}

/** Discord's default limit for one file, where an interaction does not say. */
const FILE_LIMIT_BYTES = 10 * 1024 * 1024;

type CommandInteraction = APIApplicationCommandInteraction;

export function createRouter(deps: {
  commands: CommandsByName;
  services: Services;
  responses: Responses;
  delivery: Delivery;
  models: Request["models"];
  /** The operator's own prices, by reference. */
  prices: ReadonlyMap<string, Price>;
  /** The guilds that are served; all, if left out. */
  allowedGuilds: readonly string[] | undefined;
  clock: Clock;
  log: Logger;
}): Router {
  const { commands, services, responses, delivery, clock, log } = deps;
  const presses = createPresses(commands, services.jobs);
  const handling = new Set<Promise<void>>();
  /** Interactions that arrived and when, so that one that arrives twice is handled once. */
  const seen = new Map<string, number>();
  /** Those of them that ask for a job: a refusal says that nothing was charged. */
  const asking = new Set<string>();
  let closed = false;

  function find(interaction: CommandInteraction): Found | undefined {
    if (interaction.data.type === ApplicationCommandType.Message)
      return commands.message(interaction.data.name);
    return commands.slash(interaction.data.name, leafOf(interaction as never).subcommand);
  }

  /** Who may use the bot at all, and this command. */
  function checkAccess(interaction: APIInteraction, manager: boolean): void {
    const guild = interaction.guild_id;
    if (closed) throw new Problem({ kind: "shutting-down" });
    if (guild && deps.allowedGuilds && !deps.allowedGuilds.includes(guild))
      throw new Problem({ kind: "guild-not-served" });
    if (manager && guildOf(interaction) === null) throw new Problem({ kind: "guild-only" });
    // Discord's own setting can be overridden in a server, so it is checked here on every call.
    if (manager && !askerOf(interaction).manager) throw new Problem({ kind: "not-allowed" });
  }

  function readRequest(interaction: CommandInteraction, { body, messageOption }: Found): Request {
    const values = messageOption
      ? { [messageOption]: attachmentOnMessage(interaction as never) }
      : readOptions(
          body.options,
          leafOf(interaction as never).given,
          (interaction.data as { resolved?: never }).resolved,
        );
    return requestOf(interaction, values, deps.models);
  }

  async function run(interaction: AskingInteraction, asked: Request, command: RunningCommand): Promise<void> {
    asking.add(interaction.id);
    // It may have arrived before this process began.
    if (await services.jobs.get(interaction.id)) return;
    // Stored with the job before the deferral is sent: should the process end then, the next one looks for its message.
    const address = addressOf({
      application: interaction.application_id,
      interaction: interaction.id,
      token: interaction.token,
      expiresAt: expiryOf(interaction.id, clock.now()),
      channel: asked.channel,
      private: asked.private,
      inChannel: seesChannel(interaction),
      readsHistory: readsHistory(interaction),
      messages: [UNHEARD],
      fileLimitBytes: interaction.attachment_size_limit || FILE_LIMIT_BYTES,
    });
    const job = await admit(asked, command, address, services);
    const deferred = await responses
      .defer(interaction, { private: job.private === true })
      .catch(async (error: unknown) => {
        await services.runner
          .withdraw(job)
          .catch((cause: unknown) => log.error({ job: job.id, error: cause }, "not withdrawn"));
        throw error;
      });
    address.messages = [deferred.message];
    address.private = deferred.private;
    job.address = address;
    // Discord may show it to its asker alone although nobody asked for that.
    job.private ||= deferred.private;
    // The promise is given: from here on the answer comes, also where this can't be written.
    await services.jobs
      .save(job)
      .catch((error: unknown) => log.error({ job: job.id, error }, "address not stored"));
    void delivery.deliver(job, address);
  }

  function arrivedBefore(id: string): boolean {
    for (const [old, at] of seen) {
      if (clock.now() - at < TOKEN_LIFE_MS) break;
      seen.delete(old);
    }
    if (seen.has(id)) return true;
    seen.set(id, clock.now());
    return false;
  }

  async function command(interaction: CommandInteraction): Promise<void> {
    const found = find(interaction);
    if (!found) throw new Problem({ kind: "gone" });
    checkAccess(interaction, found.manager);
    const request = readRequest(interaction, found);
    if ("runs" in found.body) return run(interaction, request, found.body);
    const view = await found.body.answer(request, services);
    const [shown] = render(view);
    if (shown) await responses.reply(interaction, shown.payload);
  }

  async function complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const { subcommand, given } = leafOf(interaction);
    const found = commands.slash(interaction.data.name, subcommand);
    const focused = given.find((option) => "focused" in option && option.focused);
    const option = focused && found?.body.options[focused.name];
    const choices =
      option?.type === "text"
        ? option.complete?.(String(focused?.value ?? ""), interaction.locale, deps.prices)
        : undefined;
    await responses.complete(interaction, choices ?? []);
  }

  const findPress = (interaction: APIMessageComponentInteraction | APIModalSubmitInteraction) => {
    checkAccess(interaction, false);
    return presses(interaction.data.custom_id, askerOf(interaction), interaction.locale);
  };

  async function press(interaction: APIMessageComponentInteraction): Promise<void> {
    const { action, press, id, command } = await findPress(interaction);
    if (action.kind === "run")
      return run(interaction, requestFrom(interaction, press, action.request(press), deps.models), command);
    if (action.kind === "form") return responses.open(interaction, renderForm(action.form(press), id));
    const view = await action.act(press, services);
    const [shown] = view ? render(view) : [];
    await (shown ? responses.reply(interaction, shown.payload) : responses.acknowledge(interaction));
  }

  async function submit(interaction: APIModalSubmitInteraction): Promise<void> {
    const { action, press, command } = await findPress(interaction);
    if (action.kind !== "form") throw new Problem({ kind: "gone" });
    const filled = readForm(action.form(press), interaction.data);
    const wanted = action.request(press, filled);
    await run(interaction, requestFrom(interaction, press, wanted, deps.models), command);
  }

  function route(interaction: APIInteraction): Promise<void> {
    switch (interaction.type) {
      case InteractionType.ApplicationCommand:
        return command(interaction);
      case InteractionType.ApplicationCommandAutocomplete:
        return complete(interaction);
      case InteractionType.MessageComponent:
        return press(interaction);
      case InteractionType.ModalSubmit:
        return submit(interaction);
      default:
        return Promise.resolve();
    }
  }

  const reasonOf = (error: unknown, id: string): ProblemReason =>
    error instanceof Problem ? error.reason : { kind: "unexpected", reference: id };

  /** The one catch: everything that went wrong before the answer was promised. */
  async function refuse(interaction: APIInteraction, error: unknown): Promise<void> {
    if (error instanceof AnsweredElsewhere) return log.info({ interaction: interaction.id }, error.message);
    const reason = reasonOf(error, interaction.id);
    if (reason.kind === "unexpected") log.error({ interaction: interaction.id, error }, "failed");
    else log.info({ interaction: interaction.id, problem: reason.kind }, "refused");
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) return;
    const free = asking.has(interaction.id) || isRunning(interaction) ? 0 : undefined;
    const locale = "locale" in interaction ? interaction.locale : "en-US";
    await responses.reply(interaction, renderProblem(reason, locale, free));
  }

  const isRunning = (interaction: APIInteraction) => {
    if (interaction.type !== InteractionType.ApplicationCommand) return false;
    const body = find(interaction)?.body;
    return body !== undefined && "runs" in body;
  };

  return {
    handle(interaction) {
      if (arrivedBefore(interaction.id)) return Promise.resolve();
      const work = route(interaction)
        .catch((error: unknown) => refuse(interaction, error))
        .catch((error: unknown) =>
          log.warn({ interaction: interaction.id, error }, "The refusal did not arrive"),
        )
        .finally(() => {
          handling.delete(work);
          asking.delete(interaction.id);
        });
      handling.add(work);
      return work;
    },
    close: () => void (closed = true),
    async idle() {
      while (handling.size > 0) await Promise.all(handling);
    },
  };
}
