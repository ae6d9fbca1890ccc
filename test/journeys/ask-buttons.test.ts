import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Person } from "../../sandbox/discord/person.ts";
import { styles } from "../../src/commands/styles.ts";
import {
  after,
  answers,
  ask,
  checkJournals,
  inputs,
  lastPrompt,
  only,
  press,
  reply,
  startIn,
  world,
} from "./talk.ts";

describe("Reply", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("opens a form with one field, and what is sent is the next turn, in the same words and in private", async () => {
    answers("Paris.");
    const options = {
      model: "claude-sonnet-5",
      system: "Be brief.",
      style: "teacher",
      private: true,
      new: true,
    };
    const first = only(await ask("Which capital?", options));
    const { modal } = await press(first, "Reply");
    expect(modal).toMatchObject({
      title: "Reply",
      custom_id: first.buttons.find(({ label }) => label === "Reply")?.customId,
      components: [
        {
          type: 18,
          label: "What you want to say next",
          component: { type: 4, custom_id: "prompt", style: 2, required: true, max_length: 4_000 },
        },
      ],
    });
    const second = only(await reply(first, "And of Spain?"));
    expect(second.id).not.toBe(first.id);
    expect(second.private).toBe(true);
    expect(second.content).toMatch(/^\*\*And of Spain\?\*\* · Mia\n/);
    expect(inputs().at(-1)).toMatchObject({
      prompt: after([["Which capital?", "Paris."]], "And of Spain?"),
      system_prompt: `${styles.teacher}\n\nBe brief.`,
    });
    expect(second.content).toMatch(/-# Claude Sonnet 5 · /);
    expect(second.buttons.map(({ label }) => label)).toEqual(["Reply", "Regenerate", "New topic", "Delete"]);
  });

  it("goes on after a reply, in direct messages as well", async () => {
    answers("One.");
    const first = only(await ask("Count", { new: true }, { dm: true }));
    answers("Two.");
    const second = only(await reply(first, "Go on"));
    await reply(second, "And on");
    expect(lastPrompt()).toBe(
      after(
        [
          ["Count", "One."],
          ["Go on", "Two."],
        ],
        "And on",
      ),
    );
  });

  it("says so where what was said before is forgotten", async () => {
    const first = only(await ask("Count", { new: true }));
    await press(first, "New topic");
    expect(only(await reply(first, "Go on")).content).toMatch(/what was said before is forgotten · /);
    expect(lastPrompt()).toBe("Go on");
  });

  it("is checked as Discord's client would, and refused in private", async () => {
    const first = only(await ask("Count", { new: true }));
    const before = inputs().length;
    const empty = only(await reply(first, "   "));
    expect(empty).toMatchObject({ private: true, buttons: [] });
    expect(empty.content).toContain("`What you want to say next` is missing or empty");
    expect(only(await reply(first, "x".repeat(4_001))).content).toContain("is longer than 4000 characters");
    expect(inputs()).toHaveLength(before);
  });

  checkJournals();
});

describe("Regenerate", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("asks the same again, knowing what was said before, and the new answer is the one that is remembered", async () => {
    answers("A first answer.");
    await ask("First?", { new: true });
    answers("A poor answer.");
    const poor = only(await ask("Second?"));
    const asked = lastPrompt();
    answers("A third answer.");
    await ask("Third?");
    answers("A better answer.");
    const better = only(await press(poor, "Regenerate"));
    expect(lastPrompt()).toBe(asked);
    expect(better.id).not.toBe(poor.id);
    expect(better.content).toMatch(/^\*\*Second\?\*\* · Mia\nA better answer\.\n/);
    await ask("Fourth?");
    expect(lastPrompt()).toBe(
      after(
        [
          ["First?", "A first answer."],
          ["Second?", "A better answer."],
          ["Third?", "A third answer."],
        ],
        "Fourth?",
      ),
    );
    answers("The best answer.");
    await press(better, "Regenerate");
    await ask("Fifth?");
    expect(lastPrompt()).toContain("User: Second?\n\nAssistant: The best answer.\n\nUser: Third?");
  });

  it("is as private as the answer was", async () => {
    const first = only(await ask("Between us", { private: true }));
    const again = only(await press(first, "Regenerate"));
    expect(again.private).toBe(true);
    const { other } = world.discord.people;
    expect(other.sees().some(({ content }) => content.includes("Between us"))).toBe(false);
  });

  it("that begins a new topic does not forget what was said since", async () => {
    answers("One.");
    const first = only(await ask("Count", { new: true }));
    answers("Two.");
    await ask("Go on");
    answers("Uno.");
    await press(first, "Regenerate");
    expect(lastPrompt()).toBe("Count");
    await ask("And on");
    expect(lastPrompt()).toBe(
      after(
        [
          ["Count", "Uno."],
          ["Go on", "Two."],
        ],
        "And on",
      ),
    );
  });

  checkJournals();
});

describe("a press", () => {
  afterEach(() => world.close());

  it("of somebody else is refused with a sentence, a manager's too, except on Stop", async () => {
    await startIn();
    const { other, admin } = world.discord.people;
    await ask("Hello", { new: true });
    const refusals = async (person: Person) => {
      const [shown] = person.sees().slice(-1);
      const pressed = ["Reply", "Regenerate", "New topic"].map((label) => press(shown!, label, person));
      return (await Promise.all(pressed)).map(({ modal, messages }) => [
        modal,
        messages.map(({ content, private: hidden }) => [content, hidden]),
      ]);
    };
    const no = [undefined, [["⚠️ Only the one who asked can do that.", true]]];
    expect(await refusals(other)).toEqual([no, no, no]);
    expect(await refusals(admin)).toEqual([no, no, no]);
    expect(inputs()).toHaveLength(1);
    await ask("Still there?");
    expect(lastPrompt()).toContain("User: Hello");
  });

  it("on Stop keeps what was shown, and the next question knows it", async () => {
    await startIn();
    world.replicate.script({ tokens: ["One, ", "two, "], stuck: "processing" });
    const { member } = world.discord.people;
    const exchange = member.command("ask", { prompt: "Count" });
    await exchange.until(({ messages }) => messages[0]?.content.includes("two") === true);
    const [message] = exchange.messages;
    expect(message?.buttons.map(({ label }) => label)).toEqual(["Stop"]);
    await press(message!, "Stop");
    const stopped = only(await world.finished(exchange));
    expect(stopped.content).toMatch(/^\*\*Count\*\* · Mia\nOne, two,\n-# Stopped early · /);
    await reply(stopped, "Go on");
    expect(lastPrompt()).toBe(after([["Count", "One, two,"]], "Go on"));
  });

  it("on Stop works before the first word, and again where the answer has grown over several messages", async () => {
    await startIn();
    const { member } = world.discord.people;
    world.replicate.script({ stuck: "starting" });
    const early = member.command("ask", { prompt: "Count" });
    await early.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
    await press(only(early), "Stop");
    expect(only(await world.finished(early)).content).toMatch(/^⚠️ Stopped\.\n-# Nothing was charged\.$/);

    const words = Array.from({ length: 900 }, (_, index) => `word${index} `);
    world.replicate.script({ tokens: words, stuck: "processing" });
    const long = member.command("ask", { prompt: "Write" });
    await long.until(({ messages }) => messages.at(-1)?.content.includes("word899") === true);
    await long.until(({ messages }) => messages.at(-1)?.buttons.length === 1);
    expect(long.messages.length).toBeGreaterThan(2);
    await press(only(long), "Stop");
    const { messages } = await world.finished(long);
    expect(
      messages
        .map(({ content }) => content.replace(/\n-# .*/g, ""))
        .join(" ")
        .match(/word\d+/g),
    ).toEqual(words.map((word) => word.trim()));
    expect(only({ messages }).content).toContain("\n-# Stopped early · ");
    expect(messages.slice(0, -1).flatMap(({ buttons }) => buttons)).toEqual([]);
  });

  it("works after a restart", async () => {
    await startIn();
    answers("Paris.");
    const first = only(await ask("Which capital?"));
    const form = await press(first, "Reply");
    await world.bot.stop();
    await world.restart();
    const { member } = world.discord.people;
    answers("Madrid.");
    const second = only(await world.finished(member.submit(form, { prompt: "And of Spain?" })));
    expect(lastPrompt()).toBe(after([["Which capital?", "Paris."]], "And of Spain?"));
    const again = only(await press(second, "Regenerate"));
    expect(lastPrompt()).toBe(after([["Which capital?", "Paris."]], "And of Spain?"));
    await press(again, "New topic");
    await ask("Hello");
    expect(lastPrompt()).toBe("Hello");
  });

  it("belongs to an answer that was under way at a restart, and is remembered then", async () => {
    await startIn({ replicate: { coldBootMs: 600 } });
    answers("Paris.");
    const exchange = world.discord.people.member.command("ask", { prompt: "Which capital?" });
    await exchange.until(({ messages }) => messages[0]?.buttons.length === 1);
    await world.bot.stop();
    const [prediction] = world.replicate.predictions.values();
    await expect.poll(() => prediction?.status, { timeout: 5_000 }).toBe("succeeded");
    await world.restart();
    await reply(only(await world.finished(exchange)), "And of Spain?");
    expect(lastPrompt()).toBe(after([["Which capital?", "Paris."]], "And of Spain?"));
  });

  it("that arrives twice is one job, and so is a form", async () => {
    await startIn();
    world.discord.gateway.repeat(true);
    const first = only(await ask("Hello"));
    expect(inputs()).toHaveLength(1);
    await press(first, "Regenerate");
    expect(inputs()).toHaveLength(2);
    await reply(first, "Go on");
    expect(inputs()).toHaveLength(3);
    const { member } = world.discord.people;
    expect(member.sees()).toHaveLength(3);
    expect(member.sees().every(({ content }) => !content.includes("⚠️"))).toBe(true);
    // Nor was anything tried a second time.
    expect(world.discord.journal.filter(({ status }) => status >= 400)).toEqual([]);
  });

  it("on something that is not kept any more says so", async () => {
    await startIn({ env: { JOB_KEEP_DAYS: "0.000005" } });
    const first = only(await ask("Hello"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const label of ["Reply", "Regenerate", "New topic"]) {
      const refused = only(await press(first, label));
      expect(refused.content).toBe("⚠️ This is too old: what it belongs to is not kept any more.");
      expect(refused.private).toBe(true);
    }
  });

  it("is held and refused as a command is, and costs nothing then", async () => {
    await startIn({ env: { DAILY_CREDITS: "6" } });
    world.replicate.script({
      output: ["Yes."],
      metrics: { token_input_count: 5_990, token_output_count: 1 },
    });
    const first = only(await ask("Hello"));
    const refused = only(await press(first, "Regenerate"));
    expect(refused).toMatchObject({ private: true });
    expect(refused.content).toMatch(/^⚠️ This may cost up to .*\n-# Nothing was charged\.$/);
    expect(inputs()).toHaveLength(1);
  });
});
