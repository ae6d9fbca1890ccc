import { basename } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createMarkdown } from "../../../sandbox/terminal/markdown.ts";
import { type Playground, startPlayground } from "../../../sandbox/terminal/playground.ts";
import type { Reply } from "../../../sandbox/terminal/reply.ts";
import { createSavedFiles } from "../../../sandbox/terminal/saved-files.ts";
import { plain } from "../../../sandbox/terminal/style.ts";
import { playAll } from "../../../sandbox/terminal/unattended.ts";
import { wire } from "../discord/wire.ts";

let playground: Playground;
/** Where the bot posts while it answers the next command. */
let alerts: string[] = [];
beforeAll(async () => {
  const started = await startPlayground({ LOG_LEVEL: "silent" }, { fast: true });
  const rest = wire(started.discord);
  const idle = async () => {
    for (const channel of alerts.splice(0)) await rest.send({ content: "almost spent" }, [], channel);
    await started.bot.idle();
  };
  playground = { ...started, bot: { ...started.bot, idle } };
});
beforeEach(() => void (alerts = []));
afterAll(() => playground.close());

/** What is printed while Mia types these lines. */
async function played(json: boolean, ...lines: string[]): Promise<string> {
  let printed = "";
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  });
  const look = { style: plain, markdown: createMarkdown(plain, playground.names), columns: () => Infinity };
  const { signal } = new AbortController();
  const plays = lines.map((line) => ({ line, as: "member" as const, dm: false }));
  await playAll(plays, { playground, files: createSavedFiles(), look, out, json, signal });
  return printed;
}

it("prints what the bot posted elsewhere after the answer", async () => {
  alerts.push(playground.discord.channels.log.id);
  expect(await played(false, "/usage")).toMatch(
    /^Mia #general › \/usage\n(.*\n)+\nReplicord posted in #bot-log\n {2}almost spent\n\n$/,
  );
});

it("lets run what is asked about first, says that it did, and saves what came of it", async () => {
  const line = "/batch file:./sandbox/samples/prompts.csv";
  const printed = await played(false, line);
  expect(printed).toContain("4 pictures with FLUX schnell. This may use up to 12 credits");
  expect(printed).toContain("(Run is pressed, since nobody is here to do it)");
  expect(printed).toContain("✓ 05 tower");
  const reply = JSON.parse(await played(true, line)) as Reply;
  expect(reply.ok).toBe(true);
  expect(reply.files.map(({ path }) => basename(path))).toEqual([
    "02-lighthouse.png",
    "03-harbour.png",
    "04-fox.png",
    "05-tower.png",
    "prompts.zip",
  ]);
});

it("adds it to the JSON of the reply during which it was posted", async () => {
  alerts.push(playground.discord.channels.log.id);
  const replies = (await played(true, "/usage", "/usage"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Reply);
  expect(replies.map(({ ok, posts }) => [ok, posts])).toEqual([
    [true, [{ place: "#bot-log", content: "almost spent" }]],
    [true, undefined],
  ]);
});

it("sends a voice message, and prints what was replied, if anything was", async () => {
  const { admin } = playground.discord.people;
  expect(await played(false, "voice ./speech.ogg")).toBe(
    "Mia #general › voice ./speech.ogg\n  Nobody replied.\n\n",
  );
  const add = { channel: playground.discord.channels.general.id };
  await admin.command("quota voice", { add }).until(({ messages }) => messages.length > 0);
  const reply = JSON.parse(await played(true, "voice ./speech.ogg")) as Reply;
  expect(reply).toMatchObject({ command: "voice", ok: true });
  expect(reply.buttons).toEqual(expect.arrayContaining(["Again", "Delete"]));
  expect(reply).not.toHaveProperty("posts");
});
