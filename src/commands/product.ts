import { words } from "../locales/index.ts";
import { findModel, firstOf } from "../services/models/index.ts";
import { Problem } from "../services/problem.ts";
import { againButton, buttonsOf, isPrivate } from "./answer.ts";
import { defineCommand, type JobOf } from "./command.ts";
import { boolean, choice, type Complete, optional, text, type Values } from "./options.ts";
import { allowedIn, modelOption } from "./models.ts";
import { backgrounds, type Background, DEFAULT_ANGLES, knownAngles, shotPrompt } from "./product-shots.ts";
import type { Action } from "./press.ts";
import { laterOf, runsOf, type Series, standingsOf } from "./series.ts";
import { seriesView } from "./series-view.ts";

const MAX_ANGLES = 8;
const MAX_ANGLE = 60;
/** Discord's own limit for what autocomplete offers. */
const MAX_CHOICE = 100;

const split = (angles: string) => angles.split(",").map((angle) => angle.trim());

/** Completes the last of them, and keeps those before. */
const completeAngles: Complete = (typed) => {
  const before = split(typed);
  const last = (before.pop() ?? "").toLowerCase();
  return knownAngles
    .filter((angle) => !before.includes(angle) && angle.startsWith(last))
    .map((angle) => [...before, angle].join(", "))
    .filter((all) => all.length <= MAX_CHOICE)
    .map((all) => ({ name: all, value: all }));
};

const options = {
  name: text("What it is: enamel mug", { max: 100 }),
  description: optional(text("How it looks: colour, material, size", { max: 600 })),
  background: optional(choice("Where it stands", Object.keys(backgrounds) as Background[])),
  angles: optional(
    text("How it is seen, separated by commas: front, 45°, side, or your own words", {
      max: 500,
      complete: completeAngles,
    }),
  ),
  transparent: optional(boolean("Cut the product out, so that its background is transparent")),
  model: optional(modelOption("image")),
  private: optional(boolean("Only you see the answer")),
};

type ProductRequest = JobOf<Values<typeof options>>["request"];

/** @throws {Problem} bad-option */
function anglesOf({ angles }: ProductRequest["options"]): readonly string[] {
  const named = [...new Set(split(angles ?? "").filter((angle) => angle !== ""))];
  if (named.length > MAX_ANGLES || named.some((angle) => angle.length > MAX_ANGLE))
    throw new Problem({
      kind: "bad-option",
      option: "angles",
      rule: { kind: "entries", max: MAX_ANGLES, each: MAX_ANGLE },
    });
  return named.length > 0 ? named : DEFAULT_ANGLES;
}

function seriesOf(request: ProductRequest): Series {
  const { options, models } = request;
  const { name, description, background, transparent = false } = options;
  const product = { name, description, background, transparent };
  return {
    title: name,
    zip: name,
    key: "shot",
    shots: anglesOf(options).map((angle, index) => ({
      number: index + 1,
      name: angle,
      prompt: shotPrompt(product, angle),
    })),
    model: findModel("image", options.model ?? models.imagine),
    seed: undefined,
    cutout: transparent ? firstOf("cutout", allowedIn(request)) : undefined,
    spoiler: undefined,
  };
}

/** Only the angles of which there is no picture. */
const retry: Action<Values<typeof options>> = {
  kind: "run",
  once: true,
  request({ job }) {
    const missing = standingsOf(seriesOf(job.request), job).filter(({ url }) => url === undefined);
    const angles = missing.map(({ shot }) => shot.name).join(", ");
    return { options: { ...job.request.options, angles, private: isPrivate(job) } };
  },
};

export const product = defineCommand({
  name: "product",
  description: "Photographs of a product from several angles",
  options,
  examples: [{ name: "enamel mug", background: "studio" }],
  asksFirst: true,

  runs: (request, finished) => runsOf(seriesOf(request), request.chance, finished),
  later: (request) => laterOf(seriesOf(request)),

  summary(request) {
    const { shots, model, cutout } = seriesOf(request);
    return words(request.locale).seriesSummary(shots.length, model.title, cutout ? shots.length : 0);
  },

  view: (job) => seriesView(seriesOf(job.request), job, buttonsOf(job, [againButton(job)])),

  actions: { retry },
});
