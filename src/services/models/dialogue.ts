import type { Wants } from "./model.ts";

/**
 * What was said so far and the question, as one text: `User: …`, `Assistant: …`, and the last word is the assistant's to
 * say. Every model understands this, whatever its inputs are. GPT-5 takes `messages`, too, but two readings of its schema
 * disagree about what their items are, and with them it ignores `prompt` and `system_prompt` (its page on Replicate).
 */
export function dialogue({ prompt, history = [] }: Pick<Wants["text"], "prompt" | "history">): string {
  if (history.length === 0) return prompt;
  const before = history.map(({ asked, answered }) => `User: ${asked}\n\nAssistant: ${answered}\n\n`);
  return `${before.join("")}User: ${prompt}\n\nAssistant:`;
}
