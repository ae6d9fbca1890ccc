import { z } from "zod";
import type { Attachment } from "../attachment.ts";
import type { Price } from "../prices.ts";

export const shapes = ["square", "landscape", "portrait", "wide", "tall"] as const;
export type Shape = (typeof shapes)[number];

export const motions = ["little", "normal", "much"] as const;
/** How much moves in a film. */
export type Motion = (typeof motions)[number];

/** Which whole seconds of film a model makes: any from one to the other, or these. */
export type Lengths = { from: number; to: number } | readonly number[];

/** A question that a model was asked before, and its answer. */
export interface Said {
  asked: string;
  answered: string;
}

/** What each kind of command asks of a model, in the commands' own words. */
export interface Wants {
  image: {
    prompt: string;
    shape: Shape;
    count: number;
    seed: number;
    negative?: string;
    /** A picture to begin with. */
    reference?: Attachment;
  };
  edit: { image: Attachment; prompt: string; seed: number };
  /** White in the mask is what is painted anew. */
  inpaint: { image: Attachment; mask: Attachment; prompt: string; seed: number };
  upscale: { image: Attachment; scale: 2 | 4 | 8; faces: boolean };
  /** The picture without its background, or with a blurred one. */
  cutout: { image: Attachment; blur?: boolean };
  /** `seconds` is one of the model's `lengths`; its own where left out. */
  video: { prompt?: string; image?: Attachment; motion?: Motion; seconds?: number; seed: number };
  /** `speakers`: who says what is told, too. */
  transcription: { audio: Attachment; language?: string; translate: boolean; speakers?: boolean };
  speech: { text: string; voice?: string; speed?: number };
  caption: { image: Attachment };
  text: {
    prompt: string;
    system?: string;
    /** What was said before, oldest first. */
    history?: readonly Said[];
    /** What the prompt is about, for models that see. */
    image?: Attachment;
    maxTokens: number;
  };
}
export type ModelKind = keyof Wants;

const wordSchema = z.object({
  /** Seconds from the beginning of the whole recording, to a hundredth. */
  start: z.number(),
  end: z.number(),
  text: z.string(),
});
export type Word = z.output<typeof wordSchema>;

/** What is said in one go. Both ledgers keep it in this form; records of earlier versions have no words. */
export const segmentSchema = z.object({
  /** Seconds from the beginning of the whole recording. */
  start: z.number(),
  end: z.number(),
  text: z.string(),
  /** When each word is said, where the model tells. */
  words: z.array(wordSchema).optional(),
  /** Who says it, as the model names them: `SPEAKER_00`. */
  speaker: z.string().optional(),
});
export type Segment = z.output<typeof segmentSchema>;

/** What a run made, in one shape whatever the model's own is. */
export interface Result {
  text?: string;
  /** Addresses of the files that the model made; Replicate removes them after an hour. */
  files?: string[];
  segments?: Segment[];
  /** As the model names it: `en`, or `english`. */
  language?: string;
}

/** Options that only some models of a kind take. */
export type Extra =
  | "shape"
  | "seed"
  | "negative"
  | "reference"
  | "system"
  | "language"
  | "translate"
  /** A translation in which every segment has its times. */
  | "timed-translation"
  | "speakers"
  | "prompt"
  | "image"
  | "blur"
  | "motion"
  | "length"
  | "voice"
  | "speed";

/**
 * How sure an entry's input is. `recorded`: Replicate's own answer of January 2025, with an example that ran; `page`:
 * read off the model's page in 2026; `schema`: generated from the API in 2026, what is required and which are files was
 * not; `unverified`: nobody has looked.
 */
export type Sure = "recorded" | "page" | "schema" | "unverified";

/** One catalogue entry: a model is data. */
export interface Model<Kind extends ModelKind = ModelKind> {
  /** What people type: `flux-schnell`. */
  key: string;
  /** `owner/name` on Replicate. */
  ref: `${string}/${string}`;
  title: string;
  kind: Kind;
  /** Official models run by name; a community model needs its latest version's id (facts of Replicate's HTTP API). */
  official: boolean;
  /** `owner/name` of a deployment of the operator's own to run instead. */
  deployment?: `${string}/${string}`;
  takes: readonly Extra[];
  /** Of what it takes, what it can't run without. */
  needs?: readonly Extra[];
  /** Where it takes `length`: which. */
  lengths?: Lengths;
  /** Where it takes `language`: which, by their codes. */
  languages?: readonly string[];
  /** The names of its voices. */
  voices?: readonly string[];
  /** Of what it writes: how many tokens it reads and writes together, as its maker says. */
  context?: number;
  /** And how many it writes at the most, as its schema or its maker says. */
  longest?: number;
  /** How many pictures one run can make; 1 where the model has no such input. */
  picturesPerRun: number;
  price: Price;
  /** How long its recorded example ran: what is expected of it before its own runs have taught better. */
  seconds?: number;
  sure: Sure;
  /** The model's own input, by Replicate's names. Attachments stand where files go. */
  input: z.ZodType<Record<string, unknown>>;
  from(want: Wants[Kind]): Record<string, unknown>;
  read(output: unknown): Result;
}

type Shared = "kind" | "official" | "picturesPerRun" | "takes" | "read";

/** What an entry says itself; the rest is its kind's. */
export type Entry<Kind extends ModelKind> = Omit<Model<Kind>, Shared> & Partial<Pick<Model<Kind>, Shared>>;

/** A kind's entries, with what most of them share. */
export const modelsWith =
  <Kind extends ModelKind>(shared: Pick<Model<Kind>, "kind" | "picturesPerRun" | "read">) =>
  (entry: Entry<Kind>): Model<Kind> => ({ official: true, takes: [], ...shared, ...entry });
