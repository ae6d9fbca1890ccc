import { MessageCreateRequestSchema } from "discord-api-spec/zod";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/discord/component-id.ts";
import { render, renderProblem, renderText } from "../../src/discord/render.ts";

const owner = { command: "ask", job: "1048390221946834954" };

describe("a view", () => {
  it("is a message with quiet lines and buttons that know whose they are", () => {
    const [payload, ...more] = render(
      { text: "Hello", quiet: ["3.1 s", "3 credits"], buttons: [{ label: "Stop", action: "stop" }] },
      owner,
    );
    expect(more).toEqual([]);
    expect(payload?.content).toBe("Hello\n-# 3.1 s\n-# 3 credits");
    const [button] = payload?.components[0]?.components ?? [];
    expect(decode(button?.custom_id ?? "")).toEqual({ ...owner, action: "stop" });
    expect(MessageCreateRequestSchema.safeParse(payload).error).toBeUndefined();
  });

  it("never pings anybody", () => {
    for (const payload of [
      ...render({ text: "@everyone" }),
      renderText("<@1>"),
      renderProblem({ kind: "gone" }, "en-US"),
    ])
      expect(payload.allowed_mentions).toEqual({ parse: [] });
  });

  it("of a long text has its quiet lines and buttons on the last message", () => {
    const view = {
      text: "word ".repeat(900),
      quiet: ["42 s"],
      buttons: [{ label: "Stop", action: "stop" } as const],
    };
    const payloads = render(view, owner);
    expect(payloads.map(({ components }) => components.length)).toEqual([0, 0, 1]);
    expect(payloads.map(({ content }) => content.includes("-# 42 s"))).toEqual([false, false, true]);
  });

  it("that just fits has its quiet lines in a message of their own, and the text uncut", () => {
    const contents = render({ text: "x".repeat(1_990), quiet: ["FLUX schnell"] }).map(
      ({ content }) => content,
    );
    expect(contents).toEqual(["x".repeat(1_990), "-# FLUX schnell"]);
  });

  it("keeps its quiet lines out of code that is still being written", () => {
    const [payload] = render({ text: "```ts\nlet x;", quiet: ["working…"] });
    expect(payload?.content).toBe("```ts\nlet x;\n```\n-# working…");
  });
});

describe("a problem", () => {
  it("is a sentence with its mark, and what it cost where something could have", () => {
    expect(renderProblem({ kind: "flagged" }, "en-US", 0).content).toBe(
      "⚠️ The model's safety filter stopped this. Try other words, or another picture.\n-# Nothing was charged.",
    );
    expect(renderProblem({ kind: "not-allowed" }, "en-US").content).not.toContain("charged");
  });
});
