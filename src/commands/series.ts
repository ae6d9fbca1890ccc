import { madeAttachment } from "../services/attachment.ts";
import { hasEnded, type Run } from "../services/jobs.ts";
import { requireExtra } from "../services/models/index.ts";
import type { Model, Shape } from "../services/models/model.ts";
import type { RunSpec } from "../services/runner.ts";
import type { JobOf } from "./command.ts";

/** One picture of several. */
export interface Shot {
  /** Where it stands in its list, from 1; there may be gaps. */
  number: number;
  name: string;
  prompt: string;
  shape?: Shape | undefined;
}

/** Several pictures that are asked for at once; each is a run of its own, and perhaps cut out after that. */
export interface Series {
  title: string;
  /** What their ZIP is called. */
  zip: string;
  /** What its runs' keys begin with: `line-7`. */
  key: string;
  shots: readonly Shot[];
  model: Model<"image">;
  /** One for all of them, where its asker named one. */
  seed: number | undefined;
  cutout: Model<"cutout"> | undefined;
  spoiler: boolean | undefined;
}

/** Seeds are 31 bits, which every model takes. */
const SEEDS = 2 ** 31;

const keyOf = ({ key }: Series, { number }: Shot) => `${key}-${number}`;
const cutoutKeyOf = ({ number }: Shot) => `cutout-${number}`;

/** @throws {Problem} option-not-taken */
function checkExtras({ model, seed, shots }: Series): void {
  if (seed !== undefined) requireExtra(model, "seed");
  if (shots.some(({ shape }) => shape !== undefined)) requireExtra(model, "shape");
}

const pictureRun =
  (series: Series, chance: number) =>
  (shot: Shot): RunSpec => {
    const { model, seed = (chance + shot.number) % SEEDS } = series;
    const { prompt, shape = "square" } = shot;
    const input = model.input.parse(model.from({ prompt, shape, count: 1, seed }));
    return { key: keyOf(series, shot), model: model.key, input };
  };

function cutoutRun(model: Model<"cutout">, shot: Shot, url: string): RunSpec {
  const image = madeAttachment(url, `${shot.number}.png`);
  return { key: cutoutKeyOf(shot), model: model.key, input: model.input.parse(model.from({ image })) };
}

/** The picture of a run, where it made one; some models make more than they were asked for. */
const madeBy = (run: Run | undefined) => (run?.state === "succeeded" ? run.result?.files?.[0] : undefined);

const wasStopped = ({ problem }: Run) => problem?.kind === "cancelled";

const runOf = (runs: readonly Run[], key: string) => runs.find((run) => run.key === key);

/** A run a picture, and once those have ended one for each that is to be cut out. Throws what `checkExtras` throws. */
export function runsOf(series: Series, chance: number, finished: readonly Run[]): RunSpec[] {
  checkExtras(series);
  const { cutout, shots } = series;
  const isStopped = finished.some(wasStopped);
  const cut = shots.flatMap((shot) => {
    const url = madeBy(runOf(finished, keyOf(series, shot)));
    return cutout && url !== undefined && !isStopped ? [cutoutRun(cutout, shot, url)] : [];
  });
  return [...shots.map(pictureRun(series, chance)), ...cut];
}

/** The cutouts that may follow, for an estimate. */
export const laterOf = ({ cutout, shots }: Series): RunSpec[] =>
  cutout ? shots.map((shot) => cutoutRun(cutout, shot, "")) : [];

/** How a picture stands, and what there is of it. */
export interface Standing {
  shot: Shot;
  picture: Run | undefined;
  cutout: Run | undefined;
  /** `uncut`: it is there, and could not be cut out. `waiting`: nobody has begun it, or ever will. */
  state: "waiting" | "working" | "stopped" | "failed" | "uncut" | "done";
  url: string | undefined;
  /** When the address stops answering. */
  until: number | undefined;
}

function stateOf(picture: Run | undefined, cutout: Run | undefined): Standing["state"] {
  if (!picture) return "waiting";
  if (!hasEnded(picture)) return picture.prediction === undefined ? "waiting" : "working";
  if (picture.state !== "succeeded") {
    if (!wasStopped(picture)) return "failed";
    return picture.prediction === undefined ? "waiting" : "stopped";
  }
  if (cutout && !hasEnded(cutout)) return "working";
  return cutout && cutout.state !== "succeeded" ? "uncut" : "done";
}

export const standingsOf = (series: Series, { runs }: Pick<JobOf<unknown>, "runs">): Standing[] =>
  series.shots.map((shot) => {
    const picture = runOf(runs, keyOf(series, shot));
    const cutout = runOf(runs, cutoutKeyOf(shot));
    const url = madeBy(cutout) ?? madeBy(picture);
    const until = madeBy(cutout) === undefined ? picture?.removedAt : cutout?.removedAt;
    return { shot, picture, cutout, state: stateOf(picture, cutout), url, until };
  });

/** Whether anything of it is still to come: what was made is to be cut out first. */
export function isUnderWay({ cutout }: Series, job: JobOf<unknown>, standings: readonly Standing[]): boolean {
  if (!job.runs.every(hasEnded)) return true;
  const isStopped = job.stopping === true || job.runs.some(wasStopped);
  return cutout !== undefined && !isStopped && standings.some(({ url, cutout: cut }) => url && !cut);
}
