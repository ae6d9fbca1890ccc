import type { DiscordOptions, DiscordStandIn } from "../../../sandbox/discord/index.ts";
import type { Fault } from "../../../sandbox/faults.ts";
import type { World } from "../../journeys/world.ts";

/**
 * What becomes of the answer. `answer`: it is on screen where it was asked for. `nothing`: nowhere, and it is free.
 * `direct message`: it came to the asker in private. `kept`: it waits for /jobs. Otherwise what the one sentence says.
 */
export type Shows = "answer" | "nothing" | "direct message" | "kept" | RegExp;

/** Something that Discord does wrong, and what a person must see of it. */
export interface DiscordFault {
  name: string;
  /** Requests that go wrong, from the command on. */
  strikes?: readonly Fault[];
  /** Goes wrong before the command is given. */
  before?(discord: DiscordStandIn): void | Promise<void>;
  /** Goes wrong as soon as the answer is promised. */
  meanwhile?(world: World): void;
  shows: Shows;
  /** Commands that it concerns; all, if left out. */
  only?: readonly string[];
  /** It is charged although it is not shown. */
  paid?: true;
  /** Only the asker may see the answer. */
  private?: true;
  /** The answer takes over a minute. */
  long?: true;
  /** It is worth a line of level error. */
  errors?: true;
  /** False where others of its kind stand for it in the quick tests. */
  quick?: boolean;
  discord?: DiscordOptions;
}

export const pictures = ["imagine", "upscale", "edit"];
/** Whose answer has several messages. */
export const texts = ["ask"];
/** Every command that promises an answer, and brings it later. */
export const running = [...pictures, "transcribe", ...texts];
export const every = [...running, "usage"];

/** Requests, by what they are for. */
export const deferral = { method: "POST", path: /\/interactions\/\d+\/[^/]+\/callback$/ };
export const webhookEdit = { method: "PATCH", path: /\/webhooks\/\d+\/[^/]+\/messages\/[^/]+$/ };
export const channelEdit = { method: "PATCH", path: /\/channels\/\d+\/messages\/\d+$/ };
export const further = { method: "POST", path: /\/webhooks\/\d+\/[^/]+$/ };
export const filePost = { method: "PATCH", path: /\/(webhooks|channels)\//, files: true };
/** Whatever goes by the interaction's token. */
export const byToken = { path: /\/webhooks\/\d+\/[^/]+(\/messages\/[^/]+)?$/ };

/** A refusal as Discord words it. */
export const refuses = (status: number, code: number, message: string) => ({
  status,
  body: { message, code },
});

export const always = { times: Infinity };
