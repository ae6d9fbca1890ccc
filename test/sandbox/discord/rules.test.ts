import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiscordStandIn, startDiscord } from "../../../sandbox/discord/index.ts";
import { virtualClock } from "../../../sandbox/virtual-clock.ts";
import { slashCommands } from "./bot.ts";
import { checkDiscordJournal } from "./schema.ts";
import { code, wire } from "./wire.ts";

const clock = virtualClock();
let discord: DiscordStandIn;
let rest: ReturnType<typeof wire>;

beforeEach(async () => {
  discord = await startDiscord({ clock, attachmentSizeLimit: 1000 });
  rest = wire(discord);
  await rest.register(slashCommands);
});
afterEach(() => discord.close());

const ask = () => discord.people.member.command("imagine", { prompt: "cat" });
const deferral = { type: 5 };
const text = (content: string) => ({ type: 4, data: { content } });
const file = (name: string, bytes = 3) => ({ name, data: new Uint8Array(bytes) });
const attachments = (answer: { body: Record<string, unknown> | undefined }) =>
  ((answer.body?.["attachments"] ?? []) as { id: string; filename: string }[]).map(({ id, filename }) => ({
    id,
    filename,
  }));

describe("an interaction's token", () => {
  it("dies when there is no first response within 3 s", async () => {
    const [late, soon] = [ask(), ask()];
    await clock.advance(2_900);
    expect((await rest.callback(soon, deferral)).status).toBe(200);
    await clock.advance(200);
    expect([late.state, soon.state]).toEqual(["failed", "answered"]);
    expect(code(await rest.callback(late, deferral))).toEqual([404, 10062]);
    expect(code(await rest.followUp(late, { content: "x" }))).toEqual([404, 10015]);
  });

  it("lives for 15 minutes", async () => {
    const asked = ask();
    await rest.callback(asked, deferral);
    await clock.advance(15 * 60_000 - 1);
    expect((await rest.edit(asked, { content: "in time" })).status).toBe(200);
    await clock.advance(1);
    expect(code(await rest.edit(asked, { content: "late" }))).toEqual([401, 50027]);
    expect(code(await rest.followUp(asked, { content: "late" }))).toEqual([401, 50027]);
    const { id = "" } = asked.messages[0] ?? {};
    const path = `/channels/${discord.channelId}/messages/${id}`;
    expect((await rest.call("PATCH", path, { content: "by the channel" })).status).toBe(200);
    expect(asked.messages[0]?.content).toBe("by the channel");
  });

  it("takes one first response, and no follow-up before it", async () => {
    const asked = ask();
    expect(code(await rest.followUp(asked, { content: "x" }))).toEqual([404, 10015]);
    const first = await rest.callback(asked, { type: 5, data: { flags: 64 | 4 } });
    expect(first.body).toMatchObject({
      interaction: { id: asked.id, response_message_loading: true, response_message_ephemeral: true },
      resource: { message: { flags: 128 | 64 } },
    });
    expect(code(await rest.callback(asked, text("again")))).toEqual([400, 40060]);
    const form = { type: 9, data: { custom_id: "a", title: "A", components: [] } };
    expect(code(await rest.callback(asked, form))).toEqual([400, 40060]);
    expect(code(await rest.callback({ ...asked, token: "wrong" }, deferral))).toEqual([404, 10062]);
  });

  it("edits its own messages and nothing else", async () => {
    const [mine, yours] = [ask(), ask()];
    await rest.callback(mine, text("mine"));
    await rest.callback(yours, text("yours"));
    expect(code(await rest.edit(mine, { content: "x" }, [], yours.messages[0]?.id))).toEqual([404, 10008]);
    expect((await rest.message(mine, "DELETE")).status).toBe(204);
    expect(code(await rest.message(mine, "GET"))).toEqual([404, 10008]);
    expect(mine.messages).toEqual([]);
  });

  it("sends five follow-ups where the app is only installed by the user", async () => {
    const asked = discord.people.member.command("imagine", { prompt: "x" }, { userInstalled: true });
    await rest.callback(asked, text("first"));
    const sent = [];
    for (const n of [1, 2, 3, 4, 5, 6]) {
      sent.push(code(await rest.followUp(asked, { content: `${n}` })));
      await clock.advance(5_000);
    }
    expect(sent.slice(-2)).toEqual([
      [200, undefined],
      [400, 40094],
    ]);
  });

  it("is made private for who may not use external apps here", async () => {
    const guest = discord.join("Gus", { permissions: 0n });
    const asked = guest.command("imagine", { prompt: "x" }, { userInstalled: true });
    const { body } = await rest.callback(asked, deferral);
    expect(body).toMatchObject({ interaction: { response_message_ephemeral: true } });
  });
});

it("acknowledges a callback whose answer is lost", async () => {
  const asked = ask();
  discord.faults.add({ path: /callback$/, reset: "after" });
  await expect(rest.callback(asked, deferral)).rejects.toThrow("fetch failed");
  expect(asked.messages).toMatchObject([{ thinking: true }]);
  expect(code(await rest.callback(asked, deferral))).toEqual([400, 40060]);
});

it("takes its time, if it is told to", async () => {
  const slow = await startDiscord({ clock, latencyMs: 100 });
  const answer = wire(slow).call("GET", "/gateway");
  let answered = false;
  const done = answer.finally(() => (answered = true));
  await expect.poll(() => slow.journal.length).toBe(1);
  await clock.advance(99);
  expect(answered).toBe(false);
  await clock.advance(1);
  await done;
  await slow.close();
});

describe("what Discord refuses", () => {
  const errorsOf = async (data: unknown) => (await rest.callback(ask(), { type: 4, data })).body?.["errors"];
  const button = (custom_id: string) => ({ type: 2, style: 1, label: "Go", custom_id });

  it("names the field that is wrong", async () => {
    expect(await errorsOf({ content: "x".repeat(2001) })).toEqual({
      data: {
        content: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: "Must be 2000 or fewer in length." }] },
      },
    });
    expect(await errorsOf({ embeds: [{}, { title: "x".repeat(257) }] })).toMatchObject({
      data: { embeds: { 1: { title: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH" }] } } } },
    });
    expect(
      await errorsOf({ components: [{ type: 1, components: [button("x".repeat(101))] }] }),
    ).toMatchObject({
      data: { components: { 0: { components: { 0: { custom_id: { _errors: [{}] } } } } } },
    });
    const six = [1, 2, 3, 4, 5, 6].map((n) => button(`${n}`));
    expect(await errorsOf({ components: [{ type: 1, components: six }] })).toHaveProperty(
      "data.components.0.components._errors",
    );
    expect(
      await errorsOf({ components: [{ type: 1, components: [button("a"), button("a")] }] }),
    ).toMatchObject({
      data: { components: { _errors: [{ code: "COMPONENT_CUSTOM_ID_DUPLICATED" }] } },
    });
  });

  it("refuses what is empty, too big or too much", async () => {
    expect(code(await rest.callback(ask(), text("  ")))).toEqual([400, 50006]);
    expect(code(await rest.send({}, [file("big.bin", 1001)]))).toEqual([413, 40005]);
    expect(code(await rest.send({ embeds: Array.from({ length: 11 }, () => ({ title: "x" })) }))).toEqual([
      400, 50035,
    ]);
    const eleven = Array.from({ length: 11 }, (_, n) => file(`${n}.txt`));
    expect(code(await rest.send({}, eleven))).toEqual([400, 50035]);
  });

  it("judges Components V2", async () => {
    const flags = 1 << 15;
    const shown = (...texts: string[]) => texts.map((content) => ({ type: 10, content }));
    expect(await errorsOf({ flags, content: "x", components: shown("a") })).toHaveProperty("data.content");
    expect(await errorsOf({ flags, components: shown("a".repeat(4000), "b") })).toHaveProperty(
      "data.components",
    );
    const bytes = await rest.callback(ask(), {
      type: 4,
      data: { flags, components: shown("あ".repeat(4000)) },
    });
    expect(bytes.status).toBe(500);
    const asked = ask();
    await rest.callback(asked, text("old"));
    expect(code(await rest.edit(asked, { flags, components: shown("new") }))).toEqual([400, 50035]);
    const gallery = { type: 12, items: [{ media: { url: "attachment://a.png" } }] };
    const edit = { flags, content: null, components: [gallery, ...shown("new")] };
    const { body } = await rest.edit(asked, edit, [file("a.png")]);
    expect(body).toMatchObject({ flags, content: "", components: [{ id: 1, items: [{}] }, { id: 2 }] });
    expect(body).toHaveProperty("components.0.items.0.media.url", asked.messages[0]?.attachments[0]?.url);
    expect(code(await rest.edit(asked, { content: "back" }))).toEqual([400, 50035]);
  });

  it("knows who may do what", async () => {
    const bare = await fetch(`${discord.apiUrl}/v10/users/@me`, { headers: { authorization: "Bot wrong" } });
    expect([bare.status, await bare.json()]).toEqual([401, { message: "401: Unauthorized", code: 0 }]);
    expect(code(await rest.send({ content: "x" }, [], "123456789012345678"))).toEqual([404, 10003]);
    discord.setChannel("hidden");
    expect(code(await rest.send({ content: "x" }))).toEqual([403, 50001]);
    discord.setChannel("read-only");
    expect(code(await rest.send({ content: "x" }))).toEqual([403, 50013]);
    discord.setChannel("gone");
    expect(code(await rest.send({ content: "x" }))).toEqual([404, 10003]);
    const { log } = discord.channels;
    expect((await rest.send({ content: "x" }, [], log.id)).status).toBe(200);
    discord.setChannel("read-only", log.id);
    expect(code(await rest.send({ content: "x" }, [], log.id))).toEqual([403, 50013]);

    const { member } = discord.people;
    const { body } = await rest.call("POST", "/users/@me/channels", { recipient_id: member.id });
    const dm = String(body?.["id"]);
    expect((await rest.send({ content: "hello" }, [], dm)).status).toBe(200);
    member.refuseDirectMessages(50278);
    expect(code(await rest.send({ content: "x" }, [], dm))).toEqual([403, 50278]);
    expect(member.sees({ dm: true }).map(({ content }) => content)).toEqual(["hello"]);
  });

  it("creates 200 commands a day", async () => {
    const named = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => ({ name: `c${from + n}`, description: "d" }));
    for (const from of [0, 95]) expect((await rest.register(named(from * 2, 95))).status).toBe(200);
    expect(code(await rest.register(named(900, 20)))).toEqual([400, 30034]);
    await clock.advance(86_400_001);
    expect((await rest.register(named(900, 20))).status).toBe(200);
    const bad = await rest.register([{ name: "Bad Name", description: "" }]);
    expect(bad.body?.["errors"]).toMatchObject({ 0: { name: {}, description: {} } });
    const where = { type: 7, name: "where", description: "Where", channel_types: [99] };
    const stray = await rest.register([{ name: "post", description: "Posts", options: [where] }]);
    expect(stray.body?.["errors"]).toMatchObject({ 0: { options: { 0: { channel_types: {} } } } });
  });
});

describe("a message", () => {
  it("keeps the attachments that an edit lists, or all", async () => {
    const asked = ask();
    const first = await rest.callback(asked, { type: 4, data: {} }, [file("a.txt"), file("b.txt")]);
    expect(first.status).toBe(200);
    const both = await rest.edit(asked, { content: "more" }, [file("c.txt")]);
    const [, b, c] = attachments(both);
    expect(attachments(both).map(({ filename }) => filename)).toEqual(["a.txt", "b.txt", "c.txt"]);
    const listed = [{ id: b?.id }, { id: "0", description: "new" }];
    const fewer = await rest.edit(asked, { attachments: listed }, [file("d.txt")]);
    expect(attachments(fewer).map(({ filename }) => filename)).toEqual(["b.txt", "d.txt"]);
    expect(code(await rest.edit(asked, { attachments: [{ id: c?.id }] }))).toEqual([400, 50035]);
    expect(attachments(await rest.edit(asked, { attachments: [] }))).toEqual([]);
  });

  it("takes files as other clients number them", async () => {
    const form = new FormData();
    form.append("payload_json", JSON.stringify({ attachments: [{ id: 1, description: "only" }] }));
    form.append("files[1]", new Blob(["x"]), "my file.txt");
    const response = await fetch(`${discord.apiUrl}/v10/channels/${discord.channelId}/messages`, {
      method: "POST",
      headers: { authorization: `Bot ${discord.token}` },
      body: form,
    });
    expect(await response.json()).toMatchObject({
      attachments: [{ filename: "my_file.txt", description: "only" }],
    });
  });

  it("mentions only who may be mentioned", async () => {
    const { member } = discord.people;
    const content = `<@${member.id}> <@&${discord.roles.artists.id}> @everyone`;
    const everybody = await rest.send({ content });
    expect(everybody.body).toMatchObject({ mentions: [{ id: member.id }], mention_everyone: true });
    const nobody = await rest.send({ content, allowed_mentions: { parse: [] } });
    expect(nobody.body).toMatchObject({ mentions: [], mention_roles: [], mention_everyone: false });
    const asked = ask();
    await rest.callback(asked, text(content));
    expect(asked.messages[0]?.raw).toMatchObject({
      mentions: [{}],
      mention_roles: [],
      mention_everyone: false,
    });
  });

  it("is made once for one nonce, if that is enforced", async () => {
    const send = () => rest.send({ content: "once", nonce: "n-1", enforce_nonce: true });
    const [first, second] = [await send(), await send()];
    expect(second.body?.["id"]).toBe(first.body?.["id"]);
    expect(discord.people.member.sees()).toHaveLength(1);
  });

  it("can be a voice message", async () => {
    const voice = { attachments: [{ id: "0", duration_secs: 2.5, waveform: "AAA=" }], flags: 1 << 13 };
    expect(code(await rest.send({ flags: 1 << 13 }, [file("a.ogg")]))).toEqual([400, 50161]);
    expect(code(await rest.send(voice, [file("a.txt")]))).toEqual([400, 50160]);
    const { body } = await rest.send(voice, [file("a.ogg")]);
    expect(body).toMatchObject({
      flags: 1 << 13,
      attachments: [{ duration_secs: 2.5, content_type: "audio/ogg" }],
    });
  });

  it("is listed newest first, private ones not", async () => {
    const { member } = discord.people;
    const [a, b] = [member.post("a"), member.post("b")];
    await rest.callback(ask(), { type: 4, data: { content: "private", flags: 64 } });
    const list = async (query: string) => {
      const { body } = await rest.call("GET", `/channels/${discord.channelId}/messages${query}`);
      return (body as unknown as { content: string }[]).map(({ content }) => content);
    };
    expect(await list("")).toEqual(["b", "a"]);
    expect(await list(`?after=${a.id}`)).toEqual(["b"]);
    expect(await list(`?before=${b.id}&limit=5`)).toEqual(["a"]);
    const path = `/channels/${discord.channelId}/messages/${a.id}`;
    expect(code(await rest.call("PATCH", path, { content: "x" }))).toEqual([403, 50005]);
    member.remove(a);
    expect(code(await rest.call("GET", path))).toEqual([404, 10008]);
  });
});

describe("rate limits", () => {
  const headersOf = ({ headers }: { headers: Headers }) =>
    ["limit", "remaining", "reset-after", "bucket"].map((name) => headers.get(`x-ratelimit-${name}`));

  it("are one bucket a token, whatever the method, and one a channel and method", async () => {
    const [asked, another] = [ask(), ask()];
    await rest.callback(asked, deferral);
    await rest.callback(another, deferral);
    expect(headersOf(await rest.edit(asked, { content: "1" }))).toEqual(["5", "4", "5.000", "webhook"]);
    await clock.advance(2_000);
    for (const n of [2, 3, 4]) await rest.edit(asked, { content: `${n}` });
    expect(headersOf(await rest.followUp(asked, { content: "5" }))).toEqual(["5", "0", "3.000", "webhook"]);
    const refused = await rest.edit(asked, { content: "6" });
    expect([
      refused.status,
      refused.headers.get("retry-after"),
      refused.headers.get("x-ratelimit-scope"),
    ]).toEqual([429, "3", "user"]);
    expect(refused.body).toMatchObject({ retry_after: 3, global: false });
    expect((await rest.edit(another, { content: "1" })).status).toBe(200);
    await clock.advance(3_000);
    expect((await rest.edit(asked, { content: "6" })).status).toBe(200);

    for (const n of [1, 2, 3, 4, 5]) expect((await rest.send({ content: `${n}` })).status).toBe(200);
    expect((await rest.send({ content: "6" })).status).toBe(429);
    expect((await rest.call("GET", `/channels/${discord.channelId}/messages`)).status).toBe(200);
  });

  it("allow 50 requests a second with the bot's token", async () => {
    await clock.advance(1_000);
    const me = () => rest.call("GET", "/users/@me");
    const answers = await Promise.all(Array.from({ length: 51 }, me));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map(({ body }) => body?.["global"])).toEqual([true]);
    expect((await rest.callback(ask(), deferral)).status).toBe(200);
  });

  it("count edits of messages older than an hour", async () => {
    const { body } = await rest.send({ content: "old" });
    await clock.advance(3_600_001);
    const edit = () =>
      rest.call("PATCH", `/channels/${discord.channelId}/messages/${String(body?.["id"])}`, { content: "x" });
    const answers = [await edit(), await edit(), await edit(), await edit()];
    expect(answers.map(code).at(-1)).toEqual([429, 30046]);
    expect(answers.at(-1)?.headers.get("retry-after")).toBe("6");
  });
});

it("answers every route as the official schemas have it", async () => {
  const { member } = discord.people;
  const commands = `/applications/${discord.applicationId}/commands`;
  const inGuild = `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`;
  const paths = [
    "/gateway",
    "/gateway/bot",
    "/applications/@me",
    "/oauth2/applications/@me",
    "/users/@me",
    commands,
  ];
  const guild = `/guilds/${discord.guild.id}`;
  paths.push(`/users/${member.id}`, guild, `${guild}/roles`, `${guild}/members/${member.id}`);
  paths.push(`/channels/${discord.channelId}`, `/channels/${discord.channels.log.id}`, inGuild);
  for (const path of paths) expect([path, (await rest.call("GET", path)).status]).toEqual([path, 200]);

  const made = await rest.call("POST", inGuild, { name: "test", description: "d" });
  expect(made.status).toBe(201);
  const one = `${inGuild}/${String(made.body?.["id"])}`;
  expect((await rest.call("PATCH", one, { description: "e" })).body).toMatchObject({ description: "e" });
  expect((await rest.call("GET", one)).status).toBe(200);
  expect((await rest.call("DELETE", one)).status).toBe(204);
  expect(code(await rest.call("GET", one))).toEqual([404, 10063]);
  await rest.call("POST", "/users/@me/channels", { recipient_id: member.id });
  await rest.call("POST", `/channels/${discord.channelId}/typing`);

  const asked = ask();
  const row = { type: 1, components: [{ type: 2, style: 2, label: "Stop", custom_id: "stop" }] };
  const select = {
    type: 1,
    components: [{ type: 3, custom_id: "pick", options: [{ label: "a", value: "a" }] }],
  };
  await rest.callback(asked, deferral);
  await rest.edit(asked, { content: "x", embeds: [{ title: "t" }], components: [row, select] }, [
    file("a.png"),
  ]);
  await rest.message(asked, "GET");
  const [shown] = asked.messages;
  const pressed = shown && discord.people.other.press(shown, "pick", ["a"]);
  if (pressed) await rest.callback(pressed, { type: 7, data: { content: "y" } });
  if (pressed) await rest.followUp(pressed, { content: "z" });
  await rest.send({ content: "reply", message_reference: { message_id: shown?.id } });
  const { log } = discord.channels;
  const posted = await rest.send({ content: "alert" }, [], log.id);
  await rest.call("GET", `/channels/${log.id}/messages`);
  await rest.call("PATCH", `/channels/${log.id}/messages/${String(posted.body?.["id"])}`, {
    content: "over",
  });
  expect(checkDiscordJournal(discord.journal)).toEqual([]);
});
