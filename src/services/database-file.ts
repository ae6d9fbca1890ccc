import { constants, existsSync } from "node:fs";
import { access, mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ATTACHED, type Query, setAside } from "./database-copy.ts";
import { type Opening, migrate } from "./migration.ts";
import { StoreError, codeOf } from "./store-error.ts";

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

/** Leaves a sound, writable database in WAL mode at `file`, and attached; a corrupt one is renamed and kept. */
export async function prepareFile(opening: Opening): Promise<void> {
  const { file, shown, query, now, warn } = opening;
  try {
    await mkdir(dirname(file), { recursive: true });
    await access(dirname(file), constants.W_OK); // WAL keeps two more files next to the database.
    if (!(await attachSound(file, query))) {
      const keptAs = await setAside(file, "corrupt", now);
      warn("The database was corrupt: it is kept under another name, and a new one was started", {
        file,
        keptAs,
      });
      await attach(file, query);
    }
    await migrate(opening);
  } catch (error) {
    throw error instanceof StoreError ? error : unusable(shown, error);
  }
}

export const attach = (file: string, query: Query): Promise<unknown> =>
  query(`ATTACH DATABASE ? AS ${ATTACHED}`, file);

/** False, and nothing attached, where the file is no sound database. */
async function attachSound(file: string, query: Query): Promise<boolean> {
  if (!(await looksLikeDatabase(file))) return false;
  try {
    await attach(file, query);
    const answer = await query(`PRAGMA ${ATTACHED}.quick_check(1)`);
    if (JSON.stringify(answer) === '[{"quick_check":"ok"}]') return true;
  } catch (error) {
    if (!["SQLITE_NOTADB", "SQLITE_CORRUPT"].includes(codeOf(error))) throw error;
  }
  await query(`DETACH DATABASE ${ATTACHED}`).catch(() => undefined); // It may have failed before it was attached.
  return false;
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

function unusable(shown: string, cause: unknown): StoreError {
  const code = codeOf(cause);
  const advice =
    ADVICE[code] ?? "make that path writable for the user who runs the bot, or choose another one";
  return new StoreError(`The database ${shown} can't be opened (${code}): ${advice}.`, { cause });
}

const ADVICE: Record<string, string> = {
  SQLITE_BUSY: "another process is using it, so stop that one first",
  SQLITE_FULL: "its disk is full, so make room there",
  ENOSPC: "its disk is full, so make room there",
};
