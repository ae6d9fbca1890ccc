import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { picture } from "./samples.ts";
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
    await fast.until(({ messages }) => messages[0]?.buttons.length === 4);
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

  it("goes on where Discord shows it to its asker alone, although they never asked for that", async () => {
    const ann = world.discord.join("Ann", { permissions: 0n });
    answers("One.");
    await ask("Count", {}, { userInstalled: true }, ann);
    answers("Two.");
    const second = only(await ask("Go on", {}, { userInstalled: true }, ann));
    expect(lastPrompt()).toBe(after([["Count", "One."]], "Go on"));
    await world.finished(ann.submit(await press(second, "Reply", ann), { prompt: "And on" }));
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

  it("is not forgotten by a question that is refused", async () => {
    answers("Paris.");
    await ask("The capital of France?");
    const refused = only(await ask("Hello", { new: true, model: "no-such-model" }));
    expect(refused.content).toContain("no-such-model");
    await ask("And of Spain?");
    expect(lastPrompt()).toContain("Assistant: Paris.");
  });

  checkJournals();
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
    expect(gone.content).toMatch(/^⚠️ This is too old: .*\n-# Nothing was charged/);
    // Before it was promised: the first response is the refusal.
    const [response] = world.discord.journal.filter(({ path }) =>
      path.includes(`/interactions/${pressed.id}/`),
    );
    expect(response?.body).toMatchObject({ type: 4 });
    expect(inputs()).toHaveLength(before + 1);
  });

  checkJournals();
});
