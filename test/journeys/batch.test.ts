import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import type { Script } from "../../sandbox/replicate/index.ts";
import { picture } from "./samples.ts";
import { checkJournals, inputs, only, press, startIn, world } from "./talk.ts";
import type { WorldOptions } from "./world.ts";

const use = (command: string, options: Record<string, OptionValue>) =>
  world.finished(world.discord.people.member.command(command, options));

const upload = (text: string, name = "prompts.txt") => ({
  upload: { name, data: new TextEncoder().encode(text) },
});
const boats = (count: number, bad: readonly number[] = []) =>
  Array.from(
    { length: count },
    (_, index) => `boat ${index + 1}${bad.includes(index + 1) ? " nude" : ""}`,
  ).join("\n");
const batch = (text: string, options: Record<string, OptionValue> = {}, name?: string) =>
  use("batch", { file: upload(text, name), ...options });

/** What the safety filter of a model does. */
const filter = (_model: string, { prompt }: Record<string, unknown>): Script | undefined =>
  /nude/.test(String(prompt)) ? { error: "NSFW content detected", status: "failed" } : undefined;
/** Many messages meet their channel's limit, which takes seconds. */
const start = (options: WorldOptions = {}) =>
  startIn({ clock: hurriedClock(4), replicate: { direct: filter }, ...options });

const run = async (question: Exchange) => press(only(question), "Run");
const names = ({ messages }: Exchange) =>
  messages.flatMap(({ attachments }) => attachments.map(({ name }) => name));
const sentence = (exchange: Exchange) => only(exchange).content.split("\n")[0];
const usage = async () => only(await use("usage", {})).content;
const rows = ({ content }: SeenMessage) => /```\n([^]*?)\n```/.exec(content)?.[1]?.split("\n") ?? [];
const credits = (count: number) => new RegExp(`You have used ${count} credits today`);

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

describe("where a file may have little", () => {
  afterEach(() => world.close());

  it("the pictures in the ZIP are smaller, and its message says so", async () => {
    await start({ discord: { attachmentSizeLimit: 200_000 } });
    const made = await run(await batch(boats(4)));
    expect(names(made)).toEqual([1, 2, 3, 4].map((at) => `0${at}-boat-${at}.png`).concat("prompts.zip"));
    expect(only(made).content).toBe(
      "-# The pictures in the ZIP are smaller than they were made, so that it can be posted here",
    );
    expect(only(made).attachments[0]?.bytes).toBeLessThanOrEqual(200_000);
  });

  it("outside of its servers an answer has six messages, which is enough for 50 pictures and their ZIP", async () => {
    await start();
    const { member } = world.discord.people;
    const command = member.command("batch", { file: upload(boats(50)) }, { userInstalled: true });
    const made = await run(await world.finished(command));
    expect(made.messages.map(({ attachments }) => attachments.length)).toEqual([10, 10, 10, 10, 10, 1]);
  });

  it("there is no ZIP where nothing helps, and that is said; the pictures are there", async () => {
    await start({ discord: { attachmentSizeLimit: 20_000 } });
    const made = await run(await batch(boats(14)));
    expect(made.messages.map(({ attachments }) => attachments.length)).toEqual([10, 4]);
    expect(made.messages[0]?.content).toContain(
      "-# There is no ZIP: the pictures can't be made to fit into 0.0 MB",
    );
    expect(only(made).buttons.map(({ label }) => label)).toEqual(["Again", "Delete"]);
  });
});

describe("in the middle", () => {
  afterEach(() => world.close());

  const shown = (exchange: Exchange) => exchange.messages[0]?.content ?? "";
  const confirmed = async (text: string) => {
    const question = only(await batch(text));
    const id = question.buttons.find(({ label }) => label === "Run")?.customId ?? "";
    return world.discord.people.member.press(question, id);
  };
  const stuck = { stuck: "processing" } as const;
  const slow = (_model: string, { prompt }: Record<string, unknown>): Script | undefined =>
    Number(/boat (\d+)/.exec(String(prompt))?.[1]) > 4 ? stuck : undefined;

  it("a table says what is done, and Stop keeps, shows, zips and charges that", async () => {
    await start({ env: { MAX_RUNS: "6" }, replicate: { direct: slow } });
    const exchange = await confirmed(boats(20));
    await exchange.until((each) => shown(each).includes("4 of 20 done"));
    expect(rows(exchange.messages[0]!).filter((row) => row.startsWith("·")).length).toBeGreaterThan(9);
    expect(exchange.messages[0]?.attachments).toEqual([]);
    await press(exchange.messages[0]!, "Stop");
    await world.finished(exchange);
    expect(names(exchange)).toEqual([1, 2, 3, 4].map((at) => `0${at}-boat-${at}.png`).concat("prompts.zip"));
    expect(shown(exchange)).toContain(
      "-# Stopped early: 4 of 20 made, 6 stopped in the middle, 10 not begun\n",
    );
    expect(await usage()).toMatch(credits(12));
  });

  it("a restart loses nothing and doubles nothing", async () => {
    await start({ env: { MAX_RUNS: "6" }, replicate: { direct: slow } });
    const exchange = await confirmed(boats(16));
    await exchange.until((each) => shown(each).includes("4 of 16 done"));
    await world.bot.stop();
    expect(exchange.messages).toHaveLength(1);
    await world.restart();
    await exchange.until((each) => each.messages[0]?.buttons.length === 1);
    await press(exchange.messages[0]!, "Stop");
    await world.bot.idle();
    expect(names(exchange)).toHaveLength(5);
    expect(world.replicate.predictions.size).toBe(10);
    expect(await usage()).toMatch(credits(12));
  });

  const further = { method: "POST", path: /\/webhooks\/\d+\/[^/]+$/ };

  it("a message of files of which nobody heard is there once, also where the bot ends just then", async () => {
    await start();
    for (const ends of [false, true]) {
      const exchange = await confirmed(boats(25));
      world.discord.faults.add({ ...further, skip: 1, reset: "after" });
      if (ends) {
        await exchange.until((each) => each.messages.length === 3, 10_000);
        await world.bot.stop();
        await world.restart();
      }
      await world.finished(exchange);
      expect(exchange.messages.map(({ attachments }) => attachments.length)).toEqual([10, 10, 5, 1]);
      expect(new Set(names(exchange)).size).toBe(26);
    }
    expect(await usage()).toMatch(credits(150));
    expect(world.replicate.predictions.size).toBe(50);
  });

  it("where nobody can look for it the pictures are in the ZIP alone, and that is said", async () => {
    await start();
    const question = only(await batch(boats(25), { private: true }));
    world.discord.faults.add({ ...further, reset: "before" });
    const made = await press(question, "Run");
    expect(names(made)).toEqual(["prompts.zip"]);
    expect(shown(made)).toContain("the 25 pictures are in the ZIP alone");
  });

  it("each file is uploaded once", async () => {
    await start();
    await world.finished(await confirmed(boats(25)));
    const uploads = world.discord.journal.filter(
      ({ path, headers }) => /webhooks/.test(path) && String(headers["content-type"]).startsWith("multipart"),
    );
    expect(uploads).toHaveLength(4);
  });
});

describe("a product", () => {
  const product = (options: Record<string, OptionValue> = {}) =>
    use("product", { name: "Enamel mug", ...options });

  describe("as it should be", () => {
    beforeAll(() => start());
    afterAll(() => world.close());

    it("is photographed from three angles, with structured words", async () => {
      const question = await product({ description: "white, blue rim.", background: "nature" });
      expect(sentence(question)).toMatch(/^3 pictures with FLUX schnell\. This may use up to 9 credits/);
      const made = await run(question);
      expect(names(made)).toEqual(["01-front.png", "02-45.png", "03-side.png", "enamel-mug.zip"]);
      expect(
        inputs()
          .slice(-3)
          .map(({ prompt }) => prompt),
      ).toEqual([
        expect.stringMatching(
          /^Product photograph of Enamel mug\. white, blue rim\. The product is seen straight from the front .* outdoors on stone and moss/,
        ),
        expect.stringContaining("45 degrees"),
        expect.stringContaining("exactly from the side"),
      ]);
      expect(rows(made.messages[0]!)).toEqual(["✓ 01 front", "✓ 02 45°", "✓ 03 side"]);
    });

    it("has angles of one's own, which are completed one after the other", async () => {
      const { member } = world.discord.people;
      const offered = await member.complete("product", "angles", "front, si", { name: "mug" });
      expect(offered).toEqual([{ name: "front, side", value: "front, side" }]);
      const made = await run(
        await product({ angles: "front, held by a hand , front", model: "flux-dev", private: true }),
      );
      expect(rows(made.messages[0]!)).toEqual(["✓ 01 front", "✓ 02 held by a hand"]);
      expect(inputs().at(-1)?.["prompt"]).toContain("seen like this: held by a hand");
      expect(made.messages.every((message) => message.private)).toBe(true);
    });

    it("is cut out afterwards, which the question counts, too", async () => {
      const question = await product({ transparent: true, angles: "front, side" });
      expect(sentence(question)).toMatch(
        /^2 pictures with FLUX schnell, and then 2 cutouts\. This may use up to 6\.9 credits/,
      );
      const before = world.replicate.predictions.size;
      const made = await run(question);
      const run4 = [...world.replicate.predictions.values()].slice(before);
      expect(run4.map(({ model }) => model.ref)).toEqual([
        "black-forest-labs/flux-schnell",
        "black-forest-labs/flux-schnell",
        "851-labs/background-remover",
        "851-labs/background-remover",
      ]);
      expect(names(made)).toEqual(["01-front.png", "02-side.png", "enamel-mug.zip"]);
    });

    it("what can't be is refused", async () => {
      expect(sentence(await product({ angles: "a,b,c,d,e,f,g,h,i" }))).toBe(
        "⚠️ The option `angles` may have 8 entries at the most, with 60 characters each.",
      );
      expect(sentence(await product({ name: " " }))).toContain("`name` is missing");
      expect(sentence(await product({ background: "moon" }))).toContain("must be one of");
      expect(sentence(await product({ model: "no-such" }))).toContain("There is no model");
    });

    checkJournals();
  });

  it("a picture that can't be cut out is shown as it is, and that is said", async () => {
    let cutouts = 0;
    await start({
      replicate: {
        direct: (model) =>
          /background-remover/.test(model) && ++cutouts === 2
            ? { error: "boom", status: "failed" }
            : undefined,
      },
    });
    const made = await run(await product({ transparent: true }));
    expect(names(made)).toHaveLength(4);
    expect(rows(made.messages[0]!).filter((row) => row.startsWith("!"))).toHaveLength(1);
    expect(made.messages[0]?.content).toMatch(
      /1 could not be cut out, and is as drawn:\n- (front|45°|side): Background Remover failed/,
    );
    await world.close();
  });

  it("is cut out from the bot's own copies, also where the pictures are not at Replicate any more", async () => {
    await start();
    const fetched: string[] = [];
    world.replicate.watch((moment, { method, path }) => {
      if (moment !== "answered" || method !== "GET" || !/\.(png|webp|jpe?g)$/.test(path)) return;
      fetched.push(path);
      world.replicate.faults.add({ path, status: 404, body: "gone", times: 9 });
    });
    const cut = await run(await product({ transparent: true }));
    expect(rows(cut.messages[0]!)).toEqual(["✓ 01 front", "✓ 02 45°", "✓ 03 side"]);
    expect(names(cut)).toHaveLength(4);
    expect(fetched).toHaveLength(6);
    await world.close();
  });

  it("cutouts that may not run any more leave the pictures", async () => {
    await start();
    const { admin, member } = world.discord.people;
    const question = await product({ transparent: true });
    world.replicate.faults.add({ method: "GET", path: /\/v1\/predictions\/\w+$/, delayMs: 4_000, times: 3 });
    const running = run(question);
    await expect.poll(() => world.replicate.predictions.size).toBe(3);
    const set = admin.command("quota set", { target: { user: member.id }, credits: "9" });
    await set.until(({ state }) => state === "answered");
    const made = await running;
    expect(names(made)).toHaveLength(4);
    expect(made.messages[0]?.content).toContain(
      "3 could not be cut out, and are as drawn:\n- front, 45°, side: This may cost up to",
    );
    expect(await usage()).toMatch(credits(9));
    await world.close();
  });

  it("what the pictures and their cutouts need together is refused at once", async () => {
    await start({ env: { DAILY_CREDITS: "3" } });
    expect(sentence(await product({ transparent: true, angles: "front" }))).toMatch(
      /^⚠️ This may cost up to 3\.4 credits, and you have 3 left/,
    );
    await world.close();
  });
});
