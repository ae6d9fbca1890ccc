import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import { type VirtualClock, virtualClock } from "../../../sandbox/virtual-clock.ts";
import { ask, closeHonestly, connect } from "./client.ts";

describe("files", () => {
  let clock: VirtualClock;
  let replicate: ReplicateStandIn;
  let client: ReturnType<typeof connect>;

  beforeEach(async () => {
    clock = virtualClock();
    replicate = await startReplicate({ clock, pace: 0 });
    client = connect(replicate);
  });
  afterEach(() => closeHonestly(replicate));

  const note = () => new File(["hello"], "note.txt", { type: "text/plain" });

  it("are uploaded, shown, downloaded, listed and deleted", async () => {
    const made = await client.files.create(note(), { job: "7" });
    expect(made).toMatchObject({
      content_type: "text/plain",
      size: 5,
      metadata: { job: "7" },
      checksums: { sha256: createHash("sha256").update("hello").digest("hex") },
      urls: { get: `${replicate.baseUrl}/files/${made.id}` },
    });
    expect(Date.parse(made.expires_at!) - Date.parse(made.created_at)).toBe(24 * 3_600_000);
    expect(await client.files.get(made.id)).toEqual(made);
    expect((await client.files.list()).results).toEqual([made]);
    const expiry = Math.floor(clock.now() / 1000) + 60;
    const url = `${made.urls.get}/download?owner=sandbox&expiry=${expiry}&signature=x`;
    const headers = { authorization: `Bearer ${replicate.token}` };
    expect(await (await fetch(url, { headers })).text()).toBe("hello");
    expect(await client.files.delete(made.id)).toBe(true);
    expect((await ask(replicate, "GET", `/files/${made.id}`)).status).toBe(404);
  });

  it("are gone after a day", async () => {
    const { id } = await client.files.create(note());
    await clock.advance(24 * 3_600_000 - 1);
    expect((await client.files.list()).results).toHaveLength(1);
    await clock.advance(1);
    expect((await client.files.list()).results).toEqual([]);
    expect((await ask(replicate, "GET", `/files/${id}`)).status).toBe(404);
  });

  it("may have 100 MB, and not a byte more", async () => {
    const tooLarge = new File([new Uint8Array(100 * 1024 * 1024 + 1)], "video.mp4", { type: "video/mp4" });
    await expect(client.files.create(tooLarge)).rejects.toThrow(/413.*Files must be less than 100MB in size/);
  });
});
