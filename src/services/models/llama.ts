import { z } from "zod";
import { dialogue } from "./dialogue.ts";
import type { Model, Wants } from "./model.ts";
import { unpriced } from "./price-rows.ts";
import { textModel } from "./text.ts";

const prompt = z.string().min(1);
const limit = z.int().min(1);

/** How Llama 3's turns begin and end, from its recorded example; unless it is told, it gets the bare prompt. */
const USER = "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n";
const ASSISTANT = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
const TURNS = `<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nYou are a helpful assistant${USER}{prompt}${ASSISTANT}`;

/**
 * What was said before goes into the prompt, whose first turn the template begins and whose last it ends. It does not go
 * into the template, where braces in what somebody said would mean something.
 */
const inTurns = ({ prompt, history = [] }: Wants["text"]) =>
  history.map(({ asked, answered }) => asked + ASSISTANT + answered + USER).join("") + prompt;

const llama3 = {
  context: 8_192,
  price: unpriced,
  sure: "recorded" as const,
  input: z.object({ prompt, prompt_template: z.literal(TURNS), max_tokens: limit }),
  from: (want: Wants["text"]) => ({
    prompt: inTurns(want),
    prompt_template: TURNS,
    max_tokens: want.maxTokens,
  }),
};

export const llamaModels: readonly Model<"text">[] = [
  textModel({
    key: "llama-3-8b",
    ref: "meta/meta-llama-3-8b-instruct",
    title: "Llama 3 8B",
    seconds: 1.7,
    ...llama3,
  }),
  textModel({
    key: "llama-3-70b",
    ref: "meta/meta-llama-3-70b-instruct",
    title: "Llama 3 70B",
    seconds: 4.0,
    ...llama3,
  }),
  textModel({
    key: "llama-2-70b-chat",
    ref: "meta/llama-2-70b-chat",
    title: "Llama 2 70B chat",
    context: 4_096,
    seconds: 4.7,
    takes: ["system"],
    price: unpriced,
    sure: "recorded",
    input: z.object({ prompt, system_prompt: z.string().optional(), max_new_tokens: limit }),
    from: ({ system, maxTokens, ...want }) => ({
      prompt: dialogue(want),
      ...(system ? { system_prompt: system } : {}),
      max_new_tokens: maxTokens,
    }),
  }),
  textModel({
    key: "code-llama-34b",
    ref: "meta/codellama-34b-instruct",
    title: "Code Llama 34B",
    seconds: 31,
    takes: ["system"],
    price: unpriced,
    sure: "recorded",
    input: z.object({ prompt, system_prompt: z.string().optional(), max_tokens: limit }),
    from: ({ system, maxTokens, ...want }) => ({
      prompt: dialogue(want),
      ...(system ? { system_prompt: system } : {}),
      max_tokens: maxTokens,
    }),
  }),
];
