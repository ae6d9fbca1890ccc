import type { Logger } from "pino";
import type { Job, Run } from "./jobs.ts";
import type { AnyModel } from "./models/models.ts";
import { isMade, madeKind } from "./outputs.ts";
import type { Paces } from "./paces.ts";
import { Problem } from "./problem.ts";
import type { Prediction } from "./replicate/client.ts";
import type { ContentType } from "./replicate/content-type.ts";
import type { Transcripts } from "./transcripts.ts";

/** What is kept of a run's success. None of it is a reason for the run to fail, except what is no result. */
export interface Results {
  /** Copies what was made before Replicate removes it; resolves with the Problem where it is not what this model makes. */
  collect(job: Job, model: AnyModel, files: readonly string[]): Promise<Problem | undefined>;
  /** The result of the same request, where there was one that this asker may see. */
  recall(job: Job, run: Run): Promise<Run["result"]>;
  /** Remembers the result where it may be asked for again, and how long it took. */
  learn(job: Job, run: Run, model: AnyModel, prediction: Prediction): Promise<void>;
}

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
  async function learnPace({ model, seconds }: Run, { created_at, started_at }: Prediction): Promise<void> {
    if (!created_at || !started_at || seconds === undefined) return;
    const waited = (Date.parse(started_at) - Date.parse(created_at)) / 1000;
    await paces.learn(model, waited, seconds);
  }

  return {
    async collect(job, model, files) {
      const copy = (url: string) =>
        deps.copy(url).catch((error: unknown) => {
          log.warn({ job: job.id, error }, "output not copied");
          return undefined;
        });
      const types = await Promise.all(files.map(copy));
      const expected = madeKind(model.kind);
      return expected && types.some((type) => type && !isMade(expected, type.contentType))
        ? new Problem({ kind: "wrong-file", model: model.title, expected })
        : undefined;
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
