import { MessageCreateRequestSchema } from "discord-api-spec/zod";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/discord/component-id.ts";
import { fileKey } from "../../src/discord/file-pages.ts";
import { render, renderProblem, renderText } from "../../src/discord/render.ts";
import type { ProblemReason } from "../../src/services/problem.ts";

const owner = { command: "ask", job: "1048390221946834954" };

const payloads = (...what: Parameters<typeof render>) => render(...what).map(({ payload }) => payload);

describe("a view", () => {
  it("is a message with quiet lines and buttons that know whose they are", () => {
    const [payload, ...more] = payloads(
      { text: "Hello", quiet: ["3.1 s", "3 credits"], buttons: [{ label: "Stop", action: "stop" }] },
      { owner },
    );
    expect(more).toEqual([]);
    expect(payload?.content).toBe("Hello\n-# 3.1 s\n-# 3 credits");
    const [button] = payload?.components[0]?.components ?? [];
    expect(decode(button?.custom_id ?? "")).toEqual({ ...owner, action: "stop" });
    expect(MessageCreateRequestSchema.safeParse(payload).error).toBeUndefined();
  });

  it("has buttons that say which of several they are for", () => {
    const buttons = [{ label: "Larger", action: "upscale", arg: "2" }];
    const [button] = payloads({ text: "Hello", buttons }, { owner })[0]?.components[0]?.components ?? [];
    expect(decode(button?.custom_id ?? "")).toEqual({ ...owner, action: "upscale", arg: "2" });
  });

  it("has five buttons a row, and as many rows as it takes", () => {
    const buttons = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ label: `${at}`, action: "a" }));
    const widths = (count: number) =>
      payloads({ text: "Hello", buttons: buttons(count) }, { owner })[0]?.components.map(
        ({ components }) => components.length,
      );
    expect([0, 5, 9, 30].map(widths)).toEqual([[], [5], [5, 4], [5, 5, 5, 5, 5]]);
  });

  it("never pings anybody", () => {
    for (const payload of [
      ...payloads({ text: "@everyone" }),
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
    const shown = payloads(view, { owner });
    expect(shown.map(({ components }) => components.length)).toEqual([0, 0, 1]);
    expect(shown.map(({ content }) => content.includes("-# 42 s"))).toEqual([false, false, true]);
  });

  it("that just fits has its quiet lines in a message of their own, and the text uncut", () => {
    const contents = payloads({ text: "x".repeat(1_990), quiet: ["FLUX schnell"] }).map(
      ({ content }) => content,
    );
    expect(contents).toEqual(["x".repeat(1_990), "-# FLUX schnell"]);
  });

  it("keeps its quiet lines out of code that is still being written", () => {
    const [payload] = payloads({ text: "```ts\nlet x;", quiet: ["working…"] });
    expect(payload?.content).toBe("```ts\nlet x;\n```\n-# working…");
  });
});

describe("a text of more messages than one answer may have", () => {
  const long = "word ".repeat(3_000);
  const shown = (isFinal: boolean) => render({ text: long, quiet: ["42 s"] }, { maxMessages: 3, isFinal });

  it("says while it grows that there is more", () => {
    const messages = shown(false);
    expect(messages).toHaveLength(3);
    expect(messages.at(-1)?.payload.content).toMatch(
      /word\n-# More is being written; it comes as a file\n-# 42 s$/,
    );
    expect(messages.flatMap(({ files }) => files)).toEqual([]);
  });

  it("ends with the rest as a file, and says so", () => {
    const messages = shown(true);
    const [file] = messages.at(-1)?.files ?? [];
    expect(messages.at(-1)?.payload.content).toContain("the rest is in the attached file");
    expect(file).toMatchObject({ name: "rest-of-the-answer", from: { extension: "md" } });
    const rest = file && "text" in file.from ? file.from.text : "";
    expect(messages).toHaveLength(3);
    const all = [...messages.map(({ payload }) => payload.content.replaceAll(/\n-# .*/g, "")), rest].join(
      " ",
    );
    expect(all.split(/\s+/).filter(Boolean)).toHaveLength(3_000);
  });

  it("counts the message that its quiet lines would need", () => {
    const just = "word ".repeat(399).trim();
    const quiet = ["a line that finds no room under it"];
    expect(render({ text: just, quiet })).toHaveLength(2);
    const [only, ...others] = render({ text: just, quiet }, { maxMessages: 1 });
    expect(others).toEqual([]);
    expect(only?.files).toHaveLength(1);
  });
});

describe("a file that can't be posted", () => {
  const url = "https://replicate.delivery/film.mp4";
  const until = Date.UTC(2026, 10, 23, 13);
  const reason = { kind: "result-too-large", bytes: 31_000_000, limitBytes: 10_000_000 } as const;
  const view = { text: "A film", files: [{ name: "film", from: { url, until } }] };
  const shown = (now: number) =>
    render(view, { unpostable: new Map([[fileKey(view.files[0]!), reason]]), now })[0];

  it("is named with its address as long as that answers", () => {
    const message = shown(until - 1);
    expect(message?.files).toEqual([]);
    expect(message?.payload.content).toBe(
      `A film\n-# film has 30 MB, which is more than can be posted here. It is at ${url} · this address ends <t:${until / 1000}:R>`,
    );
  });

  it("is named without it after that", () => {
    expect(shown(until)?.payload.content).toBe(
      "A film\n-# film has 30 MB, which is more than can be posted here",
    );
  });
});

it("many links are not unfurled, one or two are", () => {
  const links = (count: number) => Array.from({ length: count }, (_, at) => `https://example.com/${at}`);
  expect(payloads({ text: links(2).join(" ") })[0]).not.toHaveProperty("flags");
  expect(payloads({ text: links(3).join(" ") })[0]).toHaveProperty("flags", 4);
});

describe("a problem", () => {
  it("is a sentence with its mark, and what it cost where something could have", () => {
    expect(renderProblem({ kind: "flagged" }, "en-US", 0).content).toBe(
      "⚠️ The model's safety filter stopped this. Try other words, or another picture.\n-# Nothing was charged.",
    );
    expect(renderProblem({ kind: "not-allowed" }, "en-US").content).not.toContain("charged");
  });

  it("of a job has Retry where trying again makes sense", () => {
    const buttons = (reason: ProblemReason, failed?: typeof owner) =>
      renderProblem(reason, "en-US", 0, failed).components.flatMap(({ components }) => components);
    const [retry] = buttons({ kind: "create-unknown" }, owner);
    expect(decode(retry?.custom_id ?? "")).toEqual({ ...owner, action: "retry" });
    expect(buttons({ kind: "flagged" }, owner)).toEqual([]);
    expect(buttons({ kind: "create-unknown" })).toEqual([]);
  });
});
