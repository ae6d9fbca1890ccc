import type { MicroDollars } from "./money.ts";
import type { Lengths } from "./models/model.ts";
import type { MadeKind } from "./outputs.ts";

/** Everything that can go wrong for a person, as data. Its sentence is in `locales/`; the compiler asks for it. */
export type ProblemReason =
  // What was asked for
  | { kind: "bad-option"; option: string; rule: OptionRule }
  | { kind: "unknown-model"; name: string; suggestions: readonly string[] }
  | { kind: "wrong-model"; name: string; models: readonly string[] }
  | { kind: "option-not-taken"; option: string; model: string; models: readonly string[] }
  /** They say different things about the same. */
  | { kind: "either-or"; options: readonly string[] }
  /** Each is a job of its own. */
  | { kind: "not-together"; options: readonly string[] }
  /** None of them was given, and there is nothing to do without one. */
  | { kind: "nothing-asked"; options: readonly string[] }
  /** It means something only beside another. */
  | { kind: "needs-option"; option: string; needs: string }
  /** The model can't run without this option, and these can. */
  | { kind: "option-needed"; option: string; model: string; models: readonly string[] }
  /** Films of so many seconds: which the model makes, and which models make this. */
  | { kind: "length-not-taken"; model: string; seconds: number; lengths: Lengths; models: readonly string[] }
  | { kind: "bad-input"; field: string; rule: InputRule }
  | { kind: "no-schema"; model: string }
  | { kind: "not-an-image"; name: string }
  | { kind: "not-audio"; name: string }
  /** A film that nobody can hear. */
  | { kind: "no-sound"; name: string }
  /** Its length is not written in it, and counting would take too long. */
  | { kind: "length-unknown"; name: string }
  | { kind: "unseen"; name: string }
  | { kind: "not-prepared"; name: string }
  /** `limitSeconds` is what can be heard `why`: where nothing can be cut, where it is asked who speaks, or at all. */
  | {
      kind: "recording-too-long";
      name: string;
      seconds: number;
      limitSeconds: number;
      why: "no-ffmpeg" | "speakers" | "always";
    }
  /** `suggestions` are languages' names. */
  | { kind: "language-unknown"; typed: string; suggestions: readonly string[] }
  /** It is a language, and not one of this model's; `models` know it. */
  | { kind: "language-not-taken"; language: string; model: string; models: readonly string[] }
  /** A message command was used on a message that has no such file. */
  | { kind: "no-attachment"; wanted: "image" | "audio" }
  | { kind: "empty-file"; name: string }
  | { kind: "file-too-large"; name: string; bytes: number; limitBytes: number }
  /** `scaled` is false where nothing is to be enlarged. */
  | { kind: "too-many-pixels"; width: number; height: number; limit: number; scaled?: false }
  | { kind: "bad-list"; name: string; fault: ListFault }
  | { kind: "file-unavailable"; name: string }
  /** A mask shows what to paint anew in white, and has none. */
  | { kind: "empty-mask"; name: string }
  /** The picture's transparent area was to be painted anew. */
  | { kind: "nothing-transparent"; name: string }
  /** A mask may have another size than its picture, but no other shape. */
  | { kind: "mask-shape"; picture: Size; mask: Size }
  /** What is to be translated is in that language already. */
  | { kind: "same-language"; language: string }
  /** Nothing in it can be read aloud. */
  | { kind: "no-words" }
  /** The voices can't read these letters. */
  | { kind: "letters-not-read"; model: string; letters: readonly string[] }
  // Who asked
  | { kind: "not-allowed" }
  /** `managers`: those who manage the server can do it, too. */
  | { kind: "not-yours"; managers: boolean }
  | { kind: "guild-only" }
  | { kind: "guild-not-served" }
  | { kind: "operator-only" }
  /** Somebody in charge has stopped everything: here, or wherever this bot is. */
  | { kind: "paused"; everywhere: boolean }
  | { kind: "model-denied"; model: string; models: readonly string[] }
  /** It is what is used where nobody chose a model. */
  | { kind: "is-default"; model: string }
  /** The operator has not switched on that the bot gets voice messages. */
  | { kind: "voice-unheard" }
  /** Of those in which voice messages are transcribed. */
  | { kind: "too-many-channels"; limit: number }
  // What it costs
  /** `fitsSeconds`: of a recording, how much of it could be heard for what is left. */
  | {
      kind: "out-of-credits";
      needed: MicroDollars;
      left: MicroDollars;
      resetsAt: number;
      fitsSeconds?: number;
    }
  /** `direct`: in direct messages, where nobody can give some. */
  | { kind: "no-credits"; direct: boolean }
  /** It is dear, and the asker has to say that it may run. */
  | { kind: "needs-confirmation"; needed: MicroDollars; left: MicroDollars | "unlimited" }
  | { kind: "too-many-failures"; retryAt: number }
  | { kind: "too-many-jobs"; limit: number }
  /** `some` is left, but less than this may cost. */
  | { kind: "guild-budget-spent"; resetsAt: number; some: boolean }
  | { kind: "budget-spent"; resetsAt: number; some: boolean }
  | { kind: "above-ceiling"; asked: MicroDollars; ceiling: MicroDollars }
  | { kind: "unpriced"; model: string }
  // What the model did
  | { kind: "flagged" }
  | { kind: "model-failed"; model: string; code?: string }
  | { kind: "no-output"; model: string }
  | { kind: "wrong-file"; model: string; expected: MadeKind }
  | { kind: "input-refused"; model: string; field?: string }
  | { kind: "model-not-found"; model: string }
  | { kind: "cancelled" }
  | { kind: "timed-out"; model: string }
  // What is out of reach
  | { kind: "operator-account"; status: number }
  | { kind: "rate-limited"; retryAfterSeconds: number }
  | { kind: "replicate-unreachable" }
  | { kind: "create-unknown" }
  | { kind: "output-gone" }
  | { kind: "output-refused" }
  | { kind: "result-too-large"; bytes: number; limitBytes: number }
  | { kind: "store-unavailable" }
  /** The store did not say in time whether a change was written. */
  | { kind: "change-unsure" }
  | { kind: "shutting-down" }
  | { kind: "gone" }
  | { kind: "already-done" }
  | { kind: "unexpected"; reference: string };

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}
/** What is wrong with a list of prompts; `lines` are those of the file, from 1. */
export type ListFault =
  | { kind: "no-list" }
  | { kind: "no-text" }
  | { kind: "no-header"; columns: readonly string[] }
  | { kind: "no-csv"; line: number }
  | { kind: "no-prompts" }
  | { kind: "too-many"; max: number }
  | { kind: "too-long"; max: number; lines: readonly number[] }
  | { kind: "no-prompt"; lines: readonly number[] }
  | { kind: "shape"; shape: string; shapes: readonly string[]; lines: readonly number[] };

/** What an option's value must be, for the sentence that says so. */
export type OptionRule =
  | { kind: "required" }
  | { kind: "text"; max: number }
  | { kind: "integer"; min: number; max: number }
  | { kind: "choice"; choices: readonly string[] }
  | { kind: "entries"; max: number; each: number }
  | { kind: "credits"; max: number }
  | { kind: "dollars" }
  | { kind: "time-zone" }
  | { kind: "some-role" };

/** What a model says that one of its inputs must be. */
export type InputRule =
  | { kind: "missing" }
  | { kind: "unknown"; known: readonly string[]; nearest?: string }
  | { kind: "type"; types: readonly ("string" | "integer" | "number" | "boolean" | "array" | "object")[] }
  | { kind: "choice"; choices: readonly (string | number | boolean)[] }
  | { kind: "range" | "length" | "count"; min?: number; max?: number }
  | { kind: "file" };

/** The only error that people see. */
export class Problem extends Error {
  readonly reason: ProblemReason;

  constructor(reason: ProblemReason, options?: ErrorOptions) {
    super(reason.kind, options);
    this.name = "Problem";
    this.reason = reason;
  }
}

export const isStoreAway = (error: unknown): boolean =>
  error instanceof Problem && error.reason.kind === "store-unavailable";

/** Failures that pass: the same request may well succeed another time. */
const passing: ReadonlySet<ProblemReason["kind"]> = new Set([
  "model-failed",
  "no-output",
  "wrong-file",
  "timed-out",
  "rate-limited",
  "replicate-unreachable",
  "create-unknown",
  "output-gone",
  "file-unavailable",
  "not-prepared",
  "store-unavailable",
  "paused",
  "unexpected",
]);

/** Whether it makes sense to offer the same again. */
export const isRetryable = ({ kind }: ProblemReason): boolean => passing.has(kind);
