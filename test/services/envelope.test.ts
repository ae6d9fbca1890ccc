import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createEnvelope } from "../../src/services/envelope.ts";

const note = z.object({ text: z.string() });

describe("a record on disk", () => {
  it("comes back as it was", () => {
    const envelope = createEnvelope(note);
    const text = envelope.seal({ text: "hi" }, undefined);
    expect(envelope.open(text, 0)).toEqual({ is: "readable", value: { text: "hi" } });
  });

  it("is expired from its time on", () => {
    const envelope = createEnvelope(note);
    const text = envelope.seal({ text: "hi" }, 1_000);
    expect(envelope.open(text, 999).is).toBe("readable");
    expect(envelope.open(text, 1_000)).toEqual({ is: "expired" });
  });

  it("of an older version is upgraded", () => {
    const old = createEnvelope(z.string()).seal("hi", undefined);
    const envelope = createEnvelope(note, {
      version: 2,
      upgrade: (text, version) => version === 1 && { text },
    });
    expect(envelope.open(old, 0)).toEqual({ is: "readable", value: { text: "hi" } });
  });

  it.each([
    ["{broken", "not a record"],
    ['{"v":1,"record":{"text":5}}', "text: invalid_type"],
    ['{"v":9,"record":{"text":"hi"}}', "version 9 is newer than 2"],
    ['{"v":0,"record":{}}', "version 0 could not be upgraded"],
  ])("%s can't be read: %s", (text, why) => {
    const upgrade = (record: unknown, version: number) => {
      if (version === 0) throw new Error("too old");
      return record;
    };
    expect(createEnvelope(note, { version: 2, upgrade }).open(text, 0)).toEqual({ is: "unreadable", why });
  });
});
