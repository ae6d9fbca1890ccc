import { expect, it } from "vitest";
import { affordableSeconds, withWhatFits } from "../../src/services/affordable.ts";
import { modelByKey } from "../../src/services/models/index.ts";
import { estimate, type Price } from "../../src/services/prices.ts";
import { Problem } from "../../src/services/problem.ts";
import { attached } from "../commands/asked.ts";

const price = modelByKey("whisperx")?.price as Price;
const recording = attached({ seconds: 1_800, checked: true });
const whole = { price, input: { audio_file: recording } };
const parts = [0, 600, 1_200].map((from) => ({
  price,
  input: { audio_file: { ...recording, as: { part: { from, to: from + 600 } } } },
}));
const cost = (seconds: number) => estimate(price, { audio_file: { ...recording, seconds } });

it("is as much of a recording as the money is enough for, and no second more", () => {
  for (const seconds of [0, 1, 59, 1_000, 1_799]) {
    expect(affordableSeconds([whole], cost(seconds))).toBe(seconds);
    expect(affordableSeconds([whole], cost(seconds) - 1)).toBe(Math.max(0, seconds - 1));
  }
  expect(affordableSeconds([whole], cost(1_800) * 2)).toBe(1_800);
});

it("is part after part", () => {
  const each = estimate(price, parts[0]!.input);
  expect(affordableSeconds(parts, each * 2)).toBe(1_200);
  expect(affordableSeconds(parts, each * 2 + cost(300))).toBe(1_500);
  expect(affordableSeconds(parts, each - 1)).toBe(599);
});

it("is nothing where nothing is listened to, or nobody knows how long it is", () => {
  expect(affordableSeconds([{ price, input: { prompt: "a fox" } }], 1_000_000)).toBeUndefined();
  expect(affordableSeconds([{ price, input: { audio_file: attached() } }], 1_000_000)).toBeUndefined();
  expect(affordableSeconds([], 1_000_000)).toBeUndefined();
});

it("is said with the refusal, and with no other", () => {
  const refusal = new Problem({ kind: "out-of-credits", needed: 1, left: cost(120), resetsAt: 0 });
  expect(withWhatFits(refusal, [whole])).toMatchObject({ reason: { fitsSeconds: 120 } });
  expect(withWhatFits(refusal, [])).toBe(refusal);
  const other = new Problem({ kind: "shutting-down" });
  expect(withWhatFits(other, [whole])).toBe(other);
});
