import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Exchange, OptionValue, Person, Place, SeenMessage } from "../../sandbox/discord/person.ts";
import { styles } from "../../src/commands/styles.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { checkReplicateJournal } from "../sandbox/replicate/schema.ts";
import { picture } from "./samples.ts";
import { startWorld, type World, type WorldOptions } from "./world.ts";

let world: World;
const startIn = async (options: WorldOptions = {}) => {
  const { env, ...more } = options;
  world = await startWorld({ env: { DAILY_CREDITS: "5000", DM_DAILY_CREDITS: "5000", ...env }, ...more });
};

/** What Replicate got, in order. */
const inputs = () => [...world.replicate.predictions.values()].map(({ input }) => input);
const lastPrompt = () => inputs().at(-1)?.["prompt"];
const answers = (text: string, times = 1) => world.replicate.script({ output: [text], times });

type Options = Record<string, OptionValue>;
const ask = (prompt: string, options: Options = {}, place: Place = {}, person?: Person) =>
  world.finished((person ?? world.discord.people.member).command("ask", { prompt, ...options }, place));

function only({ messages }: Pick<Exchange, "messages">): SeenMessage {
  const [message] = messages.slice(-1);
  if (!message) throw new Error("nothing is shown");
  return message;
}

const press = (message: SeenMessage, label: string, person = world.discord.people.member) => {
  const customId = message.buttons.find((button) => button.label === label)?.customId;
  if (!customId) throw new Error(`No button ${label}: ${message.buttons.map((each) => each.label).join()}`);
  return world.finished(person.press(message, customId));
};

/** Presses Reply and sends the form. */
async function reply(message: SeenMessage, prompt: string): Promise<Exchange> {
  const { member } = world.discord.people;
  return world.finished(member.submit(await press(message, "Reply"), { prompt }));
}

const transcript = (...said: [asked: string, answered: string][]) =>
  said.map(([asked, answered]) => `User: ${asked}\n\nAssistant: ${answered}\n\n`).join("");
const after = (said: [asked: string, answered: string][], prompt: string) =>
  `${transcript(...said)}User: ${prompt}\n\nAssistant:`;

/** Nothing of all that broke a rule. */
const checkJournals = () =>
  it("is valid on the wire, by the official schemas", () => {
    expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
    expect(checkReplicateJournal(world.replicate.journal)).toEqual([]);
  });

describe("a conversation", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());
  beforeEach(async () => {
    await ask("What is the capital of France?", { new: true });
  });

  it("is remembered by the next question, which says so", async () => {
    answers("Paris.");
    await ask("And now?", { new: true });
    expect(lastPrompt()).toBe("And now?");
    answers("About two million.");
    const message = only(await ask("How many people live there?"));
    expect(lastPrompt()).toBe(after([["And now?", "Paris."]], "How many people live there?"));
    expect(message.content).toMatch(
      /\n-# Claude 4\.5 Haiku · .*1 earlier turn in mind · .* credits? \(.* left\)$/,
    );
    await ask("And in Lyon?");
    expect(lastPrompt()).toBe(
      after(
        [
          ["And now?", "Paris."],
          ["How many people live there?", "About two million."],
        ],
        "And in Lyon?",
      ),
    );
  });

  it("begins anew with new:true", async () => {
    await ask("Hello", { new: true });
    expect(lastPrompt()).toBe("Hello");
  });

  it("is forgotten by New topic, which says so to its asker alone", async () => {
    const message = only(await ask("Hello"));
    const pressed = await press(message, "New topic");
    expect(pressed.messages.map(({ content, private: hidden }) => [content, hidden])).toEqual([
      ["Forgotten. What you ask here next begins a new topic.", true],
    ]);
    await ask("Hello again");
    expect(lastPrompt()).toBe("Hello again");
  });

  it("is everybody's own", async () => {
    const { other } = world.discord.people;
    await ask("Hello", {}, {}, other);
    expect(lastPrompt()).toBe("Hello");
  });

  it("in private and one in public do not know each other, nor one in direct messages", async () => {
    answers("The secret is blue.");
    await ask("Tell me the secret", { private: true });
    expect(lastPrompt()).toBe("Tell me the secret");
    await ask("What is it?");
    expect(lastPrompt()).not.toContain("blue");
    await ask("What is it?", { private: true });
    expect(lastPrompt()).toBe(after([["Tell me the secret", "The secret is blue."]], "What is it?"));
    await ask("Here, too?", { new: true }, { dm: true });
    expect(lastPrompt()).toBe("Here, too?");
    answers("Here as well.");
    await ask("Are you there?", { new: true }, { dm: true });
    await ask("Still?", {}, { dm: true });
    expect(lastPrompt()).toBe(after([["Are you there?", "Here as well."]], "Still?"));
  });

  it("has both of two answers at once, in the order in which they ended", async () => {
    world.replicate.script({ tokens: ["late"], stuck: "processing" });
    answers("early");
    const { member } = world.discord.people;
    const slow = member.command("ask", { prompt: "slow?", new: true });
    await slow.until(({ messages }) => messages[0]?.content.includes("late") === true);
    const fast = member.command("ask", { prompt: "fast?" });
    await fast.until(({ messages }) => messages[0]?.buttons.length === 3);
    expect(lastPrompt()).toBe("fast?");
    await press(only(slow), "Stop");
    await ask("Which?");
    expect(String(lastPrompt())).toMatch(
      /User: fast\?\n\nAssistant: early\n\nUser: slow\?\n\nAssistant: late/,
    );
  });

  it("does not have what failed", async () => {
    world.replicate.script({ tokens: ["Half ", "an "], error: "Something broke (E1000)" });
    const broken = only(await ask("Hello?", { new: true }));
    expect(broken.content).toMatch(/^\*\*Hello\?\*\* · Mia\nHalf an\n-# 1 of 1 failed: /);
    await ask("Hello!");
    expect(lastPrompt()).toBe("Hello!");
  });

  it("does not tell in public what Discord itself showed to its asker alone", async () => {
    const eve = world.discord.join("Eve", { permissions: 0n });
    answers("A secret.");
    const forced = only(await ask("Hello", {}, { userInstalled: true }, eve));
    expect(forced.private).toBe(true);
    await ask("What did you say?", {}, {}, eve);
    expect(lastPrompt()).toBe("What did you say?");
    await ask("What did you say?", { private: true }, {}, eve);
    expect(lastPrompt()).toBe(after([["Hello", "A secret."]], "What did you say?"));
  });

  checkJournals();
});

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
    expect(second.buttons.map(({ label }) => label)).toEqual(["Reply", "Regenerate", "New topic"]);
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

describe("a picture", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());
  const photo = async () => ({ image: { upload: await picture(320, 240) } });

  it("is seen by a model that sees", async () => {
    const message = only(
      await ask("What is this?", { ...(await photo()), model: "claude-sonnet-5", new: true }),
    );
    expect(message.content).toContain("You showed a picture of 320 × 240.");
    expect(message.content).not.toContain("does not see");
    // Some 100 tokens for the picture, at $2 a million, and not for every letter of its address.
    expect(message.content).toMatch(/\n-# Claude Sonnet 5 · (.* · )?[01](\.\d)? credits? \(/);
  });

  it("is seen by the next best model where the one that was asked does not see, and the answer says so", async () => {
    const message = only(await ask("What is this?", { ...(await photo()), new: true }));
    expect(message.content).toContain("You showed a picture of 320 × 240.");
    expect(message.content).toMatch(
      /\n-# Claude 4\.5 Haiku does not see pictures; Claude Sonnet 5 answered\n-# Claude Sonnet 5 · /,
    );
    // The picture goes along with a reply, to the model that saw it.
    const second = only(await reply(message, "And what is on the left?"));
    expect(second.content).toContain("You showed a picture of 320 × 240.");
    expect(second.content).toContain("\n-# Claude Sonnet 5 · ");
    expect(second.content).not.toContain("does not see");
    // A question of its own goes to the model that it names, which knows what the talk is about.
    await ask("Is that usual?");
    expect(inputs().at(-1)).not.toHaveProperty("image");
    expect(lastPrompt()).toContain("User: What is this?\n(about a picture, photo.png)\n\nAssistant: ");
  });

  it("that is none is refused, and one that is gone by the next press as well", async () => {
    const before = inputs().length;
    const text = { name: "photo.png", data: Buffer.from("only words"), contentType: "image/png" };
    const refused = only(await ask("What is this?", { image: { upload: text } }));
    expect(refused.content).toContain("`photo.png` is not a picture that can be read");
    const message = only(await ask("What is this?", await photo()));
    expect(inputs()).toHaveLength(before + 1);
    world.discord.faults.add({ path: /\/attachments\//, status: 404, times: 5 });
    const pressed = await press(message, "Regenerate");
    world.discord.faults.clear();
    const gone = only(pressed);
    expect(gone.content).toMatch(/`photo\.png` could not be fetched from Discord.*\n-# Nothing was charged/);
    // Before it was promised: the first response is the refusal.
    const [response] = world.discord.journal.filter(({ path }) =>
      path.includes(`/interactions/${pressed.id}/`),
    );
    expect(response?.body).toMatchObject({ type: 4 });
    expect(inputs()).toHaveLength(before + 1);
  });

  checkJournals();
});
