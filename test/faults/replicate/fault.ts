import type { Fault } from "../../../sandbox/faults.ts";
import type { ReplicateStandIn, Script } from "../../../sandbox/replicate/index.ts";
import type { MediaSettings } from "../../../src/services/replicate/media.ts";

/** Something that Replicate does wrong, and what a person must see of it. */
export interface ReplicateFault {
  name: string;
  /** Switches it on for the next command. */
  strike(replicate: ReplicateStandIn): void;
  /** `answer`: nothing of it reaches the person. Otherwise what the one sentence says. */
  shows: "answer" | RegExp | "either";
  /** Commands that it concerns; all, if left out. */
  only?: readonly string[];
  /** The least time between two creates, in milliseconds. */
  waitMs?: number;
  /** What the model writes: all of it in the end, and at no time anything else. */
  writes?: string;
  /** How long the bot waits for a file, where that is what the fault is about. */
  downloads?: MediaSettings;
}

export const pictures = ["imagine", "upscale", "edit"];
export const texts = ["ask"];
/** Community models, whose latest version has to be asked for. */
export const versions = ["upscale", "transcribe"];
/** Requests with a file that is too large for a data URL. */
export const uploads = ["transcribe"];

/** Requests, by what they ask for. */
export const create = { method: "POST", path: /\/predictions$/ };
export const look = { method: "GET", path: /\/v1\/predictions\/\w{20,}$/ };
export const list = { method: "GET", path: "/v1/predictions" };
export const stream = { path: /\/stream\// };
export const file = { path: /\/delivery\// };

export const html = "<html><body><h1>502 Bad Gateway</h1></body></html>";

/** Each fault hits by itself; what belongs together is given together. */
export const once =
  (...faults: Fault[]) =>
  (replicate: ReplicateStandIn): void =>
    faults.forEach((fault) => replicate.faults.add(fault));

export const scripted =
  (script: Script) =>
  (replicate: ReplicateStandIn): void =>
    replicate.script(script);

/** Another name for the same stand-in: what is sent there is in its journal, and was sent to a foreign host. */
export const foreign = ({ origin }: ReplicateStandIn) => origin.replace("127.0.0.1", "localhost");

export const half = ({ length }: { length: number }) => Math.floor(length / 2);
export const whole = (bytes: number) => bytes;
