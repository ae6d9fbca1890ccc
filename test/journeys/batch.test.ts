import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, OptionValue } from "../../sandbox/discord/person.ts";
import { use, upload, boats, batch, start, run, names, sentence, usage, rows, credits } from "./lists.ts";
import { picture } from "./samples.ts";
import { checkJournals, inputs, only, press, world } from "./talk.ts";

describe("a list of prompts", () => {
  beforeAll(() => start());
  afterAll(() => world.close());

  it("is asked about first, whatever it costs, and then has a picture a line and a ZIP", async () => {
    const question = await batch(
      "name;prompt;shape\ndawn;a boat at dawn;wide\n;a tree;\n",
      {},
      "my list.csv",
    );
    expect(only(question)).toMatchObject({ private: true });
    expect(only(question).content).toMatch(
      /^2 pictures with FLUX schnell\. This may use up to 6 credits; you have 5,000 left\.\n/,
    );
    expect(inputs()).toEqual([]);
    const { messages } = await run(question);
    expect(names({ messages } as Exchange)).toEqual(["02-dawn.png", "03-a-tree.png", "my-list.zip"]);
    const [first, last] = messages;
    expect(rows(first!)).toEqual(["✓ 02 dawn", "✓ 03 a-tree"]);
    expect(first?.content).toContain("**my\\_list.csv** · Mia\n");
    expect(first?.content).toMatch(/\n-# FLUX schnell · [\d.]+ s · 2 pictures · 6 credits \(4,994 left\)$/);
    expect(first?.attachments.map(({ description }) => description)).toEqual(["a boat at dawn", "a tree"]);
    expect(last?.buttons.map(({ label }) => label)).toEqual(["Again", "Delete"]);
    expect(first?.buttons).toEqual([]);
    expect(inputs().slice(-2)).toMatchObject([
      { prompt: "a boat at dawn", aspect_ratio: "16:9", num_outputs: 1 },
      { prompt: "a tree", aspect_ratio: "1:1", num_outputs: 1 },
    ]);
  });

  it("takes a model, a shape, a seed, spoilers and privacy for all of them", async () => {
    const options = { model: "flux-dev", shape: "tall", seed: 7, spoiler: true, private: true };
    const { messages } = await run(await batch("a boat\n", options));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ private: true });
    expect(names({ messages } as Exchange)[0]).toMatch(/^SPOILER_01-a-boat\.\w+$/);
    expect(messages[0]?.content).toContain(" · seed 7 · ");
    expect(inputs().at(-1)).toMatchObject({ prompt: "a boat", aspect_ratio: "9:16", seed: 7 });
  });

  it("Again asks for the same list, also where the file is not there any more; Delete takes all of it away", async () => {
    const { member } = world.discord.people;
    const made = await run(await batch(boats(12)));
    world.discord.faults.add({ path: /prompts\.txt$/, status: 404, body: "gone", times: 9 });
    const again = await run(await press(only(made), "Again"));
    world.discord.faults.clear();
    expect(names(again)).toHaveLength(13);
    expect(again.messages.map(({ attachments }) => attachments.length)).toEqual([10, 2, 1]);
    const before = member.sees().length;
    await press(only(again), "Delete");
    expect(member.sees()).toHaveLength(before - 3);
  });

  it("is read once: what runs is what was asked about, wherever the file is by then", async () => {
    const question = await batch(boats(2));
    world.discord.faults.add({ path: /prompts\.txt$/, status: 404, body: "gone", times: 9 });
    const made = await run(question);
    world.discord.faults.clear();
    expect(names(made)).toEqual(["01-boat-1.png", "02-boat-2.png", "prompts.zip"]);
  });

  it("what is wrong with it is one sentence that names the lines, and nothing runs", async () => {
    const before = inputs().length;
    const said = await Promise.all([
      batch("prompt,shape\na,wide\nb,Round\n", {}, "a.csv"),
      batch(boats(51)),
      batch("# nothing\n"),
      batch("a boat,wide\n", {}, "a.csv"),
      batch("a boat", {}, "a.pdf"),
      use("batch", { file: { upload: { ...(await picture(40, 30)), name: "a.txt" } } }),
      use("batch", { file: { upload: { name: "a.txt", data: new Uint8Array() } } }),
      batch("a".repeat(300_000)),
    ]);
    expect(said.map((exchange) => only(exchange).content.split("\n"))).toEqual(
      [
        "⚠️ Line 3 of `a.csv`: there is no shape “round”. There are square, landscape, portrait, wide, and tall.",
        "⚠️ `prompts.txt` has more than 50 prompts. Please make several files of it.",
        "⚠️ There is no prompt in `prompts.txt`.",
        "⚠️ The first line of `a.csv` has to name its columns, with “prompt” among them, and perhaps “name” and “shape”. It says “a boat” or “wide”.",
        "⚠️ `a.pdf` is no list of prompts. Attach a .txt file with one prompt a line, or a .csv file with a column “prompt”.",
        "⚠️ `a.txt` is no text that can be read. Save it as text in UTF-8 and attach it again.",
        "⚠️ `a.txt` is empty. Please attach it again.",
        "⚠️ `prompts.txt` has 0.3 MB; at most 0.3 MB can be read. Please attach a smaller file.",
      ].map((line) => [line, "-# Nothing was charged."]),
    );
    expect(said.every((exchange) => only(exchange).private)).toBe(true);
    expect(inputs()).toHaveLength(before);
  });

  it("options that can't be are refused before anybody is asked", async () => {
    const refused = async (options: Record<string, OptionValue>) =>
      sentence(await batch("a boat\n", options));
    expect(await refused({ model: "no-such" })).toContain("There is no model `no-such`");
    expect(await refused({ model: "llama-3-70b" })).toContain("is a model for something else");
    expect(await refused({ shape: "round" })).toContain("must be one of");
    expect(await refused({ seed: -1 })).toContain("must be a whole number");
    expect(await refused({ model: "nano-banana", seed: 1 })).toContain("does not take `seed`");
    expect(await refused({ spoiler: true, model: "qwen-image" })).toContain("Nobody here knows what");
  });

  it("what only its asker saw is shown again, on as many messages", async () => {
    await run(await batch(boats(12), { private: true }));
    const listed = only(await use("jobs", {}));
    const [select] = listed.selects;
    const chosen = await world.finished(
      world.discord.people.member.press(listed, select?.customId ?? "", [select?.options[0]?.value ?? ""]),
    );
    const again = await press(only(chosen), "Show again");
    expect(again.messages.map(({ attachments }) => attachments.length)).toEqual([10, 2, 1]);
    expect(again.messages.every((message) => message.private)).toBe(true);
  });

  it("works in direct messages", async () => {
    const file = upload(boats(12));
    const question = await world.finished(
      world.discord.people.member.command("batch", { file }, { dm: true }),
    );
    expect(names(await run(question))).toHaveLength(13);
  });

  checkJournals();
});

describe("where some lines fail", () => {
  afterEach(() => world.close());

  it("the others are made, each is charged once, and those that failed are named", async () => {
    await start();
    const made = await run(await batch(boats(50, [7, 20, 50])));
    const { messages } = made;
    expect(messages.map(({ attachments }) => attachments.length)).toEqual([10, 10, 10, 10, 7, 1]);
    expect(names(made).slice(0, 7)).toEqual(
      [1, 2, 3, 4, 5, 6, 8].map((number) => `0${number}-boat-${number}.png`),
    );
    expect(names(made).at(-1)).toBe("prompts.zip");
    expect(rows(messages[0]!)).toHaveLength(50);
    expect(rows(messages[0]!).filter((row) => row.startsWith("✗"))).toEqual([
      "✗ 07 boat-7-nude flagged",
      "✗ 20 boat-20-nude flagged",
      "✗ 50 boat-50-nude flagged",
    ]);
    expect(messages[0]?.content).toContain(
      "3 of 50 failed:\n- line 7 (boat\\-7\\-nude), line 20 (boat\\-20\\-nude), line 50 (boat\\-50\\-nude): The model's safety filter stopped this.",
    );
    expect(messages[0]?.content).toContain("47 pictures · 141 credits (4,859 left)");
    expect(await usage()).toMatch(credits(141));
    expect(world.replicate.predictions.size).toBe(50);
    // What was flagged fails again.
    expect(only(made).buttons.map(({ label }) => label)).toEqual(["Again", "Delete"]);
  });

  it("Retry asks for those alone that may succeed another time", async () => {
    await start();
    world.replicate.script({ error: "Out of memory", status: "failed", times: 2 });
    const made = await run(await batch(boats(5)));
    expect(names(made)).toHaveLength(4);
    const question = await press(only(made), "Retry");
    expect(sentence(question)).toMatch(/^2 pictures with FLUX schnell/);
    expect(names(await run(question))).toHaveLength(3);
    expect(await usage()).toMatch(credits(15));
  });

  it("the table fits into one message, whatever the names are", async () => {
    await start();
    const wild = ["```", "👩‍👩‍👧‍👦".repeat(15), "\u202eevil", "W".repeat(60), "[here](https://there.example)"];
    const lines = Array.from({ length: 50 }, (_, at) => `"${wild[at % wild.length]}",boat ${at} nude`);
    lines[0] = "one,a boat";
    const { messages } = await run(await batch(`name,prompt\n${lines.join("\n")}`, {}, "x.csv"));
    expect(rows(messages[0]!)).toHaveLength(50);
    expect(messages[0]!.content.length).toBeLessThanOrEqual(2_000);
  });

  it("what can't be paid is refused at once, with what is needed and what is left", async () => {
    await start({ env: { DAILY_CREDITS: "100" } });
    expect(sentence(await batch(boats(50)))).toMatch(
      /^⚠️ This may cost up to 150 credits, and you have 100 left\./,
    );
    expect(only(await batch(boats(30))).buttons.map(({ label }) => label)).toEqual(["Run", "Cancel"]);
  });

  it("nobody is asked above an amount, and yet about a batch", async () => {
    await start({ env: { CONFIRM_ABOVE_CREDITS: "0" } });
    expect(only(await batch("a boat")).buttons.map(({ label }) => label)).toEqual(["Run", "Cancel"]);
  });
});
