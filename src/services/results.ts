import type { Logger } from "pino";
import { isAttachment } from "./attachment.ts";
import type { Job, Run } from "./jobs.ts";
import type { AnyModel } from "./models/models.ts";
import { isMade, madeKind } from "./outputs.ts";
import type { Paces } from "./paces.ts";
import { soundSeconds } from "./prices.ts";
import { Problem } from "./problem.ts";
import type { Prediction } from "./replicate/client.ts";
import type { ContentType } from "./replicate/content-type.ts";
import type { Transcripts } from "./transcripts.ts";

/** What a run made, as far as it can be delivered. */
interface Collected {
  files: string[];
  problem?: Problem;
}

/** What is kept of a run's success. None of it is a reason for the run to fail, except what is no result. */
export interface Results {
  /**
   * Copies what was made before Replicate removes it. Resolves with what can be delivered of it, and with the Problem
   * of what can't: not to be had, or not what this model makes. A disk that is full is no reason to deliver nothing.
   */
  collect(job: Job, model: AnyModel, files: readonly string[]): Promise<Collected>;
  /** The result of the same request, where there was one that this asker may see. */
  recall(job: Job, run: Run): Promise<Run["result"]>;
  /** Remembers the result where it may be asked for again, and how long it took. */
  learn(job: Job, run: Run, model: AnyModel, prediction: Prediction): Promise<void>;
}

/** A longer recording, or a longer part of one, says nothing of how long a voice message takes. */
const LONG_SECONDS = 5 * 60;

/** Under which name it is remembered how long such a run took. */
export const paceOf = ({ model, input }: Pick<Run, "model" | "input">): string =>
  Object.values(input).some(isAttachment) && soundSeconds(input) > LONG_SECONDS ? `${model}/long` : model;

const audienceOf = ({ account, private: isPrivate = false }: Job) => ({
  person: account.person,
  private: isPrivate,
});

export function createResults(deps: {
  copy: (url: string) => Promise<ContentType>;
  transcripts: Transcripts;
  paces: Paces;
  log: Logger;
}): Results {
  const { transcripts, paces, log } = deps;

  /** How long it waited for a machine, and how long it ran. */
  async function learnPace(run: Run, { created_at, started_at }: Prediction): Promise<void> {
    const { seconds } = run;
    if (!created_at || !started_at || seconds === undefined) return;
    const waited = (Date.parse(started_at) - Date.parse(created_at)) / 1000;
    await paces.learn(paceOf(run), waited, seconds);
  }

  /** Once more where the way there was broken; a file that is gone, refused or too large stays so. */
  async function copied(url: string): Promise<ContentType> {
    try {
      return await deps.copy(url);
    } catch (error) {
      const isPassing = error instanceof Problem && error.reason.kind === "replicate-unreachable";
      if (!isPassing) throw error;
      return deps.copy(url);
    }
  }

  /** Why this file can't be delivered; undefined where it can. */
  async function check(job: Job, model: AnyModel, url: string): Promise<Problem | undefined> {
    const expected = madeKind(model.kind);
    try {
      const { contentType } = await copied(url);
      if (!expected || isMade(expected, contentType)) return undefined;
      return new Problem({ kind: "wrong-file", model: model.title, expected });
    } catch (error) {
      log.warn({ job: job.id, error }, "output not copied");
      return error instanceof Problem ? error : undefined;
    }
  }

  return {
    async collect(job, model, files) {
      const kept = await Promise.all(files.map((url) => check(job, model, url)));
      const problem = kept.find((each) => each instanceof Problem);
      return {
        files: files.filter((_, index) => kept[index] === undefined),
        ...(problem ? { problem } : {}),
      };
    },

    recall: (job, run) =>
      transcripts.find(run.model, run.input, audienceOf(job)).catch((error: unknown) => {
        log.warn({ job: job.id, error }, "transcripts not asked");
        return undefined;
      }),

    async learn(job, run, model, prediction) {
      await learnPace(run, prediction).catch((error: unknown) => log.warn({ error }, "pace not stored"));
      if (model.kind !== "transcription" || !run.result) return;
      await transcripts
        .keep(run.model, run.input, audienceOf(job), run.result)
        .catch((error: unknown) => log.warn({ job: job.id, error }, "transcript not kept"));
    },
  };
}
