import { describe, expect, it } from "vitest";
import { ask } from "../../src/commands/ask.ts";
import { completing, type Completing } from "../../src/commands/options.ts";
import { modelOption } from "../../src/commands/models.ts";
import { styles } from "../../src/commands/styles.ts";
import { upscale } from "../../src/commands/upscale.ts";
import { findModel, modelByKey } from "../../src/services/models/index.ts";
import type { ModelKind } from "../../src/services/models/model.ts";
import { estimate } from "../../src/services/prices.ts";
import { attached, problem, runsOf, viewOf } from "./asked.ts";

const refused = (...of: Parameters<typeof problem>) => expect.objectContaining(problem(...of));

describe("/ask", () => {
  it("runs with an end to its length, so that its price has one", () => {
    expect(runsOf(ask, { prompt: "Why?", system: "Be brief." })).toEqual([
      {
        key: "answer",
        model: "claude-4.5-haiku",
        input: { prompt: "Why?", system_prompt: "Be brief.", max_tokens: 1_024 },
      },
    ]);
  });

  it("says which models take a system prompt", () => {
    expect(() => runsOf(ask, { prompt: "Why?", system: "Be brief.", model: "deepseek-v3" })).toThrow(
      refused("option-not-taken", {
        option: "system",
        model: "DeepSeek V3",
        models: ["claude-4.5-haiku", "claude-sonnet-5"],
      }),
    );
  });

  const said = [{ id: "1", asked: "Who?", answered: "Me.", model: "claude-4.5-haiku" }];
  const conversation = (history = said) => ({ conversation: { turn: "2", history } });
  const inputOf = (...of: Parameters<typeof runsOf>) => runsOf(...of)[0]?.input;

  it("tells the model what was said before, and holds for it", () => {
    const input = inputOf(ask, { prompt: "Why?" }, conversation());
    expect(input?.["prompt"]).toBe("User: Who?\n\nAssistant: Me.\n\nUser: Why?\n\nAssistant:");
    const long = conversation([{ ...said[0]!, answered: "x".repeat(9_000) }]);
    const cost = (more: object) =>
      estimate(findModel("text", "claude-4.5-haiku").price, inputOf(ask, { prompt: "Why?" }, more) ?? {});
    expect(cost(long) - cost(conversation())).toBe(2_999);
  });

  it("answers in a style, which with one's own words beside it comes first", () => {
    const system = (options: object) => inputOf(ask, { prompt: "Why?", ...options })?.["system_prompt"];
    expect(system({ style: "concise" })).toBe(styles.concise);
    expect(system({ style: "concise", system: "Rhyme." })).toBe(`${styles.concise}\n\nRhyme.`);
    expect(system({})).toBeUndefined();
  });

  it("puts a style in front of the question where a model has no system prompt", () => {
    const options = { prompt: "Why?", style: "formal", model: "deepseek-v3" };
    expect(inputOf(ask, options)).toEqual({ prompt: `${styles.formal}\n\nWhy?`, max_tokens: 1_024 });
  });

  it("shows a picture to a model that sees, and holds for it", () => {
    const picture = attached({ name: "cat.png", contentType: "image/png", width: 800, height: 600 });
    const seen = (model: string) => runsOf(ask, { prompt: "Who?", image: picture, model })[0];
    expect(seen("claude-sonnet-5")).toMatchObject({ model: "claude-sonnet-5", input: { image: picture } });
    expect(seen("gpt-5-mini")).toMatchObject({ model: "gpt-5-mini", input: { image_input: [picture] } });
    expect(seen("gemini-2.5-flash")).toMatchObject({
      model: "gemini-2.5-flash",
      input: { images: [picture] },
    });
    // The next best is one that has a price.
    for (const blind of ["claude-4.5-haiku", "llama-3-8b", "deepseek-v3.1"])
      expect(seen(blind)).toMatchObject({ model: "claude-sonnet-5", input: { image: picture } });
    const { price } = findModel("text", "claude-sonnet-5");
    const { image: _, ...without } = seen("claude-sonnet-5")?.input ?? {};
    expect(estimate(price, seen("claude-sonnet-5")?.input ?? {}) - estimate(price, without)).toBe(2 * 1_600);
  });

  it("takes the bare question of whoever asks Llama 3, and turns in its own marks", () => {
    const options = { prompt: "Why?", model: "llama-3-8b" };
    expect(inputOf(ask, options)?.["prompt"]).toBe("Why?");
    const { prompt, prompt_template: template } = inputOf(ask, options, conversation()) ?? {};
    expect(String(template).replace("{prompt}", () => String(prompt))).toBe(
      [
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nYou are a helpful assistant<|eot_id|>",
        "<|start_header_id|>user<|end_header_id|>\n\nWho?<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\nMe.<|eot_id|>",
        "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
      ].join(""),
    );
  });

  it("shows the question and what is there of the answer", () => {
    const view = viewOf(ask, { prompt: "Why?" }, [
      { model: "claude-4.5-haiku", state: "processing", result: { text: "Because" } },
    ]);
    expect(view).toMatchObject({
      text: "**Why?** · Mia\nBecause",
      quiet: ["Claude 4.5 Haiku · working · begun <t:0:R>"],
    });
    expect(view.buttons).toHaveLength(1);
  });
});

describe("/upscale", () => {
  const picture = (width: number, height: number) =>
    attached({ name: "cat.png", contentType: "image/png", width, height });

  it("makes a picture four times larger where nobody says how much", () => {
    expect(runsOf(upscale, { image: picture(800, 600) })).toMatchObject([
      { key: "picture", model: "real-esrgan", input: { scale: 4, face_enhance: false } },
    ]);
  });

  it("refuses more pixels than the model's memory holds, less where it makes more of them", () => {
    expect(() => runsOf(upscale, { image: picture(2_000, 1_500) })).toThrow(
      refused("too-many-pixels", { width: 2_000, height: 1_500, limit: 2_000_000 }),
    );
    expect(runsOf(upscale, { image: picture(1_400, 1_400), scale: 4 })).toHaveLength(1);
    expect(() => runsOf(upscale, { image: picture(1_400, 1_400), scale: 8 })).toThrow(
      refused("too-many-pixels", { width: 1_400, height: 1_400, limit: 1_000_000 }),
    );
  });

  it("is as hidden as the picture was", () => {
    const run = { model: "real-esrgan", result: { files: ["https://replicate.delivery/x.png"] } };
    const { files } = viewOf(upscale, { image: { ...picture(80, 60), spoiler: true } }, [run]);
    expect(files).toMatchObject([{ spoiler: true }]);
  });

  it("shows how large the picture is now", () => {
    const run = {
      model: "real-esrgan",
      seconds: 12,
      cost: 2_000,
      result: { files: ["https://replicate.delivery/x.png"] },
    };
    expect(viewOf(upscale, { image: picture(800, 600), scale: 2 }, [run])).toEqual({
      text: "**cat.png ×2** · Mia",
      quiet: ["Real-ESRGAN · 12 s · 1600 × 1200 · 2 credits"],
      files: [
        { name: "cat-x2", alt: "cat.png, 2 times larger", from: { url: "https://replicate.delivery/x.png" } },
      ],
      buttons: [
        { label: "Animate", action: "animate" },
        { label: "Remove background", action: "remove-background" },
        { label: "Edit", action: "edit" },
        { label: "Again", action: "again" },
        { label: "Delete", action: "delete", style: "danger" },
      ],
    });
  });
});

const anywhere: Completing = {
  locale: "en-US",
  prices: new Map(),
  allows: () => true,
  usualSeconds: () => undefined,
};

describe("what autocomplete offers", () => {
  it("begins with what was typed, contains it at least, and is 25 at the most", () => {
    const names = ["pear", "apple", "grape", ...Array.from({ length: 40 }, (_, index) => `ape ${index}`)];
    const complete = completing(() => names.map((name) => ({ name, value: name })));
    expect(
      complete("p", anywhere)
        .slice(0, 2)
        .map(({ name }) => name),
    ).toEqual(["pear", "apple"]);
    expect(complete("p", anywhere)).toHaveLength(25);
    expect(complete(" GRA ", anywhere)).toEqual([{ name: "grape", value: "grape" }]);
  });

  const offeredOf = (kind: ModelKind, where: Partial<Completing> = {}) => {
    const option = modelOption(kind);
    return option.type === "text" ? (option.complete?.("", { ...anywhere, ...where }) ?? []) : [];
  };

  it("has a price for every model and how long it runs where that is known, within Discord's 100 characters", () => {
    for (const kind of ["image", "upscale", "video", "transcription", "text"] as const) {
      const offered = offeredOf(kind);
      expect(offered.length).toBeGreaterThan(0);
      for (const { name, value } of offered) {
        expect(name).toMatch(/^.+ · (~[\d.,<]+ credits?( \/ (1,000 tokens|s))?|price unknown)( · ~\d+ s)?$/);
        expect(/ · ~\d+ s$/.test(name)).toBe(modelByKey(value)?.seconds !== undefined);
      }
      for (const { name } of [...offered, ...offeredOf(kind, { usualSeconds: () => 119.4 })])
        expect(name.length).toBeLessThanOrEqual(100);
    }
  });

  it("says what a model's own runs have taught rather than what was recorded once", () => {
    const first = (seconds?: number) => offeredOf("image", { usualSeconds: () => seconds })[0]?.name;
    expect(first()).toBe("FLUX schnell · ~3 credits · ~1 s");
    expect(first(0.2)).toBe("FLUX schnell · ~3 credits · ~1 s");
    expect(first(42.4)).toBe("FLUX schnell · ~3 credits · ~42 s");
    expect(first(600)).toBe("FLUX schnell · ~3 credits · ~10 min");
  });

  it("says what a second of film costs where the price is by the second", () => {
    const named = (key: string) => offeredOf("video").find(({ value }) => value === key)?.name;
    expect(named("seedance-2.0")).toBe("Seedance 2.0 · ~100 credits / s");
    expect(named("veo-3.1-fast")).toBe("Veo 3.1 fast · ~150 credits / s");
    expect(named("hailuo-02")).toBe("Hailuo 02 · ~480 credits");
    expect(named("animate-diff")).toBe("AnimateDiff · ~165 credits · ~54 s");
  });
});
