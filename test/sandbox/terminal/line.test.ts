import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange, OptionValue, Person, Place, Upload } from "../../../sandbox/discord/person.ts";
import { BadInput } from "../../../sandbox/terminal/bad-input.ts";
import { nameIn, readLine } from "../../../sandbox/terminal/line.ts";
import { names, registered } from "./registered.ts";

/** What a line makes a person do. */
function done(line: string) {
  const acts: unknown[] = [];
  const person = {
    command: (name: string, values: Record<string, OptionValue>, place: Place) => {
      acts.push({ name, values, place });
      return {} as Exchange;
    },
    post: (content: string, uploads: Upload[]) => {
      acts.push({ content, files: uploads.map((upload) => upload.name) });
    },
    speak: ({ name }: Upload) => void acts.push({ says: name }),
    use: (name: string) => void acts.push({ uses: name }),
    useOn: (name: string, { id }: { id: string }, place: Place) =>
      void acts.push({ uses: name, on: id, place }),
  } as unknown as Person;
  readLine(line, registered, names).send(person, {});
  return acts;
}

const values = (line: string) => (done(line)[0] as { values: unknown }).values;

describe("a line", () => {
  it("gives values the types that the bot registered", () => {
    expect(values('/imagine prompt:"a fox" count:2 private:true shape:wide seed:7')).toEqual({
      prompt: "a fox",
      count: 2,
      private: true,
      shape: "wide",
      seed: 7,
    });
    expect(values("/imagine prompt:12 shape:Wide 16:9")).toEqual({ prompt: "12", shape: "wide" });
  });

  it("names people, and roles where there can be either", () => {
    expect(done("/quota view user:@Mia")).toEqual([
      { name: "quota view", values: { user: { user: "2" } }, place: {} },
    ]);
    expect(values("/quota  set target:@artists credits:5")).toEqual({ target: { role: "11" }, credits: "5" });
    expect(values("/quota set target:@mia credits:5")).toEqual({ target: { user: "2" }, credits: "5" });
    expect(values("/quota set target:@&admins credits:5")).toEqual({ target: { role: "12" }, credits: "5" });
  });

  it("names channels and roles", () => {
    for (const [where, whom] of [
      ["#bot-log", "@&artists"],
      ["bot-log", "@artists"],
      ["#Bot-Log", "artists"],
    ])
      expect(values(`/post where:${where} whom:${whom}`)).toEqual({
        where: { channel: "21" },
        whom: { role: "11" },
      });
  });

  it("uses a user command on a person", () => {
    expect(done("> Standing of @Mia")).toEqual([{ uses: "Standing of", on: "2", place: {} }]);
    expect(done('>Standing of "oto"')).toEqual([{ uses: "Standing of", on: "3", place: {} }]);
  });

  it("tells by what follows whether a message's entry is meant, or a person's of the same name", () => {
    expect(done("> Transcribe @Mia")).toEqual([{ uses: "Transcribe", on: "2", place: {} }]);
    expect(done("> Transcribe ./speech.ogg")).toHaveLength(2);
  });

  it("reads files by path, and finds the samples by their name alone", () => {
    for (const path of ["./sandbox/samples/photo.png", "./photo.png", "photo.png"])
      expect(values(`/upscale image:${path}`)).toMatchObject({ image: { upload: { name: "photo.png" } } });
  });

  it("uses a message command on a message with the files", () => {
    expect(done("> Transcribe ./speech.ogg")).toEqual([
      { content: "", files: ["speech.ogg"] },
      { uses: "Transcribe" },
    ]);
    expect(done("> Transcribe")).toEqual([
      { content: "A message without a file", files: [] },
      { uses: "Transcribe" },
    ]);
  });

  it("sends a voice message", () => {
    expect(done("voice ./speech.ogg")).toEqual([{ says: "speech.ogg" }]);
    expect(nameIn("voice ./speech.ogg", registered)).toBe("voice");
  });

  it("leaves to the bot what the bot has to refuse", () => {
    expect(values("/imagine count:99")).toEqual({ count: 99 });
    expect(values('/ask prompt:""')).toEqual({ prompt: "" });
  });

  it.each([
    ["/imagin prompt:x", /^There is no command \/imagin; there are .*\/imagine/],
    ["/quota", /^\/quota goes on: there are \/quota view, /],
    [
      "/ask word:x",
      '/ask has no option "word"; it has prompt, model, style, system, image, new, and private.',
    ],
    ["/imagine prompt:x count:two", '"count" must be a whole number, not "two".'],
    ["/imagine prompt:x count:1.5", '"count" must be a whole number, not "1.5".'],
    ["/ask prompt:x private:perhaps", '"private" must be true or false, not "perhaps".'],
    ["/upscale image:./nowhere.png", "There is no file ./nowhere.png"],
    ["/quota view user:@Bob", 'There is nobody called "@Bob"; there are @Ada, @Mia, and @Oto.'],
    ["/quota set target:@bots credits:1", /^There is no "@bots"; there are @Ada, .*@artists/],
    ["/post where:#nowhere", 'There is no channel "#nowhere"; there are #general and #bot-log.'],
    ["/post whom:@Mia", /^There is no "@Mia"; there are @everyone, @artists, and @admins\.$/],
    [
      "> Translate ./a.ogg",
      /^No entry of an Apps menu is called "Translate .\/a.ogg"; one can type > .*> Transcribe .\/file, .*> Standing of @Mia/,
    ],
    ["> Standing of", "Standing of is used on one person: > Standing of @Mia"],
    ["> Standing of @Mia @Oto", "Standing of is used on one person: > Standing of @Mia"],
    ["> Standing of @Bob", 'There is nobody called "@Bob"; there are @Ada, @Mia, and @Oto.'],
    ["voice ./a.ogg ./b.ogg", "A voice message is one file: voice ./speech.ogg"],
    ["voice ./nowhere.ogg", "There is no file ./nowhere.ogg"],
    ["hello", /^"hello" is no command/],
  ])("refuses %s in a sentence", (line, sentence) => {
    expect(() => readLine(line, registered, names)).toThrow(BadInput);
    expect(() => readLine(line, registered, names)).toThrow(sentence);
  });

  it("is understood or refused in a sentence, whatever it is", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "/",
        ">",
        "ask",
        "quota view",
        "Standing of",
        "post where:",
        "#",
        " ",
        "prompt:",
        '"',
        "'",
        "\\",
        "@",
        "count:",
        "./",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          readLine(pieces.join(""), registered, names);
        } catch (error) {
          expect(error).toBeInstanceOf(BadInput);
        }
      }),
    );
  });

  it("shows its command also where it is wrong", () => {
    expect(nameIn("/quota  view nobody:x", registered)).toBe("quota view");
    expect(nameIn("> Transcribe ./a.ogg", registered)).toBe("Transcribe");
    expect(nameIn("> Standing of @Bob", registered)).toBe("Standing of");
    expect(nameIn("/nothing here", registered)).toBe("nothing");
  });
});
