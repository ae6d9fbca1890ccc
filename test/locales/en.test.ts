import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amount, duration, megabytes, quoted } from "../../src/locales/format.ts";
import { words } from "../../src/locales/index.ts";
import type { ProblemReason } from "../../src/services/problem.ts";

type Facts<Kind extends ProblemReason["kind"]> = Omit<Extract<ProblemReason, { kind: Kind }>, "kind">;

/** Every kind of problem with facts of each shape that it may have; the compiler asks for the missing one. */
const problems: { [Kind in ProblemReason["kind"]]: Facts<Kind>[] } = {
  "bad-option": [
    { option: "count", rule: { kind: "required" } },
    { option: "count", rule: { kind: "text", max: 100 } },
    { option: "count", rule: { kind: "integer", min: 1, max: 4 } },
    { option: "count", rule: { kind: "choice", choices: ["a", "b"] } },
    { option: "angles", rule: { kind: "entries", max: 8, each: 60 } },
    { option: "credits", rule: { kind: "credits", max: 1_000_000 } },
    { option: "usd", rule: { kind: "dollars" } },
    { option: "time-zone", rule: { kind: "time-zone" } },
    { option: "role", rule: { kind: "some-role" } },
  ],
  "bad-list": [
    { name: "a.pdf", fault: { kind: "no-list" } },
    { name: "a.csv", fault: { kind: "no-text" } },
    { name: "a.csv", fault: { kind: "no-header", columns: ["a", "b"] } },
    { name: "a.csv", fault: { kind: "no-header", columns: [] } },
    { name: "a.csv", fault: { kind: "no-csv", line: 3 } },
    { name: "a.txt", fault: { kind: "no-prompts" } },
    { name: "a.txt", fault: { kind: "too-many", max: 50 } },
    { name: "a.txt", fault: { kind: "too-long", max: 2_000, lines: [1, 2] } },
    { name: "a.csv", fault: { kind: "no-prompt", lines: Array.from({ length: 40 }, (_, at) => at + 2) } },
    { name: "a.csv", fault: { kind: "shape", shape: "round", shapes: ["square", "wide"], lines: [7] } },
  ],
  "operator-only": [{}],
  paused: [{ everywhere: true }, { everywhere: false }],
  "model-denied": [
    { model: "X", models: [] },
    { model: "X", models: Array<string>(40).fill("flux-dev") },
  ],
  "voice-unheard": [{}],
  "too-many-channels": [{ limit: 20 }],
  "is-default": [{ model: "flux-schnell" }],
  "too-many-jobs": [{ limit: 1 }, { limit: 3 }],
  "above-ceiling": [{ asked: 2_000_000, ceiling: 1_000_000 }],
  "unknown-model": [
    { name: "x", suggestions: [] },
    { name: "x", suggestions: ["a", "b"] },
  ],
  "wrong-model": [{ name: "x", models: ["a"] }],
  "option-not-taken": [
    { option: "seed", model: "X", models: [] },
    { option: "seed", model: "X", models: ["a", "b", "c"] },
  ],
  "option-needed": [
    { option: "image", model: "X", models: [] },
    { option: "image", model: "X", models: ["a", "b"] },
  ],
  "length-not-taken": [
    { model: "X", seconds: 7, lengths: [6, 10], models: ["a"] },
    { model: "X", seconds: 20, lengths: { from: 4, to: 15 }, models: [] },
  ],
  "bad-input": [
    { field: "prompt", rule: { kind: "missing" } },
    { field: "promt", rule: { kind: "unknown", known: ["prompt"], nearest: "prompt" } },
    { field: "`".repeat(900), rule: { kind: "unknown", known: Array<string>(40).fill("a".repeat(90)) } },
    { field: "jobs", rule: { kind: "unknown", known: [] } },
    { field: "seed", rule: { kind: "type", types: ["integer"] } },
    { field: "text", rule: { kind: "type", types: ["string", "array"] } },
    { field: "style", rule: { kind: "choice", choices: ["a", 2, true] } },
    { field: "style", rule: { kind: "choice", choices: Array<string>(400).fill("`x`\n") } },
    { field: "scale", rule: { kind: "range", min: 0, max: 10 } },
    { field: "scale", rule: { kind: "range", max: 10 } },
    { field: "name", rule: { kind: "length", min: 3 } },
    { field: "images", rule: { kind: "count", min: 2, max: 2 } },
    { field: "images[2]", rule: { kind: "file" } },
  ],
  "either-or": [{ options: ["model", "quality"] }, { options: ["a", "b", "c"] }],
  "no-schema": [{ model: "owner/name" }],
  "not-an-image": [{ name: "a.png" }],
  "not-audio": [{ name: "a.mp3" }],
  "recording-too-long": [
    { name: "a.mp3", seconds: 7_260, limitSeconds: 3_600, why: "no-ffmpeg" },
    { name: "a.mp3", seconds: 7_260, limitSeconds: 3_600, why: "speakers" },
    { name: "a.mp3", seconds: 40_000, limitSeconds: 28_800, why: "always" },
  ],
  "language-unknown": [
    { typed: "Germn", suggestions: ["German"] },
    { typed: "`Klingon`", suggestions: [] },
  ],
  "language-not-taken": [
    { language: "Irish", model: "WhisperX", models: [] },
    { language: "Irish", model: "WhisperX", models: ["whisper"] },
  ],
  "no-sound": [{ name: "a.mp4" }],
  "length-unknown": [{ name: "a.webm" }],
  unseen: [{ name: "a.mp3" }],
  "not-prepared": [{ name: "a.mp3" }],
  "no-attachment": [{ wanted: "image" }, { wanted: "audio" }],
  "not-together": [{ options: ["background", "mask"] }],
  "nothing-asked": [{ options: ["prompt", "style", "background"] }],
  "needs-option": [{ option: "strength", needs: "style" }],
  "empty-mask": [{ name: "mask.png" }],
  "nothing-transparent": [{ name: "a.png" }],
  "same-language": [{ language: "English" }],
  "no-words": [{}],
  "letters-not-read": [
    { model: "Kokoro", letters: ["п"] },
    { model: "Kokoro", letters: Array<string>(60).fill("猫") },
  ],
  "mask-shape": [{ picture: { width: 640, height: 480 }, mask: { width: 200, height: 200 } }],
  "empty-file": [{ name: "a.mp3" }],
  "file-too-large": [{ name: "a.mp3", bytes: 30_000_000, limitBytes: 26_214_400 }],
  "too-many-pixels": [
    { width: 3_000, height: 2_000, limit: 2_000_000 },
    { width: 30_000, height: 2_000, limit: 50_000_000, scaled: false },
  ],
  "file-unavailable": [{ name: "a.mp3" }],
  "not-allowed": [{}],
  "not-yours": [{ managers: true }, { managers: false }],
  "guild-only": [{}],
  "guild-not-served": [{}],
  "out-of-credits": [
    { needed: 5_000, left: -2_000, resetsAt: Date.UTC(2026, 10, 24) },
    { needed: 5_000, left: 10, resetsAt: Date.UTC(2026, 10, 24), fitsSeconds: 12 },
    { needed: 5_000_000, left: 250_000, resetsAt: Date.UTC(2026, 10, 24), fitsSeconds: 1_000 },
  ],
  "no-credits": [{ direct: true }, { direct: false }],
  "needs-confirmation": [
    { needed: 340_000, left: 900_000 },
    { needed: 340_000, left: "unlimited" },
  ],
  "too-many-failures": [{ retryAt: Date.UTC(2026, 10, 23, 13) }],
  "guild-budget-spent": [
    { resetsAt: Date.UTC(2026, 11), some: true },
    { resetsAt: Date.UTC(2026, 11), some: false },
  ],
  "budget-spent": [
    { resetsAt: Date.UTC(2026, 11), some: true },
    { resetsAt: Date.UTC(2026, 11), some: false },
  ],
  unpriced: [{ model: "X" }],
  flagged: [{}],
  "wrong-file": [
    { model: "X", expected: "picture" },
    { model: "X", expected: "video" },
    { model: "X", expected: "sound" },
  ],
  "model-failed": [{ model: "X" }, { model: "X", code: "E1001" }],
  "no-output": [{ model: "X" }],
  "input-refused": [{ model: "X" }, { model: "X", field: "input.seed" }],
  "model-not-found": [{ model: "X" }],
  cancelled: [{}],
  "timed-out": [{ model: "X" }],
  "operator-account": [{ status: 402 }],
  "rate-limited": [{ retryAfterSeconds: 5 }],
  "replicate-unreachable": [{}],
  "create-unknown": [{}],
  "output-gone": [{}],
  "output-refused": [{}],
  "result-too-large": [{ bytes: 20_000_000, limitBytes: 10_485_760 }],
  "store-unavailable": [{}],
  "change-unsure": [{}],
  "shutting-down": [{}],
  gone: [{}],
  "already-done": [{}],
  unexpected: [{ reference: "1048390221946834954" }],
};

const say = words("en-US");
const reasons = Object.entries(problems).flatMap(([kind, all]) =>
  all.map((facts) => ({ kind, ...facts }) as ProblemReason),
);

describe("every problem", () => {
  it.each(reasons)("$kind is a whole sentence", (reason) => {
    const sentence = say.problem(reason);
    expect(sentence).toMatch(/^[A-Z`].*[.!?]$/s);
    expect(sentence).not.toMatch(/undefined|NaN|null|\[object|Infinity/);
    expect(sentence.length).toBeLessThan(500);
  });

  it("never tells of a debt as something left", () => {
    const [facts] = problems["out-of-credits"];
    expect(say.problem({ kind: "out-of-credits", needed: 0, left: 0, resetsAt: 0, ...facts })).toContain(
      "you have 0 left",
    );
  });
});

describe("text that somebody typed", () => {
  it("is quoted on one line", () => {
    expect(quoted("a *fox*\n\n# at   dusk", 100)).toBe("a \\*fox\\* \\# at dusk");
    expect(quoted("[x](https://y) <@1> `c` ||s|| ~~d~~ __u__", 100)).toBe(
      "\\[x\\]\\(https\\://y\\) \\<\\@1\\> \\`c\\` \\|\\|s\\|\\| \\~\\~d\\~\\~ \\_\\_u\\_\\_",
    );
  });

  it("is cut between letters", () => {
    expect(quoted("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2)).toBe("👩‍👩‍👧‍👦…");
    expect(quoted("abc", 3)).toBe("abc");
  });

  it("formats nothing, whatever it is", () => {
    const text = fc
      .array(fc.constantFrom(..."\\*_~`|<>[]()#@:-ab \n\r\t".split("")), { maxLength: 40 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (text) => {
        const shown = quoted(text, 30);
        // Without what is escaped, nothing is left that means anything.
        expect(shown.replaceAll(/\\./g, "")).toMatch(/^[ab …]*$/);
        const escaped = [...shown.matchAll(/\\(.)|([^\\])/g)]
          .map(([, marked, plain]) => marked ?? plain)
          .join("");
        if (!shown.endsWith("…")) expect(escaped).toBe(text.replaceAll(/\s+/g, " ").trim());
      }),
    );
  });
});

describe("amounts", () => {
  it("are as exact as people want them", () => {
    const shown = [0, 40, 400, 1_000, 2_960, 9_960, 12_400, 1_234_567].map((money) => amount(money));
    expect(shown).toEqual(["0", "<0.1", "0.4", "1", "3", "10", "12", "1,235"]);
  });

  it("are one credit or several", () => {
    const shown = [0, 40, 400, 1_000, 1_500, 12_000].map((money) => say.credits(money));
    expect(shown).toEqual([
      "0 credits",
      "<0.1 credit",
      "0.4 credits",
      "1 credit",
      "1.5 credits",
      "12 credits",
    ]);
    expect([say.left("unlimited"), say.left(-5_000), say.left(247_000)]).toEqual([
      "unlimited",
      "0 left",
      "247 left",
    ]);
  });

  it("of time and bytes are short", () => {
    expect([0.04, 3.14, 42.4, 119.4, 600].map(duration)).toEqual([
      "0.0 s",
      "3.1 s",
      "42 s",
      "119 s",
      "10 min",
    ]);
    expect([1_572_864, 26_214_400].map(megabytes)).toEqual(["1.5 MB", "25 MB"]);
    expect(say.clockTime(65)).toBe("1:05");
  });
});
