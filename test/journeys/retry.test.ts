import { afterEach, expect, it } from "vitest";
import type { Exchange, OptionValue, Person, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { answers, ask, inputs, only, press, startIn, world } from "./talk.ts";

afterEach(() => world.close());

const use = (command: string, options: Record<string, OptionValue>, person?: Person) =>
  world.finished((person ?? world.discord.people.member).command(command, options));
const imagine = async (options: Record<string, OptionValue> = {}) =>
  only(await use("imagine", { prompt: "a lighthouse", ...options }));

const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);
const seeds = () => inputs().map((input) => input["seed"]);
const sentence = (exchange: Exchange) => only(exchange).content.split("\n")[0];
const failure = (messages: readonly SeenMessage[]) => {
  const shown = messages.find(({ content }) => content.startsWith("⚠️"));
  if (!shown) throw new Error("nothing failed");
  return shown;
};

const DONE = "⚠️ That was done already, and once is enough.";

const fails = () => world.replicate.script({ error: "CUDA out of memory (E1001)" });

it("stands under a failure that may pass, and asks for the same anew where it was asked, once", async () => {
  await startIn();
  fails();
  const shown = failure((await use("imagine", { prompt: "a cat", seed: 7 })).messages);
  expect(shown.private).toBe(true);
  expect(labels(shown)).toEqual(["Retry"]);
  const drawn = only(await press(shown, "Retry"));
  expect(drawn).toMatchObject({ private: false });
  expect(drawn.attachments).toHaveLength(1);
  expect(seeds()).toEqual([7, 7]);
  expect(sentence(await press(shown, "Retry"))).toBe(DONE);
  await world.bot.stop();
  await world.restart();
  expect(sentence(await press(shown, "Retry"))).toBe(DONE);
  expect(inputs()).toHaveLength(2);
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
});

it("pressed twice at once is one answer", async () => {
  await startIn();
  fails();
  const { member } = world.discord.people;
  const shown = failure((await use("ask", { prompt: "Why?" })).messages);
  const id = shown.buttons[0]?.customId ?? "";
  const presses = [member.press(shown, id), member.press(shown, id)];
  await Promise.all(presses.map((each) => world.finished(each)));
  expect(inputs()).toHaveLength(2);
  const refused = presses.filter(({ messages }) => only({ messages }).content.startsWith(DONE));
  expect(refused).toHaveLength(1);
});

it("that is refused may be pressed again", async () => {
  await startIn({ env: { DAILY_CREDITS: "3" } });
  fails();
  const shown = failure((await use("imagine", { prompt: "a cat" })).messages);
  await imagine();
  expect(sentence(await press(shown, "Retry"))).toMatch(/^⚠️ This may cost up to 3 credits/);
  const { admin, member } = world.discord.people;
  await use("quota grant", { user: { user: member.id }, credits: "3" }, admin);
  expect(only(await press(shown, "Retry")).attachments).toHaveLength(1);
});

it("stands under an answer of which only a part came", async () => {
  await startIn();
  world.replicate.script({ model: "black-forest-labs/flux-1.1-pro", error: "CUDA out of memory (E1001)" });
  const message = await imagine({ count: 2, model: "flux-1.1-pro", prompt: "a cat" });
  expect(message.attachments).toHaveLength(1);
  expect(labels(message)).toEqual([
    "Upscale",
    "Animate",
    "Remove background",
    "Edit",
    "Again",
    "Vary",
    "Remix",
    "Retry",
    "Delete",
  ]);
  expect(only(await press(message, "Retry")).attachments).toHaveLength(2);
});

it("of a new topic does not forget what was said since", async () => {
  await startIn();
  fails();
  const shown = failure((await use("ask", { prompt: "First?", new: true })).messages);
  answers("Two.");
  await ask("Second?");
  await press(shown, "Retry");
  answers("Three.");
  await ask("Third?");
  expect(inputs().at(-1)?.["prompt"]).toContain("User: Second?\n\nAssistant: Two.");
});

it("that has to be confirmed first is used up by Run, not by the question", async () => {
  await startIn({ env: { CONFIRM_ABOVE_CREDITS: "1" } });
  fails();
  const confirmed = await press(only(await use("imagine", { prompt: "a cat" })), "Run");
  const shown = failure(confirmed.messages);
  await press(only(await press(shown, "Retry")), "Cancel");
  // A question that was dismissed is one that nobody answered.
  const dismissed = only(await press(shown, "Retry"));
  const question = only(await press(shown, "Retry"));
  expect(labels(question)).toEqual(["Run", "Cancel"]);
  expect(only(await press(question, "Run")).attachments).toHaveLength(1);
  expect(sentence(await press(dismissed, "Run"))).toBe(DONE);
  expect(sentence(await press(shown, "Retry"))).toBe(DONE);
  expect(inputs()).toHaveLength(2);
});
