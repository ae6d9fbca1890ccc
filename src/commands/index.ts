import { ask } from "./ask.ts";
import { batch } from "./batch.ts";
import { product } from "./product.ts";
import type { Command } from "./command.ts";
import { imagine } from "./imagine.ts";
import { jobs } from "./jobs.ts";
import { models } from "./guild-models.ts";
import { quota, quotaOfPerson } from "./quota.ts";
import { transcribe, transcribeMessage } from "./transcribe.ts";
import { upscale } from "./upscale.ts";
import { usage } from "./usage.ts";

/** Everything that people can do, one line a command. */
export const commands: readonly Command[] = [
  imagine,
  upscale,
  batch,
  product,
  transcribe,
  transcribeMessage,
  ask,
  jobs,
  usage,
  quota,
  quotaOfPerson,
  models,
];
