import type { APIAttachment, APIMessageApplicationCommandInteraction } from "discord.js";
import { describe, expect, it } from "vitest";
import { attachmentOnMessage, type WantedFile } from "../../src/discord/message-files.ts";

const file = (filename: string, content_type?: string, more: Partial<APIAttachment> = {}) => ({
  url: `https://cdn.example/${filename}`,
  filename,
  size: 5,
  ...(content_type && { content_type }),
  ...more,
});
type File = ReturnType<typeof file>;

const used = (message: object, wanted: WantedFile) =>
  attachmentOnMessage(
    {
      data: { target_id: "1", resolved: { messages: { 1: message } } },
    } as unknown as APIMessageApplicationCommandInteraction,
    wanted,
  );
const on = (attachments: readonly File[], wanted: WantedFile) => used({ attachments }, wanted);
const nothing = (wanted: WantedFile) =>
  expect.objectContaining({ reason: { kind: "no-attachment", wanted } }) as Error;

describe("a message command", () => {
  it("takes the first file with sound", () => {
    const voice = file("voice.ogg", "audio/ogg", { duration_secs: 2.5 });
    const files = [file("a.png", "image/png"), voice, file("b.mp3", "audio/mpeg")];
    expect(on(files, "audio")).toMatchObject({ name: "voice.ogg", seconds: 2.5 });
  });

  it("takes the first picture where that is wanted", () => {
    const files = [file("v.ogg", "audio/ogg"), file("notes"), file("a.png", "image/png"), file("b.png")];
    expect(on(files, "image")).toMatchObject({ name: "a.png", contentType: "image/png" });
  });

  it.each([
    ["a film", file("talk.mov", "video/quicktime")],
    ["one without a type, by its name's ending", file("talk.m4a")],
    ["one whose ending is written large", file("TALK.MP3")],
    ["one of which Discord knows nothing", file("talk.opus", "application/octet-stream")],
    ["one that is an application to it", file("talk.ogg", "application/ogg")],
  ])("takes %s", (_, talk) => {
    expect(on([file("notes.txt", "text/plain"), file("readme"), talk], "audio").name).toBe(talk.filename);
  });

  it("believes a type that says something more than a name", () => {
    expect(() => on([file("song.mp3", "text/plain"), file("song.wav", "image/png")], "audio")).toThrow(
      nothing("audio"),
    );
  });

  it("takes what a forwarded message has", () => {
    const forwarded = (...attachments: File[]) => ({
      attachments: [],
      message_snapshots: [{ message: { attachments } }],
    });
    const voice = file("voice-message.ogg", "audio/ogg", { duration_secs: 2 });
    expect(used(forwarded(file("a.png", "image/png"), voice), "audio").name).toBe("voice-message.ogg");
    expect(used(forwarded(file("a.png", "image/png"), voice), "image").name).toBe("a.png");
    expect(() => used(forwarded(), "audio")).toThrow(nothing("audio"));
  });

  it("says so where there is none", () => {
    for (const [wanted, other] of [
      ["audio", "image/png"],
      ["image", "audio/ogg"],
    ] as const)
      expect(() => on([file("other", other), file("notes.txt")], wanted)).toThrow(nothing(wanted));
  });
});
