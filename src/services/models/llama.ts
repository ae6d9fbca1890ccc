import { z } from "zod";
import type { Model, Wants } from "./model.ts";
import { unpriced } from "./price-rows.ts";
import { textModel } from "./text.ts";

const prompt = z.string().min(1);
const limit = z.int().min(1);

/** Llama 3 gets the bare prompt unless it is told how its turns begin and end; this is from its recorded example. */
const TURNS =
  "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nYou are a helpful assistant<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n{prompt}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";

const llama3 = {
  price: unpriced,
  sure: "recorded" as const,
  input: z.object({ prompt, prompt_template: z.literal(TURNS), max_tokens: limit }),
  from: ({ prompt, maxTokens }: Wants["text"]) => ({
    prompt,
    prompt_template: TURNS,
    max_tokens: maxTokens,
  }),
};

export const llamaModels: readonly Model<"text">[] = [
  textModel({
    key: "llama-3-8b",
    ref: "meta/meta-llama-3-8b-instruct",
    title: "Llama 3 8B",
    ...llama3,
  }),
  textModel({
    key: "llama-3-70b",
    ref: "meta/meta-llama-3-70b-instruct",
    title: "Llama 3 70B",
    ...llama3,
  }),
  textModel({
    key: "llama-2-70b-chat",
    ref: "meta/llama-2-70b-chat",
    title: "Llama 2 70B chat",
    takes: ["system"],
    price: unpriced,
    sure: "recorded",
    input: z.object({ prompt, system_prompt: z.string().optional(), max_new_tokens: limit }),
    from: ({ prompt, system, maxTokens }) => ({
      prompt,
      ...(system ? { system_prompt: system } : {}),
      max_new_tokens: maxTokens,
    }),
  }),
  textModel({
    key: "code-llama-34b",
    ref: "meta/codellama-34b-instruct",
    title: "Code Llama 34B",
    takes: ["system"],
    price: unpriced,
    sure: "recorded",
    input: z.object({ prompt, system_prompt: z.string().optional(), max_tokens: limit }),
    from: ({ prompt, system, maxTokens }) => ({
      prompt,
      ...(system ? { system_prompt: system } : {}),
      max_tokens: maxTokens,
    }),
  }),
];
