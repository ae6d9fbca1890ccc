import { describe, expect, it } from "vitest";
import { commandsFor, featuresOf } from "../../src/commands/features.ts";
import { commands } from "../../src/commands/index.ts";
import type { Request, ViewFile } from "../../src/commands/command.ts";
import { transcribe, transcribeMessage } from "../../src/commands/transcribe.ts";
import type { Attachment } from "../../src/services/attachment.ts";
import type { Services } from "../../src/services/index.ts";
import type { Run } from "../../src/services/jobs.ts";
import { asked, attached, bodyOf, runsOf, viewOf } from "./asked.ts";

const refused = (kind: string, facts: object = {}) =>
  expect.objectContaining({ reason: expect.objectContaining({ kind, ...facts }) });
const audio = attached({ seconds: 65 });
const segments = [{ start: 0, end: 1.5, text: "Hello." }];
const textOf = (files: readonly ViewFile[] | undefined, extension: string) => {
  const file = files?.find(({ from }) => "extension" in from && from.extension === extension);
  return file && "text" in file.from ? file.from.text : undefined;
};
const extensions = (files: readonly ViewFile[] | undefined) =>
  files?.map(({ from }) => ("extension" in from ? from.extension : "?"));

describe("what runs", () => {
  it("is the operator's model, which hears the language by itself", () => {
    expect(runsOf(transcribe, { audio })).toEqual([
      { key: "transcript", model: "whisperx", input: { audio_file: audio, align_output: true } },
    ]);
  });

  it("is one that translates where that is wanted, and one with times where those are needed", () => {
    const model = (options: object, more: Partial<Request> = {}) =>
      runsOf(transcribe, { audio, translate: true, ...options }, more)[0]?.model;
    const models = { ask: "", imagine: "", transcribe: "whisper" };
    expect(model({})).toBe("incredibly-fast-whisper");
    expect(model({}, { models })).toBe("whisper");
    for (const options of [{ format: "srt" }, { format: "json" }, { format: "all" }, { timestamps: true }])
      expect(model(options, { models })).toBe("incredibly-fast-whisper");
    expect(model({ format: "txt" }, { models })).toBe("whisper");
    const allowed = { allowed: "all" as const, except: ["incredibly-fast-whisper"] };
    expect(model({}, { allowed })).toBe("whisper");
    expect(() => model({ format: "srt" }, { allowed })).toThrow(refused("model-denied"));
  });

  it("is WhisperX where it is asked who speaks, and never a translation then", () => {
    const models = { ask: "", imagine: "", transcribe: "whisper" };
    expect(runsOf(transcribe, { audio, speakers: true }, { models })).toMatchObject([
      { model: "whisperx", input: { diarization: true } },
    ]);
    expect(() => runsOf(transcribe, { audio, speakers: true, translate: true })).toThrow(
      refused("either-or", { options: ["speakers", "translate"] }),
    );
  });

  it("is told the language by its code, however its asker calls it", () => {
    for (const language of ["de", "DE", " german ", "Deutsch"])
      expect(runsOf(transcribe, { audio, language }, { locale: "en-US" })).toMatchObject([
        { input: { language: "de" } },
      ]);
    expect(() => runsOf(transcribe, { audio, language: "Klingon" })).toThrow(
      refused("language-unknown", { typed: "Klingon" }),
    );
    expect(() => runsOf(transcribe, { audio, language: "Irish" })).toThrow(
      refused("language-not-taken", { language: "Irish", model: "WhisperX", models: [] }),
    );
  });

  it("is a run for each part of a long recording", () => {
    const parts = [
      { from: 0, to: 600 },
      { from: 600, to: 1_201 },
    ];
    expect(runsOf(transcribe, { audio }, { parts })).toMatchObject([
      { key: "part-1", input: { audio_file: { as: { part: parts[0] } } } },
      { key: "part-2", input: { audio_file: { as: { part: parts[1] } } } },
    ]);
  });
});

describe("before the promise", () => {
  /** What looking at the recording would tell. */
  const services = (seconds: number, canCut = true) =>
    ({
      recordings: {
        canCut,
        look: async (file: Attachment) => ({ ...file, seconds, checked: true }),
        forget: async () => undefined,
      },
      prices: new Map(),
    }) as unknown as Services;
  const prepare = (options: object, ...of: Parameters<typeof services>) =>
    bodyOf(transcribe).prepare?.(asked({ audio, ...options }), services(...of));

  it("the recording is looked at, and a long one is planned in parts", async () => {
    expect(await prepare({}, 50)).toMatchObject({ options: { audio: { seconds: 50, checked: true } } });
    expect(await prepare({}, 50)).not.toHaveProperty("parts");
    const long = await prepare({}, 7_260);
    expect(long?.parts).toHaveLength(12);
    expect(long?.parts?.at(-1)?.to).toBe(7_260);
    expect(await prepare({ speakers: true }, 3_000)).not.toHaveProperty("parts");
    expect(await prepare({}, 3_000, false)).not.toHaveProperty("parts");
  });

  it("one that is too long is refused, with the limit", async () => {
    const tooLong = (facts: object) => refused("recording-too-long", { name: "talk.mp3", ...facts });
    await expect(prepare({}, 3_601, false)).rejects.toThrow(
      tooLong({ seconds: 3_601, limitSeconds: 3_600, why: "no-ffmpeg" }),
    );
    await expect(prepare({ speakers: true }, 3_601)).rejects.toThrow(
      tooLong({ seconds: 3_601, limitSeconds: 3_600, why: "speakers" }),
    );
    await expect(prepare({}, 28_801)).rejects.toThrow(
      tooLong({ seconds: 28_801, limitSeconds: 28_800, why: "always" }),
    );
  });

  it("nothing is read where the language is none", async () => {
    const untouched = { recordings: { look: () => expect.unreachable() } } as unknown as Services;
    const request = asked({ audio, language: "Klingon" });
    await expect(bodyOf(transcribe).prepare?.(request, untouched)).rejects.toThrow(
      refused("language-unknown"),
    );
  });
});

describe("what is shown", () => {
  it("is what was said, in which language, and how long it was", () => {
    const run = {
      model: "whisperx",
      seconds: 3.6,
      cost: 5_490,
      result: { text: "Hello.", segments, language: "en" },
    };
    const view = viewOf(transcribe, { audio }, [run], 200_000);
    expect(view.text).toBe("**talk.mp3** · Mia\nHello.");
    expect(view.quiet).toEqual(["WhisperX · 3.6 s · English · 1:05 · 5.5 credits (200 left)"]);
    expect(view.files).toEqual([]);
  });

  it("is that it heard nothing, once it ended, and no file then", () => {
    const view = (state: "processing" | "succeeded") =>
      viewOf(transcribe, { audio, format: "all" }, [
        { state, ...(state === "succeeded" ? { result: { text: "", segments: [] } } : {}) },
      ]);
    expect(view("succeeded").text).toBe("**talk.mp3** · Mia\n*(no speech was heard)*");
    expect(view("succeeded").files).toEqual([]);
    expect(view("processing").text).toBe("**talk.mp3** · Mia\n");
  });

  it("is the beginning where it is long, and the whole in a file", () => {
    const sentence = "This is a sentence that stands in the way. ";
    const long = Array.from({ length: 100 }, (_, index) => ({
      start: index * 4,
      end: index * 4 + 3,
      text: sentence,
    }));
    const view = viewOf(transcribe, { audio }, [{ result: { text: "", segments: long } }]);
    expect(view.text.length + (view.quiet ?? []).join("").length).toBeLessThan(2_000);
    expect(view.text).toMatch(/in the way\. …$/);
    expect(view.quiet?.[0]).toBe("This is the beginning; the whole is in talk.txt");
    expect(extensions(view.files)).toEqual(["txt"]);
    expect(textOf(view.files, "txt")?.match(/in the way/g)).toHaveLength(100);
  });

  it("has paragraphs, with their times where those are wanted", () => {
    const spoken = [
      { start: 12, end: 14, text: "Good morning." },
      { start: 14, end: 16, text: "Shall we begin?" },
      { start: 21, end: 22, text: "Yes." },
      { start: 3_700, end: 3_702, text: "The end." },
    ];
    const shown = (options: object) =>
      viewOf(transcribe, { audio, ...options }, [{ result: { text: "", segments: spoken } }]).text;
    expect(shown({})).toBe("**talk.mp3** · Mia\nGood morning. Shall we begin?\n\nYes.\n\nThe end.");
    expect(shown({ timestamps: true })).toBe(
      "**talk.mp3** · Mia\n[0:12] Good morning. Shall we begin?\n\n[0:21] Yes.\n\n[1:01:40] The end.",
    );
  });

  it("names who speaks, in the order in which they begin", () => {
    const spoken = [
      { start: 0, end: 1, text: "You?", speaker: "SPEAKER_01" },
      { start: 1, end: 2, text: "Me!", speaker: "SPEAKER_00" },
      { start: 2, end: 3, text: "Ah.", speaker: "SPEAKER_01" },
    ];
    const view = viewOf(transcribe, { audio, speakers: true, format: "vtt" }, [
      { result: { segments: spoken } },
    ]);
    expect(view.text).toContain("Speaker 1: You?\n\nSpeaker 2: Me!\n\nSpeaker 1: Ah.");
    expect(textOf(view.files, "vtt")).toContain("<v Speaker 2>Me!");
  });

  it("says which model answered instead, and what was translated", () => {
    const run = { model: "incredibly-fast-whisper", result: { text: "Hello.", segments } };
    const view = viewOf(transcribe, { audio, translate: true, language: "de" }, [run]);
    expect(view.quiet).toEqual([
      "WhisperX does not translate; Incredibly Fast Whisper answered",
      "Incredibly Fast Whisper · German · translated into English · 1:05 · 0 credits",
    ]);
  });
});

describe("files", () => {
  const result = { text: "Hello.", segments, language: "en" };
  const filesFor = (format: string) => viewOf(transcribe, { audio, format }, [{ result }]).files;

  it("are what was asked for, named like the recording", () => {
    expect(filesFor("srt")).toEqual([
      { name: "talk", from: { extension: "srt", text: "1\n00:00:00,000 --> 00:00:01,500\nHello.\n" } },
    ]);
    expect(textOf(filesFor("vtt"), "vtt")).toMatch(/^WEBVTT\n\n/);
    expect(textOf(filesFor("txt"), "txt")).toBe("Hello.\n");
    expect(extensions(filesFor("all"))).toEqual(["txt", "srt", "vtt", "json"]);
  });

  it("for programs have everything", () => {
    const words = [{ start: 0, end: 1.5, text: "Hello." }];
    const run = {
      input: { audio },
      result: { ...result, segments: [{ ...segments[0]!, words, speaker: "S" }] },
    };
    const text = textOf(viewOf(transcribe, { audio, format: "json" }, [run]).files, "json") ?? "";
    expect(JSON.parse(text)).toEqual({
      language: "en",
      seconds: 65,
      text: "Speaker 1: Hello.",
      segments: [{ speaker: "Speaker 1", start: 0, end: 1.5, text: "Hello.", words }],
    });
  });
});

describe("a long recording", () => {
  const long = attached({ seconds: 1_800 });
  const part = (index: number, more: Partial<Run> = {}): Partial<Run> => {
    const [from, to] = [index * 600, (index + 1) * 600];
    return {
      key: `part-${index + 1}`,
      model: "whisperx",
      input: { audio_file: { ...long, as: { part: { from, to } }, sha256: "abc" } },
      result: {
        text: `Part ${index + 1}.`,
        segments: [{ start: from + 1, end: from + 2, text: `Part ${index + 1}.` }],
      },
      ...more,
    };
  };
  const failed = { state: "failed" as const, problem: { kind: "model-failed" as const, model: "WhisperX" } };
  const without = (run: Partial<Run>): Partial<Run> => {
    delete run.result;
    return run;
  };

  it("is shown as far as it is there, with its minutes", () => {
    const view = viewOf(transcribe, { audio: long }, [
      part(0),
      without(part(1, { state: "processing" })),
      part(2),
    ]);
    expect(view.quiet).toEqual([expect.stringMatching(/^WhisperX · 20 of 30 min · asked <t:/)]);
    expect(view.text).toBe("**talk.mp3** · Mia\nPart 1.");
    expect(view.buttons?.map(({ label }) => label)).toEqual(["Stop"]);
  });

  it("is joined", () => {
    const view = viewOf(transcribe, { audio: long, format: "srt" }, [part(0), part(1), part(2)]);
    expect(view.text).toBe("**talk.mp3** · Mia\nPart 1.\n\nPart 2.\n\nPart 3.");
    expect(textOf(view.files, "srt")).toContain("\n00:20:01,000 --> 00:20:02,000\nPart 3.");
    expect(view.quiet).toEqual([expect.stringContaining("30:00")]);
  });

  it("says which parts failed and why, marks their place, and Retry knows the recording again", () => {
    const runs = [part(0), without(part(1, failed)), part(2)];
    const view = viewOf(transcribe, { audio: long }, runs);
    expect(view.text).toBe(
      [
        "**talk.mp3** · Mia",
        "Part 1.\n\n[10:00 to 20:00 is missing]\n\nPart 3.",
        "1 of 3 parts is missing; their places are marked in the text:",
        "- 10:00 to 20:00: WhisperX failed. Try again, or try another model.",
      ].join("\n"),
    );
    expect(view.buttons?.map(({ label }) => label)).toEqual([
      "Summarise",
      "Translate",
      "Ask about this",
      "Again",
      "Retry",
      "Delete",
    ]);
    const retry = bodyOf(transcribe).actions?.["retry"];
    const job = { request: asked({ audio: long }), runs } as never;
    const wanted = retry?.kind === "run" && retry.request({ job, attachments: [], locale: "en-US" });
    expect(wanted).toMatchObject({ options: { audio: { sha256: "abc" } } });
  });

  it("keeps what is there when it is stopped", () => {
    const stopped = { state: "cancelled" as const, problem: { kind: "cancelled" as const } };
    const view = viewOf(transcribe, { audio: long }, [part(0), part(1), without(part(2, stopped))]);
    expect(view.text).toContain("Part 2.\n\n[20:00 to 30:00 is missing]");
    expect(view.quiet?.[0]).toBe("Stopped early: 20 of 30 min are there");
  });

  it("says how many of its parts were there already", () => {
    const view = viewOf(transcribe, { audio: long }, [part(0, { remembered: true }), part(1), part(2)]);
    expect(view.quiet?.[0]).toContain("1 of 3 parts were there already, and cost nothing");
  });
});

describe("speakers", () => {
  const optionsOf = (settings: Parameters<typeof featuresOf>[0]) => {
    const offered = commandsFor(commands, featuresOf(settings));
    const named = (kind: string, name: string) =>
      offered.find(
        (each) => each.kind === kind && (each.kind === "slash" ? each.body.name : each.name) === name,
      );
    return [named("slash", "transcribe"), named("message", "Transcribe")].map((command) =>
      command ? Object.keys(bodyOf(command).options).includes("speakers") : undefined,
    );
  };

  it("are offered where the operator has a token for them, and nowhere else", () => {
    expect(optionsOf({ HUGGINGFACE_TOKEN: "hf_1" })).toEqual([true, true]);
    expect(optionsOf({})).toEqual([false, false]);
  });

  it("change nothing else in the list", () => {
    const offered = commandsFor(commands, new Set());
    expect(offered).toHaveLength(commands.length);
    expect(offered.filter((command) => !commands.includes(command))).toHaveLength(2);
    expect(offered).not.toContain(transcribe);
    expect(offered).not.toContain(transcribeMessage);
  });
});
