import { z } from "zod";
import type { Extra, Model, Result, Wants } from "./model.ts";

/** Text models give a list of pieces, or now and then one string. */
const readText = (output: unknown): Result => ({
  text: (Array.isArray(output) ? output : [output]).filter((item) => typeof item === "string").join(""),
});

const prompt = z.string().min(1);
const priceList = { asOf: "2026-09", source: "Replicate's public price pages" };
interface TextEntry {
  key: string;
  ref: `${string}/${string}`;
  title: string;
  takes: readonly Extra[];
  price: { input: number; output: number; asOf: string; source: string };
  input: z.ZodType<Record<string, unknown>>;
  from(want: Wants["text"]): Record<string, unknown>;
}

const textModel = (entry: TextEntry): Model<"text"> => ({
  kind: "text",
  official: true,
  picturesPerRun: 0,
  read: readText,
  ...entry,
  price: { per: "token", ...entry.price },
});

/** Claude: `system_prompt`, `max_tokens`. */
const claude = {
  takes: ["system"] as const,
  input: z.object({ prompt, system_prompt: z.string().optional(), max_tokens: z.int().min(1).max(8192) }),
  from: ({ prompt, system, maxTokens }: Wants["text"]) => ({
    prompt,
    ...(system ? { system_prompt: system } : {}),
    max_tokens: maxTokens,
  }),
};

/** DeepSeek: a prompt and a limit, no system prompt. */
const plain = {
  takes: [] as const,
  input: z.object({ prompt, max_tokens: z.int().min(1) }),
  from: ({ prompt, maxTokens }: Wants["text"]) => ({ prompt, max_tokens: maxTokens }),
};

export const textModels: readonly Model<"text">[] = [
  textModel({
    key: "claude-4.5-haiku",
    ref: "anthropic/claude-4.5-haiku",
    title: "Claude 4.5 Haiku",
    price: { input: 1, output: 5, ...priceList },
    ...claude,
  }),
  textModel({
    key: "claude-sonnet-5",
    ref: "anthropic/claude-sonnet-5",
    title: "Claude Sonnet 5",
    price: { input: 2, output: 10, ...priceList },
    ...claude,
    // Its own schema wants 1024 at the least.
    input: claude.input.extend({ max_tokens: z.int().min(1024).max(8192) }),
  }),
  textModel({
    key: "deepseek-v3.1",
    ref: "deepseek-ai/deepseek-v3.1",
    title: "DeepSeek V3.1",
    price: { input: 0.672, output: 2.016, ...priceList },
    ...plain,
  }),
  textModel({
    key: "deepseek-v3",
    ref: "deepseek-ai/deepseek-v3",
    title: "DeepSeek V3",
    price: { input: 1.45, output: 1.45, ...priceList },
    ...plain,
  }),
];
