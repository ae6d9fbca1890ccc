import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { dialogue } from "./dialogue.ts";
import { type Model, modelsWith, type Wants } from "./model.ts";
import { priceList, unpriced } from "./price-rows.ts";
import { readText } from "./reading.ts";

export const textModel = modelsWith<"text">({ kind: "text", picturesPerRun: 0, read: readText });

const prompt = z.string().min(1);
const limit = z.int().min(1);

/** Claude: `system_prompt`, `max_tokens`. */
const claude = {
  takes: ["system"] as const,
  context: 200_000,
  longest: 8_192,
  input: z.object({ prompt, system_prompt: z.string().optional(), max_tokens: limit.max(8192) }),
  from: ({ system, maxTokens, ...want }: Wants["text"]) => ({
    prompt: dialogue(want),
    ...(system ? { system_prompt: system } : {}),
    max_tokens: maxTokens,
  }),
};

/** The sonnets see, and their own schemas want 1,024 at the least. */
const sonnet = {
  takes: ["system", "image"] as const,
  // Its later ones say a million; this much all of them have.
  context: 200_000,
  longest: 64_000,
  input: claude.input.extend({
    max_tokens: z.int().min(1024).max(64_000),
    image: attachmentSchema.optional(),
  }),
  from: (want: Wants["text"]) => ({ ...claude.from(want), ...(want.image ? { image: want.image } : {}) }),
};

/** GPT-5 thinks within its limit, so it is told to think little. */
const gpt5 = {
  takes: ["system", "image"] as const,
  context: 400_000,
  longest: 128_000,
  price: unpriced,
  sure: "schema" as const,
  input: z.object({
    prompt,
    system_prompt: z.string().optional(),
    image_input: z.array(attachmentSchema).optional(),
    reasoning_effort: z.literal("minimal"),
    max_completion_tokens: limit,
  }),
  from: ({ system, image, maxTokens, ...want }: Wants["text"]) => ({
    prompt: dialogue(want),
    ...(system ? { system_prompt: system } : {}),
    ...(image ? { image_input: [image] } : {}),
    reasoning_effort: "minimal",
    max_completion_tokens: maxTokens,
  }),
};

/** A prompt and a limit, no system prompt. */
const plain = {
  takes: [] as const,
  // V3 had 64,000 with its maker, and 8,000 of answer; V3.1 has twice that.
  context: 64_000,
  longest: 8_000,
  input: z.object({ prompt, max_tokens: limit }),
  from: ({ maxTokens, ...want }: Wants["text"]) => ({ prompt: dialogue(want), max_tokens: maxTokens }),
};

/** Llama has a file of its own. */
export const textModels: readonly Model<"text">[] = [
  textModel({
    key: "claude-4.5-haiku",
    ref: "anthropic/claude-4.5-haiku",
    title: "Claude 4.5 Haiku",
    price: { per: "token", input: 1, output: 5, ...priceList },
    sure: "page",
    ...claude,
  }),
  textModel({
    key: "claude-sonnet-5",
    ref: "anthropic/claude-sonnet-5",
    title: "Claude Sonnet 5",
    price: { per: "token", input: 2, output: 10, ...priceList },
    sure: "page",
    ...sonnet,
  }),
  textModel({
    key: "deepseek-v3.1",
    ref: "deepseek-ai/deepseek-v3.1",
    title: "DeepSeek V3.1",
    price: { per: "token", input: 0.672, output: 2.016, ...priceList },
    sure: "schema",
    ...plain,
  }),
  textModel({
    key: "deepseek-v3",
    ref: "deepseek-ai/deepseek-v3",
    title: "DeepSeek V3",
    price: { per: "token", input: 1.45, output: 1.45, ...priceList },
    sure: "schema",
    ...plain,
  }),
  textModel({
    key: "claude-4.5-sonnet",
    ref: "anthropic/claude-4.5-sonnet",
    title: "Claude 4.5 Sonnet",
    price: unpriced,
    sure: "unverified",
    ...sonnet,
  }),
  textModel({
    key: "claude-4-sonnet",
    ref: "anthropic/claude-4-sonnet",
    title: "Claude 4 Sonnet",
    price: unpriced,
    sure: "schema",
    ...sonnet,
  }),
  textModel({ key: "gpt-5", ref: "openai/gpt-5", title: "GPT-5", ...gpt5 }),
  textModel({ key: "gpt-5-mini", ref: "openai/gpt-5-mini", title: "GPT-5 mini", ...gpt5 }),
  textModel({ key: "gpt-5-nano", ref: "openai/gpt-5-nano", title: "GPT-5 nano", ...gpt5 }),
  textModel({
    key: "gemini-2.5-flash",
    ref: "google/gemini-2.5-flash",
    title: "Gemini 2.5 Flash",
    takes: ["system", "image"],
    context: 1_048_576,
    longest: 65_535,
    price: unpriced,
    sure: "schema",
    // What it thinks counts as output, so it does not.
    input: z.object({
      prompt,
      system_instruction: z.string().optional(),
      images: z.array(attachmentSchema).optional(),
      thinking_budget: z.literal(0),
      max_output_tokens: limit.max(65_535),
    }),
    from: ({ system, image, maxTokens, ...want }) => ({
      prompt: dialogue(want),
      ...(system ? { system_instruction: system } : {}),
      ...(image ? { images: [image] } : {}),
      thinking_budget: 0,
      max_output_tokens: maxTokens,
    }),
  }),
];
