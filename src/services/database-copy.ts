import { existsSync } from "node:fs";
import { chmod, rename, rm, writeFile } from "node:fs/promises";

export type Query = (sql: string, ...parameters: unknown[]) => Promise<unknown>;

/** As which the store's file is attached to the database that is asked about it. */
export const ATTACHED = "held";

/** What SQLite keeps beside a database: its log, and the index of that. */
export const COMPANIONS = ["-wal", "-shm"];

/** A name next to `file` that is not taken yet, with what it is and when it was made. */
export function nameBeside(file: string, what: string, now: number): string {
  const stamped = `${file}.${what}-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
  let name = stamped;
  for (let copy = 2; existsSync(name); copy += 1) name = `${stamped}-${copy}`;
  return name;
}

/** Gives a file, with its companions, another name, which is returned. */
export async function setAside(file: string, what: string, now: number): Promise<string> {
  const kept = nameBeside(file, what, now);
  for (const ending of ["", ...COMPANIONS]) {
    if (existsSync(file + ending)) await rename(file + ending, kept + ending);
  }
  return kept;
}

/** All that the attached database holds, its log included, as one new file; nothing is left of a copy that fails. */
export async function copyAttached(query: Query, to: string, mode: number): Promise<void> {
  try {
    // Made first, because it holds what people said: SQLite would let anybody read it.
    await writeFile(to, "", { flag: "wx", mode: 0o600 });
    await chmod(to, mode);
    await query(`VACUUM ${ATTACHED} INTO ?`, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
