import type { AnsweringCommand, Command, RunningCommand } from "./command.ts";
import type { Feature, Options } from "./options.ts";

/** What works with these settings. */
export const featuresOf = ({ HUGGINGFACE_TOKEN }: { HUGGINGFACE_TOKEN?: string | undefined }): Set<Feature> =>
  new Set(HUGGINGFACE_TOKEN === undefined ? [] : ["speakers"]);

const isOffered = (features: ReadonlySet<Feature>, feature: Feature | undefined) =>
  feature === undefined || features.has(feature);

/** The same body where all of its options are offered. */
function bodyFor<B extends RunningCommand | AnsweringCommand>(body: B, features: ReadonlySet<Feature>): B {
  const all = Object.entries(body.options);
  const offered = all.filter(([, { feature }]) => isOffered(features, feature));
  const options: Options = Object.fromEntries(offered);
  return offered.length === all.length ? body : { ...body, options };
}

/** The commands with the options that are offered where these features work. */
export const commandsFor = (commands: readonly Command[], features: ReadonlySet<Feature>): Command[] =>
  commands.map((command) => {
    if (command.kind === "group" || command.kind === "user") return command;
    if (command.kind === "message") {
      const body = bodyFor(command.body, features);
      return body === command.body ? command : { ...command, body };
    }
    const body = bodyFor(command.body, features);
    return body === command.body ? command : { ...command, body };
  });
