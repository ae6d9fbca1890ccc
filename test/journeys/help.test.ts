import { afterEach, expect, it } from "vitest";
import type { OptionValue, Person } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { inputs, only, press, startIn, world } from "./talk.ts";

afterEach(() => world.close());

const use = (person: Person, command: string, options: Record<string, OptionValue> = {}) =>
  world.finished(person.command(command, options));
const help = async (person: Person = world.discord.people.member) => only(await use(person, "help"));
const offered = ({ content }: { content: string }) =>
  [...content.matchAll(/^\*\*(.+?)\*\*/gm)].flatMap(([, name]) => name ?? []).slice(1);

it("says in one private message what one can do, with examples and what is left", async () => {
  await startIn();
  const message = await help();
  expect(message).toMatchObject({ private: true, attachments: [] });
  expect(offered(message)).toEqual(expect.arrayContaining(["/imagine", "/ask", "/usage", "Transcribe"]));
  expect(message.content).toContain('-# /imagine prompt:"a lighthouse at dusk" style:watercolour');
  expect(message.content).toContain("(your file)");
  expect(message.content).toMatch(/\n-# You have used 0 credits today and have 5,000 left\. .*$/);
});

it("offers what is for admins to admins, by permission and by role", async () => {
  await startIn();
  const { admin, member } = world.discord.people;
  expect(offered(await help())).not.toContain("/quota");
  const forAdmins = await help(admin);
  expect(offered(forAdmins)).toEqual(expect.arrayContaining(["/quota", "/models", "Quota"]));
  // Whatever there is finds room in one message.
  expect(forAdmins.attachments).toEqual([]);
  const role = { role: world.discord.roles.artists.id };
  await use(admin, "quota settings", { "add-admin-role": role });
  expect(offered(await help(member))).toContain("/quota");
});

it("does not offer what the server's models leave no way to run, and says where everything is stopped", async () => {
  await startIn();
  const { admin } = world.discord.people;
  expect(offered(await help())).toContain("/upscale");
  await use(admin, "models deny", { model: "real-esrgan" });
  expect(offered(await help())).not.toContain("/upscale");
  await use(admin, "quota pause");
  expect((await help()).content).toContain("-# Everything is stopped in this server for now by its admins.");
});

it("runs an example on a press, for the one who pressed alone, each time", async () => {
  await startIn();
  const message = await help();
  for (const count of [1, 2]) {
    const made = only(await press(message, "Try /imagine"));
    expect([count, made]).toMatchObject([count, { private: true, attachments: [{}] }]);
  }
  expect(inputs()).toHaveLength(2);
  expect(inputs()[0]?.["prompt"]).toMatch(/^a lighthouse at dusk\. Style: a watercolour/);
  expect((await help()).content).toContain("You have used 6 credits today");
  // What needs a file can't be tried without one.
  expect(message.buttons.map(({ label }) => label)).toEqual([
    "Try /imagine",
    "Try /animate",
    "Try /product",
    "Try /speak",
    "Try /ask",
  ]);
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
});
