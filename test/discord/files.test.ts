import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ViewFile } from "../../src/commands/command.ts";
import { createFileLoader, createPostFiles } from "../../src/discord/files.ts";
import type { FileSource } from "../../src/services/replicate/media.ts";

/** Files that are as large as their address says. */
const source: FileSource = {
  read: async (url, _, use) =>
    use({ bytes: Buffer.alloc(Number(url)), contentType: "audio/mpeg", extension: "mp3" }),
};
const file = (bytes: number): ViewFile => ({ name: "sound", from: { url: String(bytes) } });
const note: ViewFile = { name: "note", from: { text: "hello", extension: "txt" } };

describe("a View's file", () => {
  const load = createFileLoader(source);

  it("is named by its content", async () => {
    expect(await load(file(10), 10)).toEqual({
      name: "sound.mp3",
      data: Buffer.alloc(10),
      contentType: "audio/mpeg",
    });
  });

  it("may be a text", async () => {
    expect(await load(note, 10)).toEqual({ name: "note.txt", data: Buffer.from("hello") });
  });

  it("is hidden behind a spoiler where that was asked for", async () => {
    expect((await load({ ...file(10), spoiler: true }, 10)).name).toBe("SPOILER_sound.mp3");
  });

  it("that moves is not made smaller: it would stand still", async () => {
    const moving: FileSource = {
      read: async (_url, _options, use) =>
        use({ bytes: Buffer.alloc(11), contentType: "image/gif", extension: "gif" }),
    };
    await expect(createFileLoader(moving)(file(11), 10)).rejects.toMatchObject({
      reason: { kind: "result-too-large" },
    });
  });

  it("that is no picture can't be made smaller", async () => {
    await expect(load(file(11), 10)).rejects.toMatchObject({
      reason: { kind: "result-too-large", bytes: 11, limitBytes: 10 },
    });
  });
});

describe("files that are posted", () => {
  it("are never more than may be in memory, over all answers together", async () => {
    const postFiles = createPostFiles(source, 100);
    let now = 0;
    let most = 0;
    const answers = Array.from({ length: 12 }, () =>
      postFiles([file(10), file(10), note], 20, async (files) => {
        now += 25;
        most = Math.max(most, now);
        await sleep(2);
        now -= 25;
        return files.map(({ name }) => name);
      }),
    );
    for (const names of await Promise.all(answers))
      expect(names).toEqual(["sound.mp3", "sound.mp3", "note.txt"]);
    expect(most).toBeGreaterThan(25);
    expect(most).toBeLessThanOrEqual(100);
  });

  it("give their memory back where they could not be read or posted", async () => {
    const postFiles = createPostFiles(source, 100);
    const refused = () => Promise.reject(new Error("refused"));
    await expect(postFiles([file(101)], 100, refused)).rejects.toThrow("result-too-large");
    await expect(postFiles([file(100)], 100, refused)).rejects.toThrow("refused");
    await expect(postFiles([file(100)], 100, async () => "posted")).resolves.toBe("posted");
  });

  it("a ZIP counts twice while it is made, and may have what is left of it", async () => {
    const zip: ViewFile = { name: "all", from: { zip: [{ name: "a", url: "400" }] } };
    const postFiles = createPostFiles(source, 2_000);
    const posted = await postFiles([zip], 5_000, async ([made]) => made);
    expect(posted).toMatchObject({ name: "all.zip", note: { smaller: false, missing: [] } });
    const small = createPostFiles(source, 900);
    // 450 bytes are not enough for 400 and what a ZIP has around them, and sound is not made smaller.
    await expect(small([zip], 5_000, async ([made]) => made)).rejects.toMatchObject({
      reason: { kind: "result-too-large" },
    });
  });

  it("may be none, for which nobody waits", async () => {
    const postFiles = createPostFiles(source, 100);
    await postFiles([file(100)], 100, () =>
      expect(postFiles([], 100, async (files) => files)).resolves.toEqual([]),
    );
  });
});
