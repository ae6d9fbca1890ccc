import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import { type VirtualClock, virtualClock } from "../../../sandbox/virtual-clock.ts";
import { connect } from "./client.ts";

const model = "meta/meta-llama-3-8b-instruct";
const input = { prompt: "Tell me something" };

describe("streams", () => {
  let clock: VirtualClock;
  let replicate: ReplicateStandIn;
  let client: ReturnType<typeof connect>;

  beforeEach(async () => {
    clock = virtualClock();
    replicate = await startReplicate({ clock, pace: 0 });
    client = connect(replicate);
  });
  afterEach(() => replicate.close());

  const create = async () => client.predictions.create({ model, input });
  const open = (url: string | undefined, lastEventId?: string) =>
    fetch(url!, {
      headers: {
        accept: "text/event-stream",
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
      },
    });
  const read = async (url: string | undefined, lastEventId?: string) => (await open(url, lastEventId)).text();

  it("say hi, then the output with ids, line by line, then done", async () => {
    replicate.script({ tokens: ["Hello", " you,\n\nall", "!"] });
    const { urls } = await create();
    const response = await open(urls.stream);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const second = Math.floor(clock.now() / 1000);
    expect(await response.text()).toBe(
      [
        ": hi\n\n",
        `event: output\nid: ${second}:0\ndata: Hello\n\n`,
        `event: output\nid: ${second}:1\ndata:  you,\ndata: \ndata: all\n\n`,
        `event: output\nid: ${second}:2\ndata: !\n\n`,
        `event: done\nid: ${second}:3\ndata: {}\n\n`,
      ].join(""),
    );
  });

  it("go on after the last event that was seen", async () => {
    replicate.script({ tokens: ["a", "b", "c"] });
    const { urls } = await create();
    const all = await read(urls.stream);
    const id = /id: (\S+)\ndata: b/.exec(all)![1]!;
    expect(await read(urls.stream, id)).toBe(
      `: hi\n\n${all.slice(all.indexOf("event: output", all.indexOf("data: b")))}`,
    );
  });

  it("are what the npm client reads", async () => {
    replicate.script({ tokens: ["one ", "two\n", "three"] });
    const events: string[] = [];
    for await (const { event, data } of client.stream(model, { input })) events.push(`${event}:${data}`);
    expect(events).toEqual(["output:one ", "output:two\n", "output:three", "done:{}"]);
  });

  it("tell a failure and a cancellation apart", async () => {
    replicate.script({ error: "CUDA out of memory" });
    const failed = await read((await create()).urls.stream);
    expect(failed).toMatch(/event: error\nid: \S+\ndata: \{"detail":"CUDA out of memory"\}/);
    expect(failed).toMatch(/event: done\nid: \S+\ndata: \{"reason":"error"\}/);

    replicate.script({ stuck: "processing" });
    const prediction = await create();
    const rest = read(prediction.urls.stream);
    await client.predictions.cancel(prediction.id);
    expect(await rest).toMatch(/event: done\nid: \S+\ndata: \{"reason":"canceled"\}/);
  });

  it("time out after half a minute of silence", async () => {
    replicate.script({ stuck: "processing" });
    const response = await open((await create()).urls.stream);
    const text = response.text();
    await expect
      .poll(() => clock.advance(31_000).then(() => Promise.race([text, Promise.resolve("waiting")])))
      .toMatch(/:408: 408 Request Timeout/);
  });

  it("are gone an hour after the prediction", async () => {
    const prediction = await client.predictions.create({ model, input, wait: true });
    expect((await open(prediction.urls.stream)).status).toBe(200);
    await clock.advance(3_600_000);
    expect((await open(prediction.urls.stream)).status).toBe(404);
  });

  it("break once where a script says so, and can be taken up again", async () => {
    const cut = async (how: "eof" | "reset" | "timeout") => {
      replicate.script({ tokens: ["a", "b", "c"], cut: { afterEvents: 2, how } });
      const { urls } = await client.predictions.create({ model, input, wait: true });
      const first = await read(urls.stream).catch((error: Error) => `broken: ${error.message}`);
      return { first, second: await read(urls.stream) };
    };
    const ended = await cut("eof");
    expect(ended.first).toMatch(/data: b\n\n$/);
    expect(ended.second).toMatch(/data: c\n\nevent: done/);
    expect((await cut("timeout")).first).toMatch(/data: b\n\n:408: 408 Request Timeout\n\n$/);
    expect((await cut("reset")).first).toMatch(/^broken/);
  });

  it("say everything again where a script has them forget", async () => {
    replicate.script({ tokens: ["a", "b", "c"], cut: { afterEvents: 2, how: "eof", forgets: true } });
    const { urls } = await client.predictions.create({ model, input, wait: true });
    const first = await read(urls.stream);
    const seen = /id: (\S+)\ndata: b/.exec(first)?.[1];
    expect(await read(urls.stream, seen)).toMatch(/data: a\n[^]*data: b\n[^]*data: c\n/);
  });

  it("carry the URLs of pictures, too", async () => {
    const flux = "black-forest-labs/flux-schnell";
    const done = await client.predictions.create({
      model: flux,
      input: { prompt: "fox", num_outputs: 2 },
      wait: true,
    });
    const text = await read(done.urls.stream);
    for (const url of done.output as string[]) expect(text).toContain(`data: ${url}\n\n`);
  });
});
