import type { Metrics } from "../prices.ts";
import { Problem, type ProblemReason } from "../problem.ts";
import type { AnyModel } from "../models/models.ts";
import type { Result } from "../models/model.ts";
import type { Prediction } from "./client.ts";
import { ReplicateFailure } from "./retry.ts";

/** How a run ended, in Replicord's words. */
export type Outcome = { metrics: Metrics } & (
  | { ended: "succeeded"; result: Result }
  | { ended: "failed"; problem: ProblemReason }
  | { ended: "cancelled" }
);

/** As much of a model as tells what its run means. */
type Judged = Pick<AnyModel, "title" | "kind" | "read">;

/** "NSFW content detected…", "All generated images contained NSFW content…", "… flagged as sensitive (E005)" */
const isFlag = (error: string) => /nsfw|\bE005\b|flagged|sensitive content|safety/i.test(error);

const failure = (error: string, model: Judged): ProblemReason => {
  if (isFlag(error)) return { kind: "flagged" };
  const code = /\bE\d{4}\b/.exec(error)?.[0];
  return { kind: "model-failed", model: model.title, ...(code ? { code } : {}) };
};

/** A recording in which nobody speaks is a result, too; an empty answer or no picture is none. */
const made = ({ text, files, segments }: Result, model: Judged) =>
  model.kind === "transcription" ? segments !== undefined : Boolean(text?.trim()) || Boolean(files?.length);

/** What a terminal prediction means. Replicate's six statuses end as three. */
export function outcomeOf(prediction: Prediction, model: Judged): Outcome {
  const metrics = prediction.metrics ?? {};
  switch (prediction.status) {
    case "succeeded": {
      if (prediction.data_removed) return { ended: "failed", problem: { kind: "output-gone" }, metrics };
      const result = model.read(prediction.output);
      return made(result, model)
        ? { ended: "succeeded", result, metrics }
        : { ended: "failed", problem: { kind: "no-output", model: model.title }, metrics };
    }
    case "canceled":
      return { ended: "cancelled", metrics };
    case "aborted":
      // Ended by its deadline before it started; not billed.
      return { ended: "failed", problem: { kind: "timed-out", model: model.title }, metrics };
    default:
      return { ended: "failed", problem: failure(JSON.stringify(prediction.error ?? ""), model), metrics };
  }
}

/** What a failed request to Replicate means for the person who asked for this model. */
export function problemOf(error: unknown, model?: Judged): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof ReplicateFailure))
    return new Problem({ kind: "replicate-unreachable" }, { cause: error });
  return new Problem(reasonOf(error, model?.title ?? ""), { cause: error });
}

function reasonOf(
  { status, ambiguous, invalidFields, retryAfterMs }: ReplicateFailure,
  model: string,
): ProblemReason {
  switch (status) {
    case 0:
      return { kind: ambiguous ? "create-unknown" : "replicate-unreachable" };
    case 401:
    case 402:
    case 403:
      return { kind: "operator-account", status };
    case 404:
      return { kind: "model-not-found", model };
    case 422: {
      const field = invalidFields[0]?.field;
      return { kind: "input-refused", model, ...(field ? { field } : {}) };
    }
    case 429:
      return { kind: "rate-limited", retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) };
    default:
      return { kind: "replicate-unreachable" };
  }
}

/** How far a run is, from its logs: the last bar such as `Generating:  40%|████`. Bars are redrawn with `\r`. */
export function progressOf(logs: string | null | undefined): number | undefined {
  const bars = (logs ?? "").split(/[\r\n]+/).flatMap((line) => /(\d{1,3})%\|/.exec(line)?.[1] ?? []);
  const last = bars.at(-1);
  return last === undefined ? undefined : Math.min(1, Number(last) / 100);
}
