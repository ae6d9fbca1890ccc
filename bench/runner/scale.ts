import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import { measure, type Measure } from "../bench.ts";
import { draft, pictureInput, startServices } from "../../sandbox/services.ts";

const FEW = 100;
const MANY = 800;

/** Processor time a job, in milliseconds, with so many jobs at once; the stand-in's share is in it, the same for each. */
async function cpuPerJob(jobs: number): Promise<number> {
  // 600 creations a minute are allowed: without hurry it would mostly wait.
  const { services, close } = await startServices(hurriedClock(20), { pace: 0 });
  const { runner } = services;
  try {
    const before = process.cpuUsage();
    const run = async (seed: number) => {
      const next = () => [{ key: "run", model: "flux-schnell", input: { ...pictureInput, seed } }];
      for await (const { runs } of runner.follow(await runner.admit(draft(), next), next))
        if (runs.some(({ state }) => state === "failed")) throw new Error("A run failed");
    };
    await Promise.all(Array.from({ length: jobs }, (_, seed) => run(seed)));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / jobs;
  } finally {
    await close();
  }
}

/** How the cost of a job grows with how many there are at once. */
export async function measureScale(runs: number, progress: (line: string) => void): Promise<Measure[]> {
  const values = { baseline: [] as number[], replicord: [] as number[] };
  await cpuPerJob(FEW);
  for (let run = 1; run <= runs; run++) {
    values.baseline.push(await cpuPerJob(FEW));
    values.replicord.push(await cpuPerJob(MANY));
    progress(`scale, run ${run} of ${runs}`);
  }
  return [
    measure({ name: `a job of ${MANY} at once, beside one of ${FEW}`, unit: "ms CPU", goal: 1.5 }, values),
  ];
}
