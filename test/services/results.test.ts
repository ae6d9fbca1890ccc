import { describe, expect, it } from "vitest";
import { paceOf } from "../../src/services/results.ts";

const file = { url: "https://cdn.discordapp.com/a.mp3", name: "a.mp3", contentType: "audio/mpeg", bytes: 9 };
const pace = (audio: object) => paceOf({ model: "whisperx", input: { audio } });

describe("how long a run took says what to expect", () => {
  it("of one about a recording that is as short, or as long", () => {
    expect(pace({ ...file, seconds: 20 })).toBe("whisperx");
    expect(pace({ ...file, seconds: 3_000 })).toBe("whisperx/long");
    expect(pace({ ...file, seconds: 3_000, as: { part: { from: 600, to: 1_200 } } })).toBe("whisperx/long");
    expect(pace({ ...file })).toBe("whisperx");
    expect(paceOf({ model: "flux-schnell", input: { prompt: "a fox" } })).toBe("flux-schnell");
  });
});
