import { stat } from "node:fs/promises";
import { z } from "zod";
import { ATTACHED, type Query, copyAttached, nameBeside } from "./database-copy.ts";
import { StoreError, codeOf } from "./store-error.ts";

/**
 * Of the file as a whole. Raise it together with the version of any kind of record: the file as it was is then copied
 * before the first record is written in its new form, and an older program refuses the file.
 */
export const STORE_VERSION = 1;

/** A file that is being opened. */
export interface Opening {
  file: string;
  shown: string;
  /** Asks a database other than the file's, to which the file is attached. */
  query: Query;
  /** Of the file as a whole, which this program writes. */
  version: number;
  /** Milliseconds since 1970, for the names of files that are kept. */
  now: number;
  warn: (message: string, facts: object) => void;
}

const answer = z.tuple([z.object({ user_version: z.int() })]);

/**
 * Copies an older file before anything changes in it, and marks it as of this program's version. The records
 * themselves are upgraded as they are read. A newer file is left alone. @throws {StoreError}
 */
export async function migrate({ file, shown, query, version, now, warn }: Opening): Promise<void> {
  const found = await formOf(query);
  if (found > version) {
    throw new StoreError(
      `The database ${shown} belongs to a newer version of this program (it has form ${found}, this one knows ${version}): start that version, or choose another database.`,
    );
  }
  if (found > 0 && found < version) {
    const keptAs = nameBeside(file, `backup-v${found}`, now);
    await copyBefore(shown, async () => copyAttached(query, keptAs, (await stat(file)).mode));
    warn("The database is of an older form: it was copied before it is brought to the present one", {
      file,
      from: found,
      to: version,
      keptAs,
    });
  }
  // Before anything else is connected: a change to WAL doesn't wait for others.
  await query(`PRAGMA ${ATTACHED}.journal_mode=WAL`);
  await query(`PRAGMA ${ATTACHED}.user_version=${version}`); // A real write, so a file that can't be written shows now.
}

/** Of the attached file; 0 is a new one. */
export async function formOf(query: Query): Promise<number> {
  const [{ user_version }] = answer.parse(await query(`PRAGMA ${ATTACHED}.user_version`));
  return user_version;
}

async function copyBefore(shown: string, copy: () => Promise<void>): Promise<void> {
  try {
    await copy();
  } catch (cause) {
    throw new StoreError(
      `The database ${shown} has to be copied before it is brought to the present form, and the copy failed (${codeOf(cause)}): make room for another file of its size in its folder.`,
      { cause },
    );
  }
}
