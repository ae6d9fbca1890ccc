import type { Kind } from "../model.ts";
import { audioModel, videoModel } from "./clips.ts";
import { imageModel } from "./image.ts";
import { inpaintModel } from "./inpaint.ts";
import { replayModel } from "./replay.ts";
import type { Perform } from "./run.ts";
import { speechModel } from "./speech.ts";
import { textModel } from "./text.ts";
import { cutoutModel, upscaleModel } from "./upscale.ts";

/** What a model of each kind does when it runs. */
export const performers: Record<Kind, Perform> = {
  text: textModel,
  image: imageModel,
  inpaint: inpaintModel,
  upscale: upscaleModel,
  cutout: cutoutModel,
  speech: speechModel,
  video: videoModel,
  audio: audioModel,
  replay: replayModel,
};
