import { findModel, requireExtra } from "../services/models/index.ts";
import { heading, quietLines, runningButtons } from "./answer.ts";
import { boolean, defineCommand, optional, text } from "./command.ts";
import { modelOption } from "./models.ts";

/** An answer's length at the most, so that its price has an end. */
const MAX_TOKENS = 1_024;

/** Discord's own limit for an option's text. */
const MAX_PROMPT = 6_000;

export const ask = defineCommand({
  name: "ask",
  description: "Ask a language model",
  options: {
    prompt: text("Your question", { max: MAX_PROMPT }),
    model: optional(modelOption("text")),
    system: optional(text("How it should answer: a role, a tone, a language", { max: 2_000 })),
    private: optional(boolean("Only you see the answer")),
  },

  runs({ options, models }) {
    const model = findModel("text", options.model ?? models.ask);
    const { prompt, system } = options;
    if (system !== undefined) requireExtra(model, "system");
    const input = model.from({ prompt, maxTokens: MAX_TOKENS, ...(system ? { system } : {}) });
    return [{ key: "answer", model: model.key, input: model.input.parse(input) }];
  },

  view: (job) => ({
    text: [heading(job.request.options.prompt, job.asker.name), job.runs[0]?.result?.text ?? ""].join("\n"),
    quiet: quietLines(job),
    buttons: runningButtons(job),
  }),
});
