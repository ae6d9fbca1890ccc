import { describe, expect, it } from "vitest";
import { withAskRate } from "../../src/commands/ask-rate.ts";
import type { JobOf } from "../../src/commands/command.ts";
import type { Press } from "../../src/commands/press.ts";
import { transcriptActions, transcriptButtons } from "../../src/commands/transcript-actions.ts";
import type { Attachment } from "../../src/services/attachment.ts";
import { operatorPrices } from "../../src/services/models/operator-prices.ts";
import type { Run } from "../../src/services/jobs.ts";
import { asked, attached, problem } from "./asked.ts";

type Options = { audio: Attachment; translate?: boolean };

function jobOf(result: Run["result"], options: Partial<Options> = {}): JobOf<Options> {
  const request = { ...asked({}), options: { audio: attached(), ...options } };
  const run = { key: "transcript", model: "whisperx", input: {}, hold: 0, state: "succeeded" } as const;
  return {
    id: request.id,
    command: "transcribe",
    asker: request.asker,
    account: { guild: "77", person: "5", roles: [] },
    address: null,
    request,
    state: "delivered",
    createdAt: 0,
    runs: [{ ...run, ...(result ? { result } : {}) }],
  };
}
const pressOf = (job: JobOf<Options>, locale = "en-US"): Press<Options> => ({ job, attachments: [], locale });
const spoken = { text: "Guten Tag.", language: "de" };

describe("the buttons under a transcript", () => {
  const labels = (prices: string, text: string, ask = "claude-4.5-haiku") => {
    const models = { ...asked({}).models, ask };
    const request = withAskRate(asked({}, { models }), { prices: operatorPrices(prices) });
    return transcriptButtons({ ...jobOf(spoken), request }, text).map(({ label }) => label);
  };
  const long = "x".repeat(60_000);

  it("say what they cost, about, by the model's price and the transcript's length", () => {
    expect(labels("", "Guten Tag.")).toEqual([
      "Summarise · ~2.2 credits",
      "Translate · ~0.2 credits",
      "Ask about this · ~2.2 credits",
    ]);
    // 15,000 tokens at 1 to read, and at 5 to write.
    expect(labels("", long)).toEqual([
      "Summarise · ~17 credits",
      "Translate · ~91 credits",
      "Ask about this · ~17 credits",
    ]);
  });

  it("count the operator's own prices", () => {
    expect(labels("anthropic/claude-4.5-haiku=token:2/10", long)[1]).toBe("Translate · ~182 credits");
    expect(labels("openai/gpt-5=run:0.005", long, "gpt-5")).toEqual([
      "Summarise · ~5 credits",
      // In five pieces.
      "Translate · ~25 credits",
      "Ask about this · ~5 credits",
    ]);
  });

  it("say no price that nobody knows, and are not there where nobody spoke", () => {
    expect(labels("", long, "gpt-5")).toEqual(["Summarise", "Translate", "Ask about this"]);
    expect(labels("", " \n")).toEqual([]);
  });
});

describe("Translate", () => {
  const { translate } = transcriptActions;
  const offered = (job: JobOf<Options>, locale: string) => translate.form(pressOf(job, locale)).fields.into;

  it.each([
    { locale: "en-US", value: "English" },
    { locale: "fr", value: "français" },
    { locale: "pt-BR", value: "português (Brasil)" },
    { locale: "sv-SE", value: "svenska" },
  ])("offers $value to those who read it", ({ locale, value }) => {
    expect(offered(jobOf(spoken), locale)).toMatchObject({ required: true, value });
  });

  it("offers nothing where the transcript is in that language", () => {
    expect(offered(jobOf(spoken), "de")).not.toHaveProperty("value");
    expect(offered(jobOf({ text: "Hello", language: "english" }), "en-GB")).not.toHaveProperty("value");
    expect(offered(jobOf(spoken, { translate: true }), "en-US")).not.toHaveProperty("value");
  });

  it.each(["de", "German", "deutsch", "Allemand"])("refuses %s, which it is in already", (into) => {
    expect(() => translate.request(pressOf(jobOf(spoken), "fr"), { into })).toThrow(
      expect.objectContaining(problem("same-language", { language: into })),
    );
  });
});

describe("what is asked", () => {
  const summary = (job: JobOf<Options>) => transcriptActions.summarise.request(pressOf(job));

  it("goes with the whole transcript, which is no option", () => {
    expect(summary(jobOf(spoken))).toEqual({
      command: "ask",
      options: { prompt: "Summary of talk.mp3", private: false },
      about: { title: "talk.mp3", text: "Guten Tag.", task: { kind: "summarise" } },
    });
  });

  it("is as private as the transcript", () => {
    expect(summary({ ...jobOf(spoken), private: true }).options["private"]).toBe(true);
  });

  it("is refused where there is no transcript any more", () => {
    expect(() => summary(jobOf(undefined))).toThrow(expect.objectContaining(problem("gone")));
  });
});
