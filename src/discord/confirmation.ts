import type { RunningCommand, View } from "../commands/command.ts";
import { words } from "../locales/index.ts";
import type { Clock } from "../services/clock.ts";
import type { Jobs } from "../services/jobs.ts";
import { draftOf, type NeedsConfirmation } from "./admission.ts";
import type { Asked } from "./promise.ts";
import { render } from "./render.ts";
import type { AskingInteraction } from "./request.ts";
import type { Responses } from "./responses.ts";

/** Keeps what was asked for as a draft, and asks whether it may run. Nothing is held. */
export type AskFirst = (
  interaction: AskingInteraction,
  asked: Asked,
  needed: NeedsConfirmation,
) => Promise<void>;

function question({ estimate, request }: NeedsConfirmation, command: RunningCommand): View {
  const say = words(request.locale);
  return {
    text: [command.summary?.(request) ?? "", say.problem(estimate)].join(" ").trim(),
    quiet: [say.nothingRunsYet],
    buttons: [
      { label: say.run, action: "confirm", style: "primary" },
      { label: say.cancel, action: "cancel" },
    ],
  };
}

export const createConfirmation =
  ({ jobs, responses, clock }: { jobs: Jobs; responses: Responses; clock: Clock }): AskFirst =>
  async (interaction, { request: asked, command }, needed) => {
    // What the store knows is added again when it runs; what was in a file is not there for long.
    const { lines } = needed.request;
    const request = { ...asked, ...(lines ? { lines } : {}) };
    await jobs.save({ ...draftOf(request, command), state: "draft", createdAt: clock.now(), runs: [] });
    const owner = { command: command.name, job: request.id };
    const [shown] = render(question(needed, command), { owner });
    if (shown) await responses.reply(interaction, shown.payload);
  };
