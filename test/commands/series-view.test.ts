import { expect, it } from "vitest";
import type { JobOf } from "../../src/commands/command.ts";
import { runsOf, type Series } from "../../src/commands/series.ts";
import { seriesView } from "../../src/commands/series-view.ts";
import type { Run } from "../../src/services/jobs.ts";
import { findModel } from "../../src/services/models/index.ts";

const again = [{ label: "Again", action: "again" }] as const;

const series: Series = {
  title: "Mug",
  zip: "Mug",
  key: "shot",
  shots: ["front", "side"].map((name, index) => ({ number: index + 1, name, prompt: `a mug, ${name}` })),
  model: findModel("image", "flux-schnell"),
  seed: undefined,
  cutout: findModel("cutout", "background-remover"),
  spoiler: undefined,
};

const runAs = (key: string, facts: Partial<Run>): Run => ({
  key,
  model: key.startsWith("cutout") ? "background-remover" : "flux-schnell",
  input: {},
  hold: 3_000,
  state: "waiting",
  ...facts,
});
const made = (key: string) =>
  runAs(key, {
    state: "succeeded",
    prediction: key,
    cost: 3_000,
    result: { files: [`https://x/${key}.png`] },
  });

const jobWith = (runs: Run[], facts: Partial<JobOf<unknown>> = {}): JobOf<unknown> => ({
  id: "1",
  command: "product",
  asker: { id: "2", name: "Mia" },
  account: { guild: null, person: "2", roles: [] },
  address: null,
  request: {
    id: "1",
    asker: { id: "2", name: "Mia", roles: [], manager: false },
    guild: null,
    channel: "3",
    locale: "en-US",
    options: {},
    chance: 7,
    models: { ask: "", imagine: "", transcribe: "" },
    private: false,
  },
  state: "open",
  createdAt: 0,
  runs,
  ...facts,
});

const view = (runs: Run[], facts: Partial<JobOf<unknown>> = {}) =>
  seriesView(series, jobWith(runs, facts), again);
const labels = (shown: ReturnType<typeof view>) => shown.buttons?.map(({ label }) => label);
const files = (shown: ReturnType<typeof view>) =>
  shown.files?.map(({ from }) =>
    "url" in from ? from.url : "zip" in from ? from.zip.map(({ url }) => url) : "",
  );

const pictures = [made("shot-1"), made("shot-2")];

it("asks for cutouts of what was made, once all pictures ended", () => {
  const keys = (finished: Run[]) => runsOf(series, 7, finished).map(({ key }) => key);
  expect(keys([])).toEqual(["shot-1", "shot-2"]);
  const failed = runAs("shot-2", { state: "failed", problem: { kind: "flagged" } });
  expect(keys([made("shot-1"), failed])).toEqual(["shot-1", "shot-2", "cutout-1"]);
});

it("asks for no cutouts once something of it was stopped", () => {
  const stopped = runAs("shot-2", { state: "cancelled", problem: { kind: "cancelled" } });
  expect(runsOf(series, 7, [made("shot-1"), stopped]).map(({ key }) => key)).toEqual(["shot-1", "shot-2"]);
});

it("cuts a long title between letters", () => {
  const title = `${"x".repeat(59)}🦊🦊`;
  const { text } = seriesView({ ...series, title }, jobWith([]), again);
  expect(text.isWellFormed()).toBe(true);
  expect(text).toContain("x…**");
});

it("shows no file that is still to be cut out, also between the pictures and their cutouts", () => {
  const between = view(pictures);
  expect([files(between), labels(between)]).toEqual([undefined, ["Stop"]]);
  const cutting = view([...pictures, made("cutout-1"), runAs("cutout-2", { prediction: "p" })]);
  expect([files(cutting), labels(cutting)]).toEqual([undefined, ["Stop"]]);
  expect(cutting.quiet?.[0]).toContain("1 of 2 cut out");
  expect(cutting.text).toContain("✓ 01 front\n▸ 02 side");
});

it("shows what was cut out in the picture's place", () => {
  const [first, second] = ["https://x/cutout-1.png", "https://x/cutout-2.png"];
  expect(files(view([...pictures, made("cutout-1"), made("cutout-2")]))).toEqual([
    first,
    second,
    [first, second],
  ]);
});

it("stopped before the cutouts, or among them, it shows the pictures as they are", () => {
  const stopped = view(pictures, { stopping: true });
  expect(files(stopped)).toEqual(["https://x/shot-1.png", "https://x/shot-2.png", expect.any(Array)]);
  expect(labels(stopped)).toEqual(["Again"]);
  const cancelled = runAs("cutout-2", { state: "cancelled", problem: { kind: "cancelled" } });
  const among = view([...pictures, made("cutout-1"), cancelled], { stopping: true });
  expect(files(among)?.slice(0, 2)).toEqual(["https://x/cutout-1.png", "https://x/shot-2.png"]);
  expect(among.text).toContain("1 could not be cut out, and is as drawn:\n- side: Stopped.");
});

it("says what it does: how many are done, how many failed, and when it was asked", () => {
  const failed = runAs("shot-2", { state: "failed", problem: { kind: "flagged" } });
  const waiting = view([made("shot-1"), runAs("shot-2", {})]);
  expect(waiting.quiet).toEqual(["FLUX schnell · ▰▰▰▰▰▱▱▱▱▱ 50 % · 1 of 2 done · asked <t:0:R>"]);
  const open = view([failed, runAs("shot-1", {})]);
  expect(open.quiet?.[0]).toContain("0 of 2 done · 1 failed");
});

it("has no ZIP of one picture", () => {
  const failed = runAs("shot-2", { state: "failed", problem: { kind: "flagged" } });
  expect(files(view([made("shot-1"), failed, made("cutout-1")]))).toEqual(["https://x/cutout-1.png"]);
});
