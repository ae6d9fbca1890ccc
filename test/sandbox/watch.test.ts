import { afterEach, beforeEach, expect, it } from "vitest";
import { startServer, type StandInServer } from "../../sandbox/server.ts";
import { systemClock } from "../../src/services/clock.ts";

let server: StandInServer;
let happened: string[];
beforeEach(async () => {
  happened = [];
  server = await startServer(systemClock);
  server.app.post("/it", (c) => {
    happened.push("served");
    return c.json({ done: true });
  });
});
afterEach(() => server.close());

const post = () => fetch(`${server.origin}/it`, { method: "POST", body: '{"asked":1}' });

it("tells of a request before anything happens, and once its answer has left", async () => {
  server.watch((moment, { body, status }) => happened.push(`${moment} ${JSON.stringify(body)} ${status}`));
  await (await post()).json();
  await expect.poll(() => happened.length).toBe(3);
  expect(happened).toEqual(['received {"asked":1} 0', "served", 'answered {"asked":1} 200']);
});

it("tells nothing any more to who stopped listening", async () => {
  const stop = server.watch((moment) => happened.push(moment));
  stop();
  await (await post()).json();
  expect(happened).toEqual(["served"]);
});
