import { PassThrough } from "node:stream";
import { rmSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPlayground, type Playground } from "../../../sandbox/terminal/playground.ts";
import { converse } from "../../../sandbox/terminal/prompt.ts";
import { createSavedFiles } from "../../../sandbox/terminal/saved-files.ts";
import { plain } from "../../../sandbox/terminal/style.ts";
import { wire } from "../discord/wire.ts";

let playground: Playground;
const files = createSavedFiles();
beforeAll(async () => void (playground = await startPlayground({ LOG_LEVEL: "silent" })));
afterAll(async () => {
  await playground.close();
  rmSync(files.folder, { recursive: true, force: true });
});

/** Somebody at a terminal of 80 × 24: types, and waits for what appears. */
function sit() {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: true });
  let shown = "";
  output.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const seen = () => stripVTControlCharacters(shown).replaceAll("\r", "");
  const leave = new AbortController();
  const left = converse(
    playground,
    files,
    plain,
    { as: "member", dm: false },
    {
      input,
      output: output as unknown as NodeJS.WriteStream,
      signal: leave.signal,
    },
  );
  return {
    left,
    type: (keys: string) => {
      // What Tab adds belongs to what was typed before it.
      if (keys !== "\t") shown = "";
      input.write(keys);
    },
    seen,
    sees: async (text: string | RegExp) => {
      await expect.poll(seen, { timeout: 10_000 }).toMatch(text);
    },
  };
}

it(
  "types, completes, watches an answer grow, presses its button, and leaves",
  { timeout: 60_000 },
  async () => {
    const { type, sees, left } = sit();
    await sees(/Mia #general › $/);
    type("/imagine shape:");
    type("\t");
    await sees(/landscape +landscape 4:3/);
    type("\u0015/quo"); // Ctrl-U
    type("\t");
    await sees("/quo");
    // Long, so that it is still growing when the button is pressed, however busy the machine is.
    type("\u0015/ask prompt:a long answer, please\r");
    await sees(/a long answer, please · Mia\n {2}\(sandbox\) (.*\n)+ {2}\[1\] Stop\n/);
    type("1\r");
    await sees(/Stopped early · (.*\n)+\nMia #general › $/);
    type("as admin\r");
    type("/quota view user:@Mia\r");
    await sees(/Ada #general › \/quota view user:@Mia\n {2}◌ Only you can see this\n {2}Mia has 250 credits/);
    type("dm on\r");
    type("/usage\r");
    await sees(/Ada @Replicord › \/usage\n.*\n {2}You have used 0 credits today and have 50 left/);
    type("99\r");
    await sees("There is no button [99]");
    type("/upscale image:./photo.png scale:2\r");
    await sees(/photo-x2\.png \(640 × 480, /);
    type("\u0003"); // Ctrl-C
    await expect(left).resolves.toBeUndefined();
  },
);

it("fills in the form that a button opens, or closes it", { timeout: 60_000 }, async () => {
  const { type, sees, seen, left } = sit();
  await sees(/Mia #general › $/);
  type("/ask prompt:hi\r");
  await sees(
    /\[\d+\] Reply {2}\[\d+\] Regenerate {2}\[\d+\] New topic {2}\[\d+\] Delete\n\nMia #general › $/,
  );
  // The buttons before these belong to the answers of the test above.
  const [, number = ""] = /\[(\d+)\] Reply/.exec(seen()) ?? [];
  type(`${number}\r`);
  await sees(/A form opened; .*\n+Reply What you want to say next › $/);
  type("\r");
  await sees(/The form was closed\.\n+Mia #general › $/);
  type(`${number}\r`);
  await sees(/Reply What you want to say next › $/);
  type("and why?\r");
  await sees(
    /Reply What you want to say next › and why\?\n {2}and why\? · Mia\n(.*\n)+.*\d earlier turns? in mind/,
  );
  type("\u0003");
  await expect(left).resolves.toBeUndefined();
});

it("chooses from a list by its number", { timeout: 60_000 }, async () => {
  const { type, sees, seen, left } = sit();
  await sees(/Mia #general › $/);
  type("/upscale image:./sandbox/samples/photo.png scale:2\r");
  await sees(/photo-x2\.png \(640 × 480, (.*\n)+\nMia #general › $/);
  type("/jobs\r");
  await sees(
    /▾ Show one again, stop or delete it\n {4}\[\d+\] photo\.png finished · 2 credits\n(.*\n)+Mia #general › $/,
  );
  const [, number = ""] = /\[(\d+)\] photo\.png/.exec(seen()) ?? [];
  type(`${number}\r`);
  await sees(
    new RegExp(`${number} \\(photo\\.png\\)\n(.*\n)* {2}\\[\\d+\\] Show again {2}\\[\\d+\\] Delete\n`),
  );
  type("\u0003");
  await expect(left).resolves.toBeUndefined();
});

it("shows what the bot posts elsewhere, where this person sees it", { timeout: 60_000 }, async () => {
  const { type, sees, seen, left } = sit();
  await sees(/Mia #general › $/);
  const { discord } = playground;
  const rest = wire(discord);
  const dm = async (recipient_id: string) =>
    String((await rest.call("POST", "/users/@me/channels", { recipient_id })).body?.["id"]);
  await rest.send({ content: "not for Mia" }, [], await dm(discord.people.other.id));
  await rest.send({ content: "for Mia" }, [], await dm(discord.people.member.id));
  await sees(/Replicord posted in @Replicord\n {2}for Mia\n/);
  const stop = { type: 2, style: 4, label: "Stop", custom_id: "1|ask|stop|1" };
  const alert = { content: "**almost spent**", components: [{ type: 1, components: [stop] }] };
  await rest.send(alert, [], discord.channels.log.id);
  await sees(/Replicord posted in #bot-log\n {2}almost spent\n {2}\[\d+\] Stop\n\nMia #general › $/);
  expect(seen()).not.toContain("not for Mia");
  const [, number = ""] = /\[(\d+)\] Stop/.exec(seen()) ?? [];
  type(`${number}\r`);
  await sees(/This is too old/);
  type("\u0003");
  await expect(left).resolves.toBeUndefined();
});
