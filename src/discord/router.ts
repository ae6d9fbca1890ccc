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
import type { Request, View } from "../commands/command.ts";
import type { Option } from "../commands/options.ts";
import type { Press, Wanted } from "../commands/press.ts";
import type { Clock } from "../services/clock.ts";
import { expiry } from "../services/deadline.ts";
import { allowsModel } from "../services/guilds.ts";
import type { Services } from "../services/index.ts";
import type { Job } from "../services/jobs.ts";
import type { MicroDollars } from "../services/money.ts";
import { Problem, type ProblemReason } from "../services/problem.ts";
import type { Access, Place } from "./access.ts";
import { createArrivals } from "./arrivals.ts";
import type { CommandsByName, Found } from "./commands-by-name.ts";
import type { Delivery } from "./delivery.ts";
import { textFile } from "./files.ts";
import { readForm, renderForm } from "./form.ts";
import { attachmentOnMessage } from "./message-files.ts";
import { createPresses, type Pressed } from "./presses.ts";
import { addressOf, type Asked, createPromise } from "./promise.ts";
import { render, renderProblem } from "./render.ts";
import {
  askerOf,
  type AskingInteraction,
  askingOf,
  channelOf,
  leafOf,
  pressedFiles,
  readOptions,
  requestFrom,
  requestOf,
  targetPerson,
} from "./request.ts";
import { AnsweredElsewhere, isTooLate, type Responses } from "./responses.ts";

/** Of Discord's three seconds, for commands that answer at once; looking who may use them takes half a second at most. */
const ANSWER_MS = 2_000;

export interface Router {
  /** Never rejects: whatever goes wrong becomes a sentence for the asker and a line in the log. */
  handle(interaction: APIInteraction): Promise<void>;
  /** Refuses what comes from now on. */
  close(): void;
  idle(): Promise<void>;
}

type CommandInteraction = APIApplicationCommandInteraction;
type Pressing = APIMessageComponentInteraction | APIModalSubmitInteraction;

export function createRouter(deps: {
  commands: CommandsByName;
  services: Services;
  responses: Responses;
  delivery: Delivery;
  /** Takes up a job of whose promise nobody heard. */
  recover: (job: Job) => void;
  /** Who may use what. */
  access: Access;
  /** What may cost more is asked about before it runs; nothing is, if left out. */
  confirmAbove: MicroDollars | undefined;
  clock: Clock;
  log: Logger;
}): Router {
  const { commands, services, responses, delivery, clock, log } = deps;
  const promise = createPromise(deps);
  const presses = createPresses(commands, services.jobs);
  const handling = new Set<Promise<void>>();
  const arrivals = createArrivals(clock);
  /** Interactions that ask for a job: a refusal says that nothing was charged. */
  const asking = new Set<string>();
  let closed = false;

  function find(interaction: CommandInteraction): Found | undefined {
    const { type, name } = interaction.data;
    if (type === ApplicationCommandType.Message) return commands.message(name);
    if (type === ApplicationCommandType.User) return commands.user(name);
    return commands.slash(name, leafOf(interaction as never).subcommand);
  }

  async function checkAccess(interaction: APIInteraction, manager: boolean): Promise<Place> {
    if (closed) throw new Problem({ kind: "shutting-down" });
    return deps.access(askingOf(interaction), manager);
  }

  function readRequest(interaction: CommandInteraction, found: Found, place: Place): Request {
    const { body, menuOption, preset } = found;
    const values = menuOption
      ? { [menuOption]: usedOn(interaction, body.options[menuOption]), ...preset }
      : readOptions(
          body.options,
          leafOf(interaction as never).given,
          (interaction.data as { resolved?: never }).resolved,
        );
    const request = requestOf(interaction, values, place);
    return { ...request, asker: { ...request.asker, operator: place.operator } };
  }

  /** What an entry of an Apps menu was used on. */
  const usedOn = (interaction: CommandInteraction, option: Option | undefined) =>
    interaction.data.type === ApplicationCommandType.User
      ? targetPerson(interaction as never)
      : attachmentOnMessage(interaction as never, isPicture(option) ? "image" : "audio");

  const isPicture = (option: Option | undefined) => option?.type === "attachment" && option.kind === "image";

  const run = (interaction: AskingInteraction, asked: Asked): Promise<void> => {
    asking.add(interaction.id);
    return promise(interaction, asked);
  };

  /** A store that hangs is said within Discord's three seconds. */
  async function answerInTime(answer: Promise<View>): Promise<View> {
    const late = expiry(ANSWER_MS);
    return Promise.race([
      answer,
      new Promise<never>((_resolve, reject) => {
        late.addEventListener("abort", () => reject(new Problem({ kind: "store-unavailable" })), {
          once: true,
        });
      }),
    ]);
  }

  async function command(interaction: CommandInteraction): Promise<void> {
    const found = find(interaction);
    if (!found) throw new Problem({ kind: "gone" });
    const place = await checkAccess(interaction, found.manager);
    const request = readRequest(interaction, found, place);
    if ("runs" in found.body) return run(interaction, { request, command: found.body });
    const view = await answerInTime(found.body.answer(request, services, commands.all));
    // What finds no room in one message comes as a file.
    const owner = { command: found.body.name, job: request.id };
    const [shown] = render(view, { owner, maxMessages: 1, locale: request.locale });
    if (shown) await responses.reply(interaction, shown.payload, shown.files.flatMap(textFile));
  }

  /** Whatever keeps it from being known is said when the command is sent. */
  const allowedModels = (interaction: APIInteraction) =>
    deps.access(askingOf(interaction), false).then(
      ({ allowed }) =>
        (model: string) =>
          allowsModel({ models: allowed }, model),
      () => () => true,
    );

  async function complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const { subcommand, given } = leafOf(interaction);
    const found = commands.slash(interaction.data.name, subcommand);
    const focused = given.find((option) => "focused" in option && option.focused);
    const option = focused && found?.body.options[focused.name];
    const choices =
      option?.type === "text"
        ? option.complete?.(String(focused?.value ?? ""), {
            locale: interaction.locale,
            prices: services.prices,
            allows: await allowedModels(interaction),
            usualSeconds: (model) => services.paces.known(model)?.runSeconds,
          })
        : undefined;
    await responses.complete(interaction, choices ?? []);
  }

  const findPress = async (interaction: Pressing) => {
    const place = await checkAccess(interaction, false);
    const pressed = await presses.find({
      customId: interaction.data.custom_id,
      presser: askerOf(interaction),
      locale: interaction.locale,
      attachments: pressedFiles(interaction),
      chosen: "values" in interaction.data ? interaction.data.values[0] : undefined,
    });
    return { ...pressed, place };
  };

  /** A new job of the command that was pressed, or of the one that the press names. */
  function runWanted(
    interaction: Pressing,
    { action, press, id, command, place }: Pressed & { place: Place },
    wanted: Wanted,
  ) {
    const named = wanted.command === undefined ? command : commands.running(wanted.command);
    if (!named) throw new Problem({ kind: "gone" });
    const request = requestFrom(interaction, press, wanted, place);
    // A draft is there only to be asked about, and runs with what it was to run with once.
    const confirmed = press.job.state === "draft";
    const asked = confirmed ? (press.job.request.once ?? []) : [];
    const once = action.once ? [...asked, { job: press.job.id, what: id.action }] : asked;
    return run(interaction, {
      request: once.length > 0 ? { ...request, once } : request,
      command: named,
      confirmed,
    });
  }

  async function showAgain(interaction: APIMessageComponentInteraction, job: Press["job"]): Promise<void> {
    const deferred = await responses.defer(interaction, { private: true });
    const address = addressOf(interaction, channelOf(interaction), deferred, clock.now());
    void delivery.showAgain(job, address);
  }

  async function press(interaction: APIMessageComponentInteraction): Promise<void> {
    // Twice in a row, perhaps: what is away needs no sentence.
    if (await presses.isDeletedAlready(interaction.data.custom_id)) {
      await responses.acknowledge(interaction);
      return delivery.removePressed(interaction);
    }
    const tried = presses.tried(interaction.data.custom_id);
    if (tried) {
      const place = await checkAccess(interaction, false);
      const request = requestOf(interaction, tried.options, place);
      return run(interaction, { command: tried.command, request });
    }
    const pressed = await findPress(interaction);
    const { action, press, id, command } = pressed;
    switch (action.kind) {
      case "run":
        return runWanted(interaction, pressed, action.request(press));
      case "form":
        return responses.open(interaction, renderForm(action.form(press), id));
      case "remove":
        await responses.acknowledge(interaction);
        return delivery.remove(press.job, interaction);
      case "show":
        return showAgain(interaction, press.job);
      case "update": {
        const view = await action.act(press, services);
        const owner = { command: command.name, job: press.job.id };
        const [shown] = view ? render(view, { owner }) : [];
        return shown ? responses.reply(interaction, shown.payload) : responses.acknowledge(interaction);
      }
    }
  }

  async function submit(interaction: APIModalSubmitInteraction): Promise<void> {
    const pressed = await findPress(interaction);
    const { action, press } = pressed;
    if (action.kind !== "form") throw new Problem({ kind: "gone" });
    const filled = readForm(action.form(press), interaction.data);
    await runWanted(interaction, pressed, action.request(press, filled));
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
    const { id } = interaction;
    if (error instanceof AnsweredElsewhere) return log.info({ interaction: id }, error.message);
    // Discord itself tells the person that there was no response.
    if (isTooLate(error)) return log.warn({ interaction: id, error }, "Discord takes no response any more");
    const reason = reasonOf(error, id);
    if (reason.kind === "unexpected") log.error({ interaction: id, error }, "failed");
    else log.info({ interaction: id, problem: reason.kind }, "refused");
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) return;
    const free = asking.has(id) || isRunning(interaction) ? 0 : undefined;
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
      if (arrivals.wasBefore(interaction.id)) return Promise.resolve();
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
