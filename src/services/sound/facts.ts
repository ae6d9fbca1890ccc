import { type Attachment, checkSize, MAX_RECORDING_BYTES } from "../attachment.ts";
import { Problem } from "../problem.ts";
import type { Contents } from "./contents.ts";

/** What is true of a recording, whatever its name and Discord say. */
export interface Facts {
  contentType: string;
  bytes: number;
  seconds: number;
  /** Known once it was read to its end. */
  sha256?: string;
}

/** What was found out of a file, before anybody said whether that will do. */
export interface Found {
  contentType: string;
  bytes: number;
  sha256?: string;
  /** Undefined where it can't be read as sound or film. */
  contents: Contents | undefined;
}

/** A head with nothing after it. */
const HEAD_BYTES = 1_024;

/** @throws {Problem} empty-file, file-too-large, not-audio, no-sound, length-unknown */
export function factsOf({ contents, ...facts }: Found, { name }: Attachment): Facts {
  checkSize({ name, bytes: facts.bytes }, MAX_RECORDING_BYTES);
  const isEmpty = contents?.seconds === undefined && facts.bytes <= HEAD_BYTES;
  if (contents?.hasSound === false) throw new Problem({ kind: "no-sound", name });
  if (!contents || isEmpty) throw new Problem({ kind: "not-audio", name });
  const { seconds } = contents;
  if (seconds === undefined) throw new Problem({ kind: "length-unknown", name });
  return { ...facts, seconds };
}
