import { afterAll, expect, it } from "vitest";
import { upload, boats, start, run } from "./lists.ts";
import { world } from "./talk.ts";

afterAll(() => world.close());

it("outside of its servers an answer has six messages, which is enough for 50 pictures and their ZIP", async () => {
  await start();
  const { member } = world.discord.people;
  const command = member.command("batch", { file: upload(boats(50)) }, { userInstalled: true });
  const made = await run(await world.finished(command));
  expect(made.messages.map(({ attachments }) => attachments.length)).toEqual([10, 10, 10, 10, 10, 1]);
});
