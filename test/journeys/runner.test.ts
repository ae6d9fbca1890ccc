import { afterEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { tone } from "./samples.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const posts = (ending: string) =>
  world.replicate.journal.filter(({ method, path }) => method === "POST" && path.endsWith(ending)).length;
const contentOf = ({ messages }: Exchange) => messages.map(({ content }) => content).join("\n");
const used = async () =>
  /You have used (\S+)/.exec(
    contentOf(await world.finished(world.discord.people.member.command("usage"))),
  )?.[1];

describe("the same recording again", () => {
  const transcribe = async (options: { private?: boolean } = {}, person = world.discord.people.member) =>
    contentOf(await world.finished(person.command("transcribe", { audio: { upload: tone(2) }, ...options })));

  it("is answered from the store at no cost, and says so", async () => {
    world = await startWorld();
    const first = await transcribe();
    const before = await used();
    const second = await transcribe({}, world.discord.people.other);
    expect(posts("/predictions")).toBe(1);
    expect(second).toContain("already transcribed, so it is free · 0 credits");
    expect(second.split("\n")[1]).toBe(first.split("\n")[1]);
    expect(await used()).toBe(before);
  });

  it("is found also where it could not be looked into in time", async () => {
    world = await startWorld();
    world.discord.faults.add({ path: /\/attachments\//, delayMs: 1_500, times: 4 });
    await transcribe();
    const second = await transcribe();
    expect(posts("/predictions")).toBe(1);
    expect(second).toContain("already transcribed, so it is free · 0 credits");
  });

  it("is not, where the first answer was private and somebody else asks", async () => {
    world = await startWorld();
    await transcribe({ private: true });
    await transcribe({}, world.discord.people.other);
    expect(posts("/predictions")).toBe(2);
  });
});

it("repeated failures, free as they are, come to an end", async () => {
  world = await startWorld({ env: { FREE_FAILURES_PER_HOUR: "2" } });
  const { member, other } = world.discord.people;
  world.replicate.script({ error: "Something broke (E1000)", times: 2 });
  for (let failure = 0; failure < 2; failure++)
    await world.finished(member.command("imagine", { prompt: "a cat" }));
  const refused = await world.finished(member.command("imagine", { prompt: "a cat" }));
  expect(contentOf(refused)).toContain("Many of your latest requests failed");
  expect(posts("/predictions")).toBe(2);
  const others = await world.finished(other.command("imagine", { prompt: "a cat" }));
  expect(others.messages[0]?.attachments).toHaveLength(1);
});

it("a model without a price does not run before the operator gives it one", async () => {
  world = await startWorld();
  const ask = () =>
    world.finished(world.discord.people.member.command("ask", { prompt: "hi", model: "gpt-5-mini" }));
  expect(contentOf(await ask())).toMatch(/^⚠️ .*price/);
  expect(posts("/predictions")).toBe(0);
  await world.close();

  world = await startWorld({ env: { MODEL_PRICES: "openai/gpt-5-mini=token:0.25/2" } });
  const [offered] = await world.discord.people.member.complete("ask", "model", "gpt-5-mini");
  expect(offered?.name).toBe("GPT-5 mini · ~2 credits / 1,000 tokens");
  expect(contentOf(await ask())).toMatch(/-# GPT-5 mini · .* credits? \(/);
});

it("an account that is refused is asked no more for a minute, and the operator is told once", async () => {
  world = await startWorld();
  const body = { title: "Insufficient credit", detail: "You have insufficient credit to run this model." };
  world.replicate.faults.add({ method: "POST", path: /predictions$/, status: 402, body });
  for (let request = 0; request < 3; request++) {
    const exchange = await world.finished(
      world.discord.people.member.command("imagine", { prompt: "a cat" }),
    );
    expect(contentOf(exchange)).toContain("operator");
  }
  expect(posts("/predictions")).toBe(1);
  expect(world.log.filter(({ msg }) => String(msg).includes("refuses this account"))).toHaveLength(1);
});

it("a press on Stop that comes too late leaves the answer as it is, and its price", async () => {
  world = await startWorld();
  const { member } = world.discord.people;
  // The prediction succeeds at once, but the bot learns of it late.
  world.replicate.faults.add({ method: "GET", path: /\/v1\/predictions\/\w{20,}$/, delayMs: 1_500 });
  const exchange = member.command("imagine", { prompt: "a cat" });
  await exchange.until(({ messages }) => messages[0]?.buttons.length === 1);
  await expect.poll(() => [...world.replicate.predictions.values()][0]?.status).toBe("succeeded");
  const [message] = exchange.messages;
  if (!message) throw new Error("nothing is shown");
  await member.press(message, message.buttons[0]?.customId ?? "").until(({ state }) => state === "answered");
  await world.bot.idle();
  expect(posts("/cancel")).toBe(1);
  expect(exchange.messages[0]?.attachments).toHaveLength(1);
  expect(contentOf(exchange)).toContain("3 credits (247 left)");
});

it("a model runs on the operator's own deployment", async () => {
  world = await startWorld({
    env: { MODEL_DEPLOYMENTS: "black-forest-labs/flux-schnell=sandbox/pictures" },
  });
  const drawn = await world.finished(world.discord.people.member.command("imagine", { prompt: "a cat" }));
  expect(posts("/v1/deployments/sandbox/pictures/predictions")).toBe(1);
  expect(posts("/predictions")).toBe(1);
  expect(drawn.messages[0]?.attachments).toHaveLength(1);
});

it("a picture that is none is not posted, and costs its asker nothing", async () => {
  world = await startWorld();
  world.replicate.faults.add({ path: /\/delivery\//, status: 200, body: "<html>an error page</html>" });
  const drawn = await world.finished(world.discord.people.member.command("imagine", { prompt: "a cat" }));
  expect(contentOf(drawn)).toBe(
    "⚠️ What FLUX schnell made is no picture that can be read. Try again, or try other words.\n-# Nothing was charged.",
  );
  expect(drawn.messages[0]?.attachments).toEqual([]);
  expect(await used()).toBe("0");
});

it("pictures of which some can't be fetched are shown as far as they can, and the others cost nothing", async () => {
  world = await startWorld();
  world.replicate.faults.add({ path: /\/delivery\//, status: 404, body: "Not Found", times: 1 });
  const drawn = await world.finished(
    world.discord.people.member.command("imagine", { prompt: "a cat", count: 3 }),
  );
  expect(drawn.messages[0]?.attachments).toHaveLength(2);
  expect(contentOf(drawn)).toMatch(
    /\n-# 1 more file could not be fetched, and cost nothing\n-# FLUX schnell .* · 6 credits \(/,
  );
  expect(await used()).toBe("6");
});
