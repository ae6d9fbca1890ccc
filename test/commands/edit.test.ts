import { describe, expect, it } from "vitest";
import { edit } from "../../src/commands/edit.ts";
import { editOptions } from "../../src/commands/edit-options.ts";
import { editStyleNames, styleInstruction } from "../../src/commands/edit-styles.ts";
import { styleOfKey } from "../../src/commands/edit-task.ts";
import { attached, problem, runsOf, viewOf } from "./asked.ts";

const refused = (...of: Parameters<typeof problem>): Error =>
  expect.objectContaining(problem(...of)) as Error;

const seen = { contentType: "image/png", width: 640, height: 480, checked: true };
const image = attached({ ...seen, name: "cat.png" });
const mask = attached({ ...seen, name: "mask.png", width: 320, height: 240 });

/** What `/edit` would run for the picture. */
const runs = (options: Record<string, unknown>, more: Parameters<typeof runsOf>[2] = {}) =>
  runsOf(edit, { image, ...options }, more);
const expectRefusal = (options: Record<string, unknown>, reason: Error) =>
  expect(() => runs(options)).toThrow(reason);
const promptOf = (options: Record<string, unknown>) => String(runs(options)[0]?.input["prompt"]);

describe("/edit with words", () => {
  it("gives the picture and the words to an edit model", () => {
    expect(runs({ prompt: "make it winter" })).toEqual([
      {
        key: "picture",
        model: "flux-kontext-pro",
        input: {
          prompt: "make it winter",
          input_image: image,
          aspect_ratio: "match_input_image",
          seed: 4_471,
          output_format: "png",
        },
      },
    ]);
    expect(runs({ prompt: "make it winter", model: "google/nano-banana" })).toMatchObject([
      { model: "nano-banana-edit", input: { image_input: [image], aspect_ratio: "match_input_image" } },
    ]);
  });

  it("takes the next model where the first may not be used, and the first where none may be", () => {
    const except = (...keys: string[]) => ({ allowed: { allowed: "all" as const, except: keys } });
    expect(runs({ prompt: "x" }, except("flux-kontext-pro"))).toMatchObject([{ model: "nano-banana-edit" }]);
    const none = { allowed: { allowed: "none" as const, except: [] } };
    expect(runs({ prompt: "x" }, none)).toMatchObject([{ model: "flux-kontext-pro" }]);
  });

  it("sends an animation's first picture", () => {
    const gif = { ...image, name: "cat.gif", contentType: "image/gif" };
    const webp = { ...image, contentType: "image/webp", animated: true };
    for (const moving of [gif, webp]) {
      const still = { ...moving, as: { picture: "still" } };
      expect(runs({ image: moving, prompt: "x" })).toMatchObject([{ input: { input_image: still } }]);
      expect(runs({ image: moving, background: "remove" })).toMatchObject([{ input: { image: still } }]);
    }
  });

  it("has nothing to do with a picture alone, nor with a switch that is off", () => {
    const nothing = refused("nothing-asked", {
      options: ["prompt", "style", "mask", "transparent", "background"],
    });
    expectRefusal({}, nothing);
    expectRefusal({ transparent: false, seed: 7, model: "flux-kontext-pro" }, nothing);
  });

  it("refuses more pixels than the bot decodes", () => {
    expectRefusal(
      { image: { ...image, width: 10_000, height: 5_001 }, prompt: "x" },
      refused("too-many-pixels", { width: 10_000, height: 5_001, limit: 50_000_000, scaled: false }),
    );
  });
});

describe("/edit with a style", () => {
  it("gives structured instructions, more or less of it, and words beside it", () => {
    const light = promptOf({ style: "watercolour", strength: "light" });
    expect(light).toMatch(
      /^Redraw this picture as a watercolour.*\nStyle: .*\nStrength: .*\nKeep: .*\nAvoid: /,
    );
    expect(promptOf({ style: "watercolour" })).toBe(promptOf({ style: "watercolour", strength: "medium" }));
    expect(promptOf({ style: "watercolour", strength: "strong" })).not.toBe(light);
    expect(promptOf({ style: "anime", prompt: "and a red scarf" })).toBe(
      `${promptOf({ style: "anime" })}\nAlso change: and a red scarf`,
    );
  });

  it("is a run for each of all styles, each with a key that says which", () => {
    const all = runs({ style: "all", seed: 7 });
    expect(all.map(({ key }) => styleOfKey(key))).toEqual(editStyleNames);
    expect(new Set(all.map(({ input }) => input["prompt"])).size).toBe(7);
    expect(new Set(all.map(({ input }) => input["seed"]))).toEqual(new Set([7]));
  });

  it("says no style's instruction twice", () => {
    const said = editStyleNames.map((name) => styleInstruction(name, "medium"));
    expect(new Set(said).size).toBe(editStyleNames.length);
    for (const each of said) expect(each).not.toMatch(/undefined|\.\.$/m);
  });

  it("is what a strength is for", () => {
    expectRefusal({ strength: "strong" }, refused("needs-option", { option: "strength", needs: "style" }));
    expectRefusal(
      { strength: "strong", prompt: "x" },
      refused("needs-option", { option: "strength", needs: "style" }),
    );
  });
});

describe("/edit with a mask", () => {
  it("gives an inpaint model the opaque picture and the mask fitted to it", () => {
    expect(runs({ mask, prompt: "a hat" })).toEqual([
      {
        key: "picture",
        model: "sd-inpainting",
        input: {
          prompt: "a hat",
          image: { ...image, as: { picture: "opaque" } },
          mask: { ...mask, as: { mask: "fit" } },
          width: 768,
          height: 576,
          seed: 4_471,
        },
      },
    ]);
  });

  it("or the mask of the picture's own transparency", () => {
    expect(runs({ transparent: true, prompt: "a hat", seed: 7 })).toMatchObject([
      {
        model: "sd-inpainting",
        input: {
          mask: { ...image, as: { mask: "transparency" } },
          image: { as: { picture: "opaque" } },
          seed: 7,
        },
      },
    ]);
  });

  it("needs words", () => {
    expectRefusal({ mask }, refused("needs-option", { option: "mask", needs: "prompt" }));
    expectRefusal({ transparent: true }, refused("needs-option", { option: "transparent", needs: "prompt" }));
  });

  it("refuses a mask of another shape, as soon as both were looked into", () => {
    const square = { ...mask, width: 200, height: 200 };
    expectRefusal(
      { mask: square, prompt: "x" },
      refused("mask-shape", {
        picture: { width: 640, height: 480 },
        mask: { width: 200, height: 200 },
      }),
    );
    expect(runs({ mask: { ...square, checked: false }, prompt: "x" })).toHaveLength(1);
  });
});

describe("/edit with a background", () => {
  it("removed or blurred is for cutout models", () => {
    expect(runs({ background: "remove" })).toEqual([
      {
        key: "picture",
        model: "background-remover",
        input: { image, background_type: "rgba", format: "png" },
      },
    ]);
    expect(runs({ background: " Blur " })).toMatchObject([{ input: { background_type: "blur" } }]);
    expect(runs({ background: "remove", model: "rembg" })).toMatchObject([
      { model: "rembg", input: { image } },
    ]);
  });

  it("blurred takes the model that can", () => {
    const denied = { allowed: { allowed: "all" as const, except: ["background-remover"] } };
    expect(runs({ background: "remove" }, denied)).toMatchObject([{ model: "rembg" }]);
    expect(runs({ background: "blur" }, denied)).toMatchObject([{ model: "background-remover" }]);
    expectRefusal(
      { background: "blur", model: "rembg" },
      refused("option-not-taken", { option: "blur", model: "Rembg", models: ["background-remover"] }),
    );
  });

  it("in words is for edit models, which are told to keep the subject", () => {
    expect(runs({ background: "a beach" })).toMatchObject([{ model: "flux-kontext-pro" }]);
    expect(promptOf({ background: "a beach" })).toMatch(
      /^Replace only the background.* New background: a beach\nKeep: The subject/,
    );
  });
});

describe("/edit", () => {
  it("does one thing at a time", () => {
    const jobs = { prompt: "x", style: "anime", mask, transparent: true, background: "a beach" };
    const names = Object.keys(jobs) as (keyof typeof jobs)[];
    const good = [["prompt", "style"].join(), ["prompt", "mask"].join(), ["prompt", "transparent"].join()];
    for (const [index, one] of names.entries())
      for (const other of names.slice(index + 1)) {
        const both = { [one]: jobs[one], [other]: jobs[other] };
        if (good.includes([one, other].join())) expect(runs(both)).toHaveLength(1);
        else expectRefusal(both, refused("not-together", { options: [one, other] }));
      }
  });

  it("names the models for what was asked where another was named", () => {
    const wrong = (name: string, models: string[]) => refused("wrong-model", { name, models });
    expectRefusal(
      { prompt: "x", model: "rembg" },
      wrong("rembg", ["flux-kontext-pro", "nano-banana-edit", "nano-banana-2-edit"]),
    );
    expectRefusal(
      { background: "remove", model: "flux-kontext-pro" },
      wrong("flux-kontext-pro", ["background-remover", "rembg"]),
    );
    expectRefusal(
      { mask, prompt: "x", model: "flux-kontext-pro" },
      wrong("flux-kontext-pro", ["sd-inpainting"]),
    );
  });

  it("says which models take a seed", () => {
    expectRefusal(
      { prompt: "x", seed: 7, model: "nano-banana-edit" },
      refused("option-not-taken", {
        option: "seed",
        model: "Nano Banana (edit)",
        models: ["flux-kontext-pro"],
      }),
    );
    // Denied, which is said; not one that may be used and takes none.
    const denied = { allowed: { allowed: "all" as const, except: ["flux-kontext-pro"] } };
    expect(runs({ prompt: "x", seed: 7 }, denied)).toMatchObject([{ model: "flux-kontext-pro" }]);
    expectRefusal(
      { background: "remove", seed: 7 },
      refused("option-not-taken", { option: "seed", model: "Background Remover", models: [] }),
    );
  });

  it("completes models of all three kinds with their price and what they are for, and backgrounds", () => {
    const where = {
      locale: "en-US",
      prices: new Map(),
      usualSeconds: () => undefined,
      allows: (key: string) => key !== "rembg",
    };
    const offered = (option: "model" | "background", typed: string) => {
      const { [option]: declared } = editOptions;
      return declared.type === "text" ? (declared.complete?.(typed, where) ?? []) : [];
    };
    expect(offered("model", "").map(({ value }) => value)).toEqual([
      "flux-kontext-pro",
      "nano-banana-edit",
      "nano-banana-2-edit",
      "qwen-image-edit",
      "sd-inpainting",
      "flux-fill-pro",
      "background-remover",
    ]);
    expect(offered("model", "kontext")).toEqual([
      {
        name: expect.stringMatching(
          /^FLUX Kontext pro · ~40 credits.* · prompt, style, background in words$/,
        ),
        value: "flux-kontext-pro",
      },
    ]);
    for (const { name } of offered("model", "")) expect(name.length).toBeLessThanOrEqual(100);
    expect(offered("background", "bl").map(({ value }) => value)).toEqual(["blur"]);
    expect(offered("background", "").map(({ value }) => value)).toContain("remove");
  });
});

describe("an edited picture's answer", () => {
  const files = ["https://replicate.delivery/x.png"];
  const view = (options: Record<string, unknown>, ...all: Parameters<typeof viewOf>[2]) =>
    viewOf(edit, { image, ...options }, all);
  const made = (more: object = {}) => ({ result: { files }, model: "flux-kontext-pro", ...more });

  it("names the model, what was done, and what is to be seen", () => {
    const run = made({ seconds: 3.1, cost: 40_000, input: { seed: 7 } });
    expect(view({ prompt: "make it winter", spoiler: true }, run)).toEqual({
      text: "**cat.png · make it winter** · Mia",
      quiet: ["FLUX Kontext pro · 3.1 s · seed 7 · 40 credits"],
      files: [
        {
          name: "cat-edited",
          alt: "cat.png, changed: make it winter",
          spoiler: true,
          from: { url: files[0] },
        },
      ],
      buttons: [
        { label: "Animate", action: "animate" },
        { label: "Remove background", action: "remove-background" },
        { label: "Edit", action: "edit" },
        { label: "Again", action: "again" },
        { label: "Delete", action: "delete", style: "danger" },
      ],
    });
  });

  it("is as hidden as the picture was, unless its asker says otherwise", () => {
    const hidden = (options: Record<string, unknown>) =>
      viewOf(edit, { image: { ...image, spoiler: true }, background: "remove", ...options }, [made()])
        .files?.[0]?.spoiler;
    expect([hidden({}), hidden({ spoiler: false })]).toEqual([true, false]);
  });

  it("has a short name however long the picture's is, so that it can be chosen", () => {
    const long = { ...image, name: `${"edited-".repeat(30)}.png` };
    const [file] = viewOf(edit, { image: long, prompt: "x" }, [made()]).files ?? [];
    expect(file?.name).toMatch(/^edited-.{0,40}-edited$/);
  });

  it("names each of several styles", () => {
    const shown = view(
      { style: "all", strength: "light" },
      made({ key: "style-oil-painting" }),
      made({ key: "style-anime" }),
    );
    expect(shown.text).toBe("**cat.png · every style** · Mia");
    expect(shown.quiet?.[0]).toContain(" · every style, light · ");
    expect(shown.files?.map(({ name }) => name)).toEqual(["cat-oil-painting", "cat-anime"]);
    expect(shown.files?.[0]?.alt).toBe("cat.png as oil painting (an oil painting on canvas)");
  });

  it.each([
    [{ mask, prompt: "a hat" }, "cat-painted", "painted anew where the mask is white"],
    [{ transparent: true, prompt: "a hat" }, "cat-painted", "painted anew where it was transparent"],
    [{ background: "remove" }, "cat-cutout", "background removed"],
    [{ background: "blur" }, "cat-blurred", "background blurred"],
    [{ background: "a beach" }, "cat-background", "new background"],
  ])("%j is %s", (options, name, fact) => {
    const shown = view(options, made());
    expect(shown.files?.map((file) => file.name)).toEqual([name]);
    expect(shown.quiet?.[0]).toContain(` · ${fact} · `);
    expect(shown.files?.[0]?.alt).toMatch(/^cat\.png[, ]./);
  });
});
