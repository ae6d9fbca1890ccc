import { expect } from "vitest";
import { pictureInput, startServices } from "../../sandbox/services.ts";
import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import type { Job } from "../../src/services/jobs.ts";
import { sum } from "../../src/services/money.ts";
import { Problem } from "../../src/services/problem.ts";

export const PRICE = 3_000;
const ann = { guild: "g", person: "ann", roles: [] };

/** Ann, who asks for much in the same moment, and the bot without Discord. */
export async function startAnn(settings: Record<string, string>) {
  // 600 creations a minute are allowed: without hurry a hundred would take ten seconds.
  const { services, replicate, close } = await startServices(hurriedClock(20), { pace: 0, settings });

  let asked = 0;
  const next = (seed: number) => () => [
    { key: "image-1", model: "flux-schnell", input: { ...pictureInput, seed } },
  ];

  const ask = (number: number): Promise<Job> =>
    services.runner.admit(
      {
        id: `job-${number}`,
        command: "imagine",
        asker: { id: "ann", name: "Ann" },
        account: ann,
        address: null,
        request: null,
      },
      next(number),
    );

  /** So many requests of Ann's in the same moment: the jobs that were admitted, and how the others were refused. */
  async function askAtOnce(count: number) {
    const answers = await Promise.allSettled(Array.from({ length: count }, () => ask((asked += 1))));
    const refused: Record<string, number> = {};
    for (const answer of answers)
      if (answer.status === "rejected" && answer.reason instanceof Problem)
        refused[answer.reason.reason.kind] = (refused[answer.reason.reason.kind] ?? 0) + 1;
    return {
      admitted: answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])),
      refused,
    };
  }

  async function follow(job: Job): Promise<Job> {
    const number = Number(job.id.slice("job-".length));
    for await (const update of services.runner.follow(job, next(number))) expect(update.id).toBe(job.id);
    return job;
  }

  return { services, replicate, close, askAtOnce, follow, standing: () => services.quota.standing(ann) };
}

/** With credit for a tenth of what is asked for at once, that runs, and is charged to the micro-dollar. */
export async function expectExactlyATenth(requests: number): Promise<void> {
  const affordable = requests / 10;
  const credits = (affordable * PRICE) / 1_000;
  const ann = await startAnn({ DAILY_CREDITS: String(credits), JOBS_AT_ONCE: String(requests) });
  try {
    const { services, replicate } = ann;
    const { admitted, refused } = await ann.askAtOnce(requests);
    expect(admitted).toHaveLength(affordable);
    expect(refused).toEqual({ "out-of-credits": requests - affordable });
    expect(await ann.standing()).toMatchObject({ held: affordable * PRICE, left: 0, spent: 0 });
    // A refusal leaves nothing that a restart would take up.
    expect(await services.jobs.open()).toHaveLength(affordable);

    // Only now does anything run, and settle: a few fail, and cost nobody anything.
    const failing = affordable / 10;
    replicate.script({ model: "black-forest-labs/flux-schnell", times: failing, error: "It fell over." });
    const ended = await Promise.all(admitted.map(ann.follow));
    expect(replicate.predictions.size).toBe(affordable);
    const charged = sum(ended.flatMap(({ runs }) => runs.map(({ cost = 0 }) => cost)));
    expect(charged).toBe((affordable - failing) * PRICE);
    expect(await ann.standing()).toMatchObject({ held: 0, spent: charged, left: failing * PRICE });
    const { everything } = await services.budget.standing("g");
    expect(everything).toMatchObject({ held: 0, spent: charged });
    const [line, ...others] = await services.quota.report("g", 2);
    expect(line).toMatchObject({ person: "ann", runs: affordable - failing, charged, forgiven: 0 });
    expect(others).toEqual([]);
  } finally {
    await ann.close();
  }
}
