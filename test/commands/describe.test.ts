import * as fc from "fast-check";
import { describe as group, expect, it } from "vitest";
import { describe } from "../../src/commands/describe.ts";
import { INSTRUCTION, readDescription } from "../../src/commands/description.ts";
import type { Run } from "../../src/services/jobs.ts";
import { attached, bodyOf, problem, runsOf, viewOf } from "./asked.ts";

const picture = attached({ name: "cat.png", contentType: "image/png" });
const ANSWER = "CAPTION: A cat.\nPROMPT: a cat, oil\non canvas\nALT: A cat sits.\nTEXT: SALE\nPROMPT: 50 %";
const READ = {
  caption: "A cat.",
  prompt: "a cat, oil\non canvas",
  alt: "A cat sits.",
  text: "SALE\nPROMPT: 50 %",
};

group("a description", () => {
  it("is read from the form that was asked for; what the picture says is no label", () => {
    expect(readDescription(ANSWER)).toEqual(READ);
  });

  it.each([
    "Sure! Here it is:\n\n**Caption:** A cat.\n\n## Prompt\na cat\n\n3. Alt text: sits\n**Text in the image:** None.",
    "```\nCAPTION: A cat.\nPROMPT: a cat\nALT: sits\nTEXT: none\n```",
    "- **ALT TEXT**: sits\n- **TEXT**: (none)\n- **PROMPT**: a cat\n- **CAPTION**: A cat.",
    "Caption： A cat.\r\nPrompt：a cat\r\nAlt： sits\r\nText： no visible text.",
  ])("is read however a model decorates it: %j", (answer) => {
    expect(readDescription(answer)).toEqual({ caption: "A cat.", prompt: "a cat", alt: "sits" });
  });

  it("is all caption where nothing can be read from it", () => {
    expect(readDescription("Just words.\n\nAnd more.")).toEqual({ caption: "Just words.\n\nAnd more." });
    expect(readDescription("prompt")).toEqual({ caption: "prompt" });
    expect(readDescription("  ")).toEqual({});
  });

  it("grows: no part shows a label that has only begun, nor anything that is not there in the end", () => {
    for (let end = 0; end <= ANSWER.length; end++) {
      const soFar = readDescription(ANSWER.slice(0, end), false);
      for (const [part, text] of Object.entries(soFar))
        expect([part, READ[part as keyof typeof READ].startsWith(text)]).toEqual([part, true]);
    }
  });

  it("is never empty nor thrown about, whatever a model says", () => {
    const pieces = fc.constantFrom(
      "CAPTION:",
      "\n",
      "Prompt",
      "**",
      "```",
      "alt text: ",
      "TEXT:",
      "none",
      "a",
      " ",
      "1. ",
    );
    const answers = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(answers, fc.boolean(), (answer, isFinal) => {
        const parts = Object.entries(readDescription(answer, isFinal));
        for (const [, text] of parts) expect(text.trim()).not.toBe("");
        if (isFinal && answer.trim()) expect(parts).not.toEqual([]);
      }),
    );
  });

  it("is read in no time, however a model fills it up", () => {
    const begun = performance.now();
    for (const filling of [" ", "-", "* ", "`", "a ", "\n"])
      for (const isFinal of [true, false]) readDescription(`CAPTION:${filling.repeat(20_000)}x`, isFinal);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("asks for the parts that it reads", () => {
    expect(Object.keys(readDescription(INSTRUCTION))).toEqual(["caption", "prompt", "alt", "text"]);
  });
});

group("/describe", () => {
  it("asks the server's model where it sees, or else the next best that may be used", () => {
    const model = (ask: string, more: object = {}) =>
      runsOf(describe, { image: picture }, { models: { ask, imagine: "", transcribe: "" }, ...more })[0];
    expect(model("claude-4.5-haiku")).toMatchObject({
      model: "claude-sonnet-5",
      input: { prompt: INSTRUCTION, image: picture, max_tokens: 1_024 },
    });
    expect(model("gpt-5-mini")?.model).toBe("gpt-5-mini");
    expect(() =>
      model("claude-4.5-haiku", { allowed: { allowed: "all", except: ["claude-sonnet-5"] } }),
    ).toThrow(expect.objectContaining(problem("model-denied", { model: "Claude Sonnet 5", models: [] })));
  });

  const view = (text: string, state: "processing" | "succeeded" = "succeeded") =>
    viewOf(describe, { image: picture }, [{ model: "claude-sonnet-5", state, result: { text } }]);
  const labels = (...of: Parameters<typeof view>) => view(...of).buttons?.map(({ label }) => label);

  it("shows each part under its label, the text as it stands in the picture", () => {
    expect(view(ANSWER).text).toBe(
      [
        "**cat.png** · Mia",
        "-# **Caption**",
        "A cat.",
        "-# **Prompt**",
        "a cat, oil",
        "on canvas",
        "-# **Alt text**",
        "A cat sits.",
        "-# **Text in the picture**",
        "```",
        "SALE",
        "PROMPT: 50 %",
        "```",
      ].join("\n"),
    );
  });

  it("is as hidden as the picture was", () => {
    const image = { ...picture, spoiler: true };
    const run: Partial<Run> = { state: "succeeded", result: { text: ANSWER } };
    const { text } = viewOf(describe, { image }, [run]);
    expect(text.split("\n").slice(1, 5)).toEqual([
      "-# **Caption**",
      "||A cat.||",
      "-# **Prompt**",
      "||a cat, oil",
    ]);
    expect(text).toMatch(/\|\|```\nSALE\nPROMPT: 50 %\n```\|\|$/);
  });

  it("offers to draw what it found, and nothing where it found no prompt or is not done", () => {
    expect(labels(ANSWER)).toEqual(["Draw it", "Again", "Delete"]);
    expect(labels("CAPTION: A cat.")).toEqual(["Again", "Delete"]);
    expect(labels(ANSWER, "processing")).toEqual(["Stop"]);
  });

  it("looks right while it grows", () => {
    expect(view("CAPTION: A cat.\nPRO", "processing").text).toBe("**cat.png** · Mia\n-# **Caption**\nA cat.");
    expect(view("CAP", "processing").text).toBe("**cat.png** · Mia");
    expect(view("TEXT: SA", "processing").text).toMatch(/```\nSA\n```$/);
  });

  it("lets nothing that a picture says format anything, lead anywhere or leave its block", () => {
    const evil = "**b** # h https://evil.example discord.gg/x <@1> @everyone ```";
    const { text } = view(`CAPTION: ${evil}\nPROMPT: ${evil}\nTEXT: ${evil}\n\`\`\`js\n\`\`\`\n@here`);
    const [before = "", code = "", after, more] = text.split("```");
    // Three backticks begin the block, and three end it.
    expect([after, more]).toEqual(["", undefined]);
    expect(code).toContain("@here");
    const unescaped = before.replaceAll(/\\./g, "").replaceAll(/^(-# )?\*\*.*?\*\*/gm, "");
    expect(unescaped).not.toMatch(/[*<>`@/#]/);
  });

  it("draws no more than /imagine takes, cut between letters", () => {
    const { actions = {} } = bodyOf(describe) as { actions?: Record<string, unknown> };
    const draw = actions["draw"] as {
      request(press: unknown): { command: string; options: { prompt: string } };
    };
    const pressed = (prompt: string, image = picture) =>
      draw.request({
        job: {
          request: { options: { image }, private: true },
          runs: [{ state: "succeeded", result: { text: `CAPTION: A cat.\nPROMPT: ${prompt}` } }],
        },
      });
    expect(pressed("a cat,\non canvas")).toEqual({
      command: "imagine",
      options: { prompt: "a cat, on canvas", private: true },
    });
    const hidden = { ...picture, spoiler: true };
    expect(pressed("a cat", hidden).options).toEqual({ prompt: "a cat", spoiler: true, private: true });
    const { prompt } = pressed(`a${"🦊".repeat(1_500)}`).options;
    expect(prompt).toBe(`a${"🦊".repeat(999)}`);
    expect(() => pressed("")).toThrow(expect.objectContaining(problem("gone")));
  });
});
