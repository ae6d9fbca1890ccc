import { constants, existsSync } from "node:fs";
import { access, mkdir, open, rename } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** What keeps the bot from starting: one plain sentence for the operator, with what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

export type Query = (sql: string, ...parameters: unknown[]) => Promise<unknown>;

const MEMORY = ":memory:";

/** Where a `sqlite://` address points: as its operator wrote it, and as an absolute path (`null` is memory). */
export function locate(url: string): { shown: string; file: string | null } {
  const [, scheme = "", path = ""] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(url.trim()) ?? [];
  // Never the address itself: it may carry a password.
  if (scheme.toLowerCase() !== "sqlite" || path === "") {
    const found =
      scheme === "" ? "has no scheme" : path === "" ? "names no file" : `begins with ${scheme}://`;
    throw new StoreError(
      `The store's address ${found}; supported are sqlite://./path/to/file.sqlite, sqlite:///absolute/path.sqlite and sqlite://:memory:.`,
    );
  }
  return { shown: path, file: path === MEMORY ? null : resolve(path) };
}

interface Opening {
  file: string;
  shown: string;
  /** Asks a database other than the file's, which attaches the file and always lets go of it again. */
  query: Query;
  /** Milliseconds since 1970, for the name of a file that is set aside. */
  now: number;
  warn: (message: string, facts: object) => void;
}

/** Leaves a sound, writable database in WAL mode at `file`; a corrupt one is renamed and kept. */
export async function prepareFile({ file, shown, query, now, warn }: Opening): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await access(dirname(file), constants.W_OK); // WAL keeps two more files next to the database.
    if (!(await isSound(file, query))) {
      const keptAs = await setAside(file, now);
      warn("The database was corrupt: it is kept under another name, and a new one was started", {
        file,
        keptAs,
      });
      await isSound(file, query);
    }
  } catch (error) {
    throw unusable(shown, error);
  }
}

async function isSound(file: string, query: Query): Promise<boolean> {
  if (!(await looksLikeDatabase(file))) return false;
  try {
    await query("ATTACH DATABASE ? AS checked", file);
    return await checkAttached(query);
  } catch (error) {
    if (["SQLITE_NOTADB", "SQLITE_CORRUPT"].includes(codeOf(error))) return false;
    throw error;
  }
}

async function checkAttached(query: Query): Promise<boolean> {
  try {
    const answer = await query("PRAGMA checked.quick_check(1)");
    if (JSON.stringify(answer) !== '[{"quick_check":"ok"}]') return false;
    // Before anything else is connected: a change to WAL doesn't wait for others.
    await query("PRAGMA checked.journal_mode=WAL");
    await query("PRAGMA checked.user_version=1"); // A real write, so a file that can't be written shows now.
    return true;
  } finally {
    await query("DETACH DATABASE checked");
  }
}

/** Read without SQLite, which deletes the `-wal` of a file that is not a database. A new or empty file is fine. */
async function looksLikeDatabase(file: string): Promise<boolean> {
  if (!existsSync(file)) return true;
  const handle = await open(file, "r+");
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return bytesRead === 0 || buffer.toString("latin1") === "SQLite format 3\0";
  } finally {
    await handle.close();
  }
}

async function setAside(file: string, now: number): Promise<string> {
  const stamped = `${file}.corrupt-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
  let kept = stamped;
  for (let copy = 2; existsSync(kept); copy += 1) kept = `${stamped}-${copy}`;
  for (const ending of ["", "-wal", "-shm"]) {
    if (existsSync(file + ending)) await rename(file + ending, kept + ending);
  }
  return kept;
}

function unusable(shown: string, cause: unknown): StoreError {
  const code = codeOf(cause);
  const advice =
    code === "SQLITE_BUSY"
      ? "another process is using it, so stop that one first"
      : "make that path writable for the user who runs the bot, or choose another one";
  return new StoreError(`The database ${shown} can't be opened (${code}): ${advice}.`, { cause });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
