/** Answers on their way, by their jobs; nothing here rejects. */
export interface UnderWay {
  /** Counts as being under way until it is over. */
  track(work: Promise<void>): Promise<void>;
  /** Brings an answer. `taken` is aborted when somebody takes it away meanwhile. */
  begin(job: string, bring: (taken: AbortSignal) => Promise<void>): Promise<void>;
  /** Ends the bringing of this answer; resolves when nothing of it comes any more. */
  take(job: string): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** `failed` is told what a piece of work ended with. */
export function createUnderWay(failed: (error: unknown) => void): UnderWay {
  const all = new Set<Promise<void>>();
  const answers = new Map<string, { taken: AbortController; work: Promise<void> }>();

  function track(work: Promise<void>): Promise<void> {
    const tracked = work.catch(failed).finally(() => all.delete(tracked));
    all.add(tracked);
    return tracked;
  }

  return {
    track,
    begin(job, bring) {
      const taken = new AbortController();
      const work = track(bring(taken.signal));
      answers.set(job, { taken, work });
      return work.finally(() => answers.delete(job));
    },
    async take(job) {
      const answer = answers.get(job);
      answer?.taken.abort(new Error("taken away"));
      await answer?.work;
    },
    async idle() {
      while (all.size > 0) await Promise.all(all);
    },
  };
}
