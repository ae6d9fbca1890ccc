import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../src/services/models/index.ts";
import type { Model, ModelKind, Sure } from "../../src/services/models/model.ts";
import { toCredits } from "../../src/services/money.ts";
import { table } from "../markdown-table.ts";
import type { Counted, Each, Price } from "../../src/services/prices.ts";

const file = join(import.meta.dirname, "../../docs/models.md");

const kinds: Record<ModelKind, [heading: string, about: string]> = {
  image: ["Pictures from words", "What `/imagine` runs."],
  edit: [
    "Changing a picture",
    "A picture and what to change in it: what `/edit` runs for `prompt`, `style` and a `background` in words.",
  ],
  inpaint: [
    "Painting a part anew",
    "A picture, a mask whose white is painted anew, and words: what `/edit` runs for `mask` and `transparent`.",
  ],
  upscale: ["Larger and sharper", "What `/upscale` runs."],
  cutout: [
    "Taking the background away",
    "A picture goes in; what stands in front comes out: what `/edit` runs for `background:remove` and `background:blur`.",
  ],
  video: ["Video", "What `/animate` runs: from words, from a picture, or both."],
  transcription: ["Writing down speech", "What `/transcribe` runs."],
  speech: ["Reading aloud", "What `/speak` runs: a text goes in, sound comes out."],
  caption: ["Saying what a picture shows", "A picture goes in, a sentence comes out."],
  text: ["Language models", "What `/ask` runs, and `/describe` where they see."],
};

const sure: Record<Sure, string> = {
  recorded: "recorded",
  page: "page",
  schema: "schema",
  unverified: "**unverified**",
};

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const credits = (money: number) => {
  const shown = number.format(toCredits(money));
  return `${shown} ${shown === "1" ? "credit" : "credits"}`;
};

const units: Record<Counted, string> = {
  run: "a run",
  image: "a picture",
  video: "a video",
  output: "an output",
  "video-second": "a second of video",
  "audio-second": "a second of sound",
  character: "a character",
};

function each(amount: Each): string {
  if (typeof amount === "number") return credits(amount);
  if ("from" in amount) return `${number.format(toCredits(amount.from))} to ${credits(amount.to)}`;
  const named = Object.entries(amount.values).map(([name, money]) => `${credits(money)} (${name})`);
  return named.join(", ");
}

function priceText(price: Price): string {
  switch (price.per) {
    case "unknown":
      return "**unknown**";
    case "token":
      return `$${price.input} / $${price.output} a million tokens in / out`;
    case "megapixel":
      return `${credits(price.run)} a run + ${credits(price.input)} a megapixel in + ${credits(price.output)} a megapixel out`;
    case "second":
      return `${credits(price.each)} a second of machine time`;
    default:
      return `${each(price.each)} ${units[price.per]}`;
  }
}

const row = ({ key, ref, title, price, official, sure: grade }: Model): string[] => [
  `\`${key}\``,
  `[${ref}](https://replicate.com/${ref})`,
  title,
  priceText(price),
  price.per === "unknown" ? "" : `${price.asOf}, ${price.source}`,
  official ? "official" : "community",
  sure[grade],
];

const seeing = catalogue.text.filter(({ takes }) => takes.includes("image")).map(({ key }) => `\`${key}\``);

function section(kind: ModelKind): string {
  const [heading, what] = kinds[kind];
  const about = kind === "text" ? `${what} These see pictures: ${seeing.join(", ")}.` : what;
  const head = ["Key", "On Replicate", "Name", "Price", "Read", "Run by", "Input"];
  const rows = catalogue[kind].map((model) => row(model as Model));
  return [`## ${heading}`, about, table([head, ...rows])].join("\n\n");
}

const all: readonly Model[] = Object.values(catalogue).flat();
const count = (of: (model: Model) => boolean) => all.filter(of).length;

/** The page docs/models.md, as the catalogue says it. */
export function modelsDocument(): string {
  const unknown = count(({ price }) => price.per === "unknown");
  const unverified = all.filter((model) => model.sure === "unverified").map(({ key }) => `\`${key}\``);
  return `${[
    "# Models",
    "<!-- Written by `npm run models:docs` from src/services/models/; change it there. -->",
    `The catalogue has ${all.length} models. People name one by its key or by its reference on Replicate; the first of a kind is listed first.`,
    "## How to read this page",
    [
      "- **Credits:** 1 credit is $0.001 of what Replicate bills. Replicate's API returns no prices, so every amount is an estimate from a row that somebody read on the day and at the place beside it. Replicate's bill is what counts.",
      "- **Machine time:** community models are billed by their machine's seconds, and Replicate does not say which machine that is. The dearest listed one is assumed (H100, $0.001525 a second). What a run may take at the most is held, from how long a recorded run took; a run that takes longer than that, and longer than 30 seconds, is stopped.",
      `- **Unknown prices:** ${unknown} official models are billed by what they make, and nobody could find how much. They are refused before anything runs, until the operator prices them: \`MODEL_PRICES=openai/gpt-5-mini=token:0.25/2;minimax/hailuo-02=run:0.28\`, in dollars. The units are \`token\` (per million in / out), \`run\`, \`image\`, \`video\`, \`second\` (of video), \`audio-second\`, \`character\` and \`output\`. (The amounts here are examples.) The operator's price also replaces one that is listed.`,
      "- **Official or community:** official models run by name. Community models run by their latest version, which is looked up. An entry may name a `deployment`, and then that runs.",
      `- **Input** is how sure the model's inputs are. _recorded_: Replicate's own schema of January 2025, with an example that ran; newer options may be missing. _page_: read off the model's page in 2026. _schema_: generated from the API in 2026; which inputs are required or are files was not part of it. _unverified_: nobody has looked; so far ${unverified.join(", ")}.`,
    ].join("\n"),
    ...(Object.keys(kinds) as ModelKind[]).map(section),
  ].join("\n\n")}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, modelsDocument());
