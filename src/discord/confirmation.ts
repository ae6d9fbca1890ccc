import type { View } from "../commands/command.ts";
import { words } from "../locales/index.ts";
import type { Clock } from "../services/clock.ts";
import type { Jobs } from "../services/jobs.ts";
import type { ProblemReason } from "../services/problem.ts";
import { draftOf } from "./admission.ts";
import type { Asked } from "./promise.ts";
import { render } from "./render.ts";
import type { AskingInteraction } from "./request.ts";
import type { Responses } from "./responses.ts";

/** Keeps what was asked for as a draft, and asks whether it may run. Nothing is held. */
export type AskFirst = (
  interaction: AskingInteraction,
  asked: Asked,
  estimate: ProblemReason & { kind: "needs-confirmation" },
) => Promise<void>;

function question(estimate: ProblemReason, locale: string): View {
  const say = words(locale);
  return {
    text: say.problem(estimate),
    quiet: [say.nothingRunsYet],
    buttons: [
      { label: say.run, action: "confirm", style: "primary" },
      { label: say.cancel, action: "cancel" },
    ],
  };
}

export const createConfirmation =
  ({ jobs, responses, clock }: { jobs: Jobs; responses: Responses; clock: Clock }): AskFirst =>
  async (interaction, { request, command }, estimate) => {
    await jobs.save({ ...draftOf(request, command), state: "draft", createdAt: clock.now(), runs: [] });
    const owner = { command: command.name, job: request.id };
    const [shown] = render(question(estimate, request.locale), { owner });
    if (shown) await responses.reply(interaction, shown.payload);
  };
