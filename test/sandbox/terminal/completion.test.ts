import { describe, expect, it } from "vitest";
import { agreed, complete, type Knowledge } from "../../../sandbox/terminal/completion.ts";
import { completePath } from "../../../sandbox/terminal/uploads.ts";
import { names, registered } from "./registered.ts";

const knowledge: Knowledge = {
  offered: registered,
  names,
  paths: (typed) => ["./photo.png", "./my photo.png", "./photos/"].filter((path) => path.startsWith(typed)),
  ask: async (_command, option, typed) =>
    option === "model" ? [{ name: `Model for "${typed}"`, value: "flux-schnell" }] : [],
};

const hits = async (line: string) => (await complete(line, knowledge)).hits.map(({ text }) => text);

/** The line after Tab. */
async function tab(line: string): Promise<string> {
  const completion = await complete(line, knowledge);
  const text = agreed(completion);
  return text === undefined ? line : line.slice(0, line.length - completion.typed.length) + text;
}

describe("Tab", () => {
  it.each([
    ["/im", "/imagine "],
    ["/quo", "/quota "],
    ["/quota vi", "/quota view "],
    ["/quota set", "/quota set"], // or set-everyone
    ["/imagine pro", "/imagine prompt:"],
    ['/imagine prompt:"a fox at pr" sh', '/imagine prompt:"a fox at pr" shape:'],
    ["/imagine prompt:a fox sh", "/imagine prompt:a fox shape:"],
    ["/imagine prompt:x shape:wi", "/imagine prompt:x shape:wide "],
    ["/imagine model:fl", "/imagine model:flux-schnell "],
    ["/imagine prompt:x private:t", "/imagine prompt:x private:true "],
    ["/quota view user:@m", "/quota view user:@Mia "],
    ["/quota set target:@art", "/quota set target:@artists "],
    ["/upscale image:./photos", "/upscale image:./photos/"],
    ["/upscale image:./my", '/upscale image:"./my photo.png" '],
    ['/upscale image:"./my', '/upscale image:"./my photo.png" '],
    ["/post where:#bo", "/post where:#bot-log "],
    ["/post where:", "/post where:#"],
    ["/post whom:@art", "/post whom:@artists "],
    ["/post whom:@&art", "/post whom:@&artists "],
    ["> Tr", "> Transcribe "],
    ["> St", "> Standing of "],
    ["> Standing of @m", "> Standing of @Mia "],
    ["> Transcribe @o", "> Transcribe @Oto "],
    ["> Transcribe ./photos", "> Transcribe ./photos/"],
    ["as a", "as admin"],
    ["dm of", "dm off"],
    ["he", "help"],
    ["vo", "voice "],
    ["voice ./photo.", "voice ./photo.png "],
    ["/nothing", "/nothing"],
  ])("makes %s into %s", async (line, completed) => expect(await tab(line)).toBe(completed));

  it("offers the options that are not given yet, with what they are", async () => {
    const { hits } = await complete('/imagine prompt:"a fox" ', knowledge);
    expect(hits.map(({ text }) => text)).not.toContain("prompt:");
    expect(hits).toContainEqual({ text: "count:", about: "How many pictures" });
  });

  it("offers the choices that the bot registered", async () => {
    expect(await hits("/imagine shape:")).toEqual(["square ", "landscape ", "portrait ", "wide ", "tall "]);
    expect(await hits("/upscale scale:")).toEqual(["2 ", "4 ", "8 "]);
  });

  it("offers what Apps menus have, and on what it is used", async () => {
    const { hits } = await complete("> ", knowledge);
    expect(hits).toEqual(
      expect.arrayContaining([
        { text: "Transcribe ", about: "on a message" },
        { text: "Transcribe ", about: "on a person" },
        { text: "Standing of ", about: "on a person" },
      ]),
    );
  });

  it("offers every command at the start", async () => {
    expect(await hits("")).toEqual(expect.arrayContaining(["/ask ", "/imagine ", "/quota ", "/usage "]));
    expect(await hits("/")).toEqual(await hits(""));
  });
});

it("completes paths on the disk, the samples first", () => {
  expect(completePath("")[0]).toBe("./sandbox/samples/mask.png");
  expect(completePath("./sandbox/sa")).toEqual(["./sandbox/samples/"]);
  expect(completePath("./nowhere/")).toEqual([]);
});
