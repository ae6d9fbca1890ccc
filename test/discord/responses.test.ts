import { DiscordAPIError, HTTPError, type REST } from "discord.js";
import { beforeEach, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { AnsweredElsewhere, createResponses } from "../../src/discord/responses.ts";

const interaction = { id: "5", application_id: "1", token: "token" } as never;
/** Private, and still a deferral. */
const message = { id: "77", flags: 64 | 128 };

const refused = (code: number, status = 400) =>
  new DiscordAPIError({ code, message: "No" }, code, status, "POST", "https://discord.com", {});
const broken = new HTTPError(502, "Bad Gateway", "POST", "https://discord.com", {});
const reset = new Error("other side closed");

let clock: VirtualClock;
let asked: string[];
let answers: unknown[];

beforeEach(() => {
  clock = virtualClock(0);
  asked = [];
  answers = [];
});

const next = (method: string) => (): Promise<unknown> => {
  asked.push(method);
  const answer = answers.shift();
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
};
const responses = () =>
  createResponses({ rest: { post: next("POST"), get: next("GET") } as unknown as REST, clock });

it("tells which message a deferral made, and whether it is private", async () => {
  answers = [{ resource: { message } }];
  expect(await responses().defer(interaction, { private: false })).toEqual({ message: "77", private: true });
});

it.each([
  ["a server's trouble", broken],
  ["a broken line", reset],
])("is sent again after %s", async (_, error) => {
  answers = [error, { resource: { message } }];
  await responses().defer(interaction, { private: false });
  expect(asked).toEqual(["POST", "POST"]);
});

it("that was taken although nobody heard so is looked up", async () => {
  answers = [reset, refused(40_060), message];
  expect(await responses().defer(interaction, { private: false })).toEqual({ message: "77", private: true });
  expect(asked).toEqual(["POST", "POST", "GET"]);
});

it("is known from a sentence that stands in its place", async () => {
  const find = () => responses().find({ application: "1", token: "token" });
  answers = [message, { id: "77", flags: 64 }];
  expect(await find()).toEqual({ message: "77", private: true, untouched: true });
  expect(await find()).toEqual({ message: "77", private: true, untouched: false });
});

it("that another process has sent is left to it", async () => {
  answers = [refused(40_060)];
  await expect(responses().defer(interaction, { private: false })).rejects.toThrow(AnsweredElsewhere);
});

it("that is refused is not sent again", async () => {
  answers = [refused(10_062, 404)];
  await expect(responses().acknowledge(interaction)).rejects.toThrow("No");
  expect(asked).toEqual(["POST"]);
});

it("is given up when Discord takes none any more", async () => {
  const slow = createResponses({
    rest: { post: () => clock.advance(2_500).then(() => Promise.reject(reset)) } as unknown as REST,
    clock,
  });
  await expect(slow.acknowledge(interaction)).rejects.toThrow("other side closed");
});
