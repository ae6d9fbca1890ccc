import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type ReplicateStandIn, startReplicate } from "./replicate/index.ts";
import { readConfig } from "../src/config.ts";
import type { Clock } from "../src/services/clock.ts";
import { createServices, type Services } from "../src/services/index.ts";
import type { JobDraft } from "../src/services/runner.ts";

/** The services on a stand-in of Replicate of their own, without Discord. */
export interface Apart {
  replicate: ReplicateStandIn;
  services: Services;
  close(): Promise<void>;
}

/** `settings` are by the names of the environment. */
export async function startServices(
  clock: Clock,
  options: { pace: number; hears?: string; settings?: Record<string, string> },
): Promise<Apart> {
  const folder = mkdtempSync(join(tmpdir(), "replicord-services-"));
  const replicate = await startReplicate({
    clock,
    pace: options.pace,
    ...(options.hears ? { hears: options.hears } : {}),
  });
  const config = readConfig({
    DISCORD_TOKEN: "none",
    DISCORD_API_URL: "http://127.0.0.1:1/api",
    REPLICATE_API_TOKEN: replicate.token,
    REPLICATE_BASE_URL: replicate.baseUrl,
    EXTRA_MEDIA_ORIGINS: replicate.origin,
    DATABASE_URL: `sqlite://${join(folder, "services.sqlite")}`,
    FILES_PATH: join(folder, "files"),
    DM_DAILY_CREDITS: "1000000",
    MONTHLY_BUDGET_USD: "1000",
    ...options.settings,
  });
  const services = await createServices(config, pino({ level: "silent" }), clock);
  return {
    replicate,
    services,
    async close() {
      await services.close();
      await replicate.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const pictureInput = {
  prompt: "a lighthouse",
  aspect_ratio: "1:1",
  num_outputs: 1,
  seed: 7,
  output_format: "png",
};

let drafts = 0;

/** A job of somebody who asks for the first time. */
export function draft(): JobDraft {
  const id = `draft-${(drafts += 1)}`;
  return {
    id,
    command: "imagine",
    asker: { id, name: "Ann" },
    account: { guild: null, person: id, roles: [] },
    address: null,
    request: null,
  };
}
