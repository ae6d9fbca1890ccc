import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkJournals, inputs, only, press, startIn, world } from "./talk.ts";

const imagine = async (options: Record<string, OptionValue> = {}) =>
  only(await world.finished(world.discord.people.member.command("imagine", { prompt: "a fox", ...options })));
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);
const fill = async (form: Exchange, values: Record<string, string>) =>
  only(await world.finished(world.discord.people.member.submit(form, values)));
/** Fills in the form that a button opens. */
const through = async (message: SeenMessage, label: string, values: Record<string, string>) =>
  fill(await press(message, label), values);
const fields = ({ modal }: Exchange) =>
  (modal?.components ?? []).flatMap((row) => ("component" in row ? row.component.custom_id : []));

describe("under a picture", () => {
  beforeAll(() => startIn({ env: { CONFIRM_ABOVE_CREDITS: "0" } }));
  afterAll(() => world.close());

  it("Remove background does it at once, with the same buttons under what comes of it", async () => {
    const cut = only(await press(await imagine({ shape: "wide" }), "Remove background"));
    expect(cut.attachments).toMatchObject([{ contentType: "image/png" }]);
    expect(inputs().at(-1)).toMatchObject({ background_type: "rgba" });
    expect(labels(cut)).toEqual(expect.arrayContaining(["Animate", "Edit", "Again", "Delete"]));
  });

  it("Edit asks what to change, and changes the picture itself", async () => {
    const form = await press(await imagine(), "Edit");
    expect(fields(form)).toEqual(["prompt"]);
    const message = await fill(form, { prompt: "give it a hat" });
    expect(message.attachments).toHaveLength(1);
    expect(String(inputs().at(-1)?.["prompt"])).toContain("give it a hat");
    expect(inputs().at(-1)?.["input_image"]).toMatch(/^data:image|^http/);
  });

  it("Animate asks what should happen, which may be left open", async () => {
    const picture = await imagine();
    for (const prompt of ["it jumps", ""]) {
      const film = await through(picture, "Animate", { prompt });
      expect(film.attachments).toMatchObject([{ contentType: "video/mp4" }]);
    }
  });

  it("everything is as private, and as hidden, as the picture was", async () => {
    const picture = await imagine({ private: true, spoiler: true });
    const edited = await through(picture, "Edit", { prompt: "a hat" });
    const cut = only(await press(picture, "Remove background"));
    for (const made of [edited, cut]) {
      expect(made.private).toBe(true);
      expect(made.attachments[0]?.name).toMatch(/^SPOILER_/);
    }
  });

  it("everything is for the one who asked", async () => {
    const picture = await imagine();
    for (const label of ["Animate", "Remove background", "Edit"])
      expect(only(await press(picture, label, world.discord.people.other)).content).toContain(
        "Only the one who asked can do that.",
      );
  });

  checkJournals();
});

describe("under several pictures", () => {
  beforeAll(() => startIn({ env: { CONFIRM_ABOVE_CREDITS: "0" } }));
  afterAll(() => world.close());

  it("each asks which one, by the names that the pictures have", async () => {
    const gallery = await imagine({ count: 3, shape: "tall" });
    for (const [label, rest] of [
      ["Animate", ["prompt"]],
      ["Edit", ["prompt"]],
      ["Remove background", []],
    ] as const)
      expect([label, fields(await press(gallery, label))]).toEqual([label, ["picture", ...rest]]);
  });

  it("goes on from the one that was chosen", async () => {
    const gallery = await imagine({ count: 3 });
    const cut = await through(gallery, "Remove background", { picture: "a-fox-2.png" });
    expect(cut.content).toContain("a\\-fox\\-2\\.png".replace("\\.", "."));
    expect(cut.attachments).toHaveLength(1);
    const edited = await through(gallery, "Edit", { picture: "a-fox-3.png", prompt: "a hat" });
    expect(edited.content).toContain("a hat");
  });

  it("refuses what is none of them", async () => {
    const gallery = await imagine({ count: 2 });
    const before = inputs().length;
    const refused = await through(gallery, "Edit", { picture: "a-fox-9.png", prompt: "a hat" });
    expect(refused).toMatchObject({
      private: true,
      content: expect.stringContaining("must be one of a-fox-1.png or a-fox-2.png"),
    });
    expect(inputs()).toHaveLength(before);
  });

  checkJournals();
});
