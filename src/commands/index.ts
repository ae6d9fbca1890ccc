import { animate } from "./animate.ts";
import { ask } from "./ask.ts";
import type { Command } from "./command.ts";
import { describe, describeMessage } from "./describe.ts";
import { edit, removeBackground } from "./edit.ts";
import { imagine } from "./imagine.ts";
import { jobs } from "./jobs.ts";
import { models } from "./guild-models.ts";
import { quota, quotaOfPerson } from "./quota.ts";
import { transcribe, transcribeMessage } from "./transcribe.ts";
import { upscale, upscaleMessage } from "./upscale.ts";
import { usage } from "./usage.ts";

/** Everything that people can do, one line a command. */
export const commands: readonly Command[] = [
  imagine,
  animate,
  edit,
  removeBackground,
  upscale,
  upscaleMessage,
  describe,
  describeMessage,
  transcribe,
  transcribeMessage,
  ask,
  jobs,
  usage,
  quota,
  quotaOfPerson,
  models,
];
