import { words } from "../locales/index.ts";
import type { Attachment } from "../services/attachment.ts";
import type { Services } from "../services/index.ts";
import { Problem } from "../services/problem.ts";
import { type Command, defineCommand, type Request, type RunningCommand, type View } from "./command.ts";
import { exampleLine, isSample } from "./examples.ts";
import { allowedIn } from "./models.ts";

/** Discord has room for five rows of five; two rows are enough to begin with. */
const TRIED = 10;

/** In the place of a file that nobody has given yet. */
const someFile: Attachment = {
  url: "https://cdn.discordapp.com/attachments/1/2/file",
  name: "file",
  contentType: "application/octet-stream",
  bytes: 1,
};

type Asking = Pick<
  Request,
  "id" | "asker" | "guild" | "locale" | "models" | "allowed" | "chance" | "channel"
>;

/** A command that runs models, by its first example; undefined for one that has none. */
function exampleOf(command: Command): { body: RunningCommand; options: Record<string, unknown> } | undefined {
  if (command.kind === "group" || !("runs" in command.body)) return undefined;
  const [example] = command.body.examples ?? [];
  return example && { body: command.body, options: { ...example } };
}

/** Whether what it would run may be used here. */
function mayRun(command: Command, request: Asking): boolean {
  const example = exampleOf(command);
  if (!example) return true;
  const options = Object.fromEntries(
    Object.entries(example.options).map(([name, value]) => [name, isSample(value) ? someFile : value]),
  );
  try {
    const runs = example.body.runs({ ...request, options, private: true }, []);
    return runs.every(({ model }) => allowedIn(request)(model));
  } catch (error) {
    // Whatever else it has to say belongs to a file that is none.
    return !(error instanceof Problem && error.reason.kind === "model-denied");
  }
}

const isForManagers = (command: Command) => "manager" in command && command.manager;

/** It can be tried with a press: nothing has to be attached. */
const canBeTried = (command: Command) =>
  command.kind === "slash" &&
  !Object.values(exampleOf(command)?.options ?? { none: someFile }).some(
    (value) => typeof value === "object",
  );

/** What the asker is offered here. */
async function offered(all: readonly Command[], request: Asking, { guilds }: Services): Promise<Command[]> {
  const { asker, guild } = request;
  const { adminRoles } = await guilds.get(guild);
  const manages =
    guild !== null &&
    (asker.manager || asker.operator === true || adminRoles.some(({ id }) => asker.roles.includes(id)));
  return all.filter(
    (command) => command !== help && (manages || !isForManagers(command)) && mayRun(command, request),
  );
}

/** The example, unless it is the bare name. */
function shownExample(command: Command, file: string): string | undefined {
  const line = exampleLine(command, () => file);
  return line?.includes(" ") ? line : undefined;
}

function lineOf(command: Command, locale: string): string {
  const say = words(locale).help;
  const example = shownExample(command, say.aFile);
  switch (command.kind) {
    case "slash":
      return say.command(command.body.name, command.body.description, example);
    case "group":
      return say.command(command.name, command.description, example);
    default:
      return say.menu(command.name, command.kind);
  }
}

/** What is left for the asker, and whether anything runs at all. */
async function standing({ asker, guild, locale }: Asking, { quota, guilds }: Services): Promise<string[]> {
  const say = words(locale);
  const paused = await guilds.checkPause(guild).then(
    () => [],
    (error: unknown) => (error instanceof Problem ? [say.problem(error.reason)] : []),
  );
  const { spent, left, resetsAt } = await quota.standing({ guild, person: asker.id, roles: asker.roles });
  return [...paused, say.usage(spent, left, resetsAt)];
}

export const help = defineCommand({
  name: "help",
  description: "What you can do here, with examples to try",
  options: {},
  examples: [{}],

  async answer(request, services, all): Promise<View> {
    const here = await offered(all, request, services);
    const say = words(request.locale).help;
    return {
      text: [say.heading, ...here.map((command) => lineOf(command, request.locale))].join("\n"),
      quiet: [say.tryIt, ...(await standing(request, services))],
      buttons: here
        .filter(canBeTried)
        .slice(0, TRIED)
        .flatMap((command) => {
          const name = exampleOf(command)?.body.name;
          return name === undefined ? [] : [{ label: say.try(name), action: "try", arg: name }];
        }),
    };
  },

  /** The example of the command that the button names. */
  tried(arg, all) {
    const command = all.find((each) => each.kind === "slash" && each.body.name === arg);
    const example = command && canBeTried(command) ? exampleOf(command) : undefined;
    return example && { command: arg, options: { ...example.options, private: true } };
  },
});
