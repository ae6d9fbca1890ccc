import { animate } from "./animate.ts";
import { ask } from "./ask.ts";
import { batch } from "./batch.ts";
import type { Command } from "./command.ts";
import { help } from "./help.ts";
import { edit, removeBackground } from "./edit.ts";
import { describe, describeMessage } from "./describe.ts";
import { imagine } from "./imagine.ts";
import { jobs } from "./jobs.ts";
import { models } from "./guild-models.ts";
import { product } from "./product.ts";
import { quota, quotaOfPerson } from "./quota.ts";
import { speak } from "./speak.ts";
import { transcribe, transcribeMessage } from "./transcribe.ts";
import { upscale, upscaleMessage } from "./upscale.ts";
import { usage } from "./usage.ts";

/** Everything that people can do, one line a command. */
export const commands: readonly Command[] = [
  help,
  imagine,
  edit,
  removeBackground,
  upscale,
  upscaleMessage,
  animate,
  describe,
  describeMessage,
  batch,
  product,
  transcribe,
  transcribeMessage,
  speak,
  ask,
  jobs,
  usage,
  quota,
  quotaOfPerson,
  models,
];
