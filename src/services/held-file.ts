import { mkdir, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { COMPANIONS, type Query, copyAttached, setAside } from "./database-copy.ts";
import { attach, prepareFile } from "./database-file.ts";
import { type Opening, formOf, migrate } from "./migration.ts";
import { codeOf } from "./store-error.ts";

/**
 * A database file that stays open for as long as the store is. Where it goes from its place, SQLite would go on
 * writing to what nobody finds again; but whoever has it open still sees all of it, and can put it back.
 */
export interface HeldFile {
  /** Whether whoever opens the path now gets this file and its log. */
  isInPlace(): Promise<boolean>;
  /**
   * Writes everything to the path again; what stands there now is kept under another name. Nobody may write
   * meanwhile, and every other connection has to be opened anew. Where it fails nothing has changed.
   */
  bringBack(): Promise<void>;
  close(): Promise<void>;
}

interface Connection {
  query: Query;
  close: () => Promise<unknown>;
}

interface Holding extends Omit<Opening, "query" | "now"> {
  /** To a database in memory, to which the file is then attached. */
  connect: () => Connection;
  now: () => number;
}

/** Which files are there: without its log the database would lack what was written last. */
interface Place {
  file: string;
  log: string;
}

interface Held extends Connection {
  /** The file itself, behind any link: SQLite keeps the log beside it. */
  target: string;
  place: Place;
  mode: number;
}

/** @throws {StoreError} where the file can't be used; a corrupt one is set aside. */
export async function holdFile({ connect, now, ...opening }: Holding): Promise<HeldFile> {
  const { file, warn } = opening;

  /** What a fresh connection holds once `prepare` has attached the file. */
  async function hold(prepare: (query: Query) => Promise<void>): Promise<Held> {
    const { query, close } = connect();
    try {
      await prepare(query);
      const target = await realpath(file);
      return { query, close, target, place: await placeOf(file, target), mode: (await stat(file)).mode };
    } catch (error) {
      await close().catch(() => undefined);
      throw error;
    }
  }

  let held = await hold((query) => prepareFile({ ...opening, query, now: now() }));
  /** Files that hold nothing but what this one does, and may be replaced. */
  const own = new Set([held.place.file]);

  return {
    async isInPlace() {
      const { file: found, log } = await placeOf(file, held.target);
      return found === held.place.file && log === held.place.log;
    },

    async bringBack() {
      const target = await targetOf(file);
      const copy = `${target}.back`;
      await mkdir(dirname(target), { recursive: true });
      await rm(copy, { force: true });
      await copyAttached(held.query, copy, held.mode);
      const id = await idOf(copy);
      own.add(id);
      const keptAs = await clear(target, { own, log: held.place.log, now: now() });
      await rename(copy, target);
      const gone = held;
      held = await hold(async (query) => {
        await attach(file, query);
        // It may have gone again, and then this is an empty one, which may even have got the number of the one before.
        if ((await formOf(query)) !== opening.version) throw new Error("What was attached is another file");
        await migrate({ ...opening, query, now: now() });
        const there = await placeOf(file, target);
        if (there.file !== id || (there.log === NONE) !== (gone.place.log === NONE))
          throw new Error("What was written back is gone, too");
      });
      own.clear();
      own.add(id);
      await gone.close().catch(() => undefined);
      warn("The database was gone from its place: it was written there again, and nothing is lost", {
        file,
        ...(keptAs === undefined ? {} : { foundThereAndKeptAs: keptAs }),
      });
    },

    close: async () => void (await held.close()),
  };
}

/** Makes room at `target`. A log that stays behind would be taken for the new file's. */
async function clear(target: string, ours: { own: Set<string>; log: string; now: number }) {
  const there = await placeOf(target, target);
  const isForeign = there.file !== NONE && !ours.own.has(there.file);
  if (!isForeign || there.log === ours.log) {
    for (const ending of COMPANIONS) await rm(target + ending, { force: true });
  }
  return isForeign ? setAside(target, "replaced", ours.now) : undefined;
}

const NONE = "none";

async function placeOf(file: string, target: string): Promise<Place> {
  const [found, log] = await Promise.all([idOf(file), idOf(`${target}-wal`)]);
  return { file: found, log };
}

async function idOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (isMissing(error)) return NONE;
    throw error; // Nobody knows whether it is there.
  }
}

/** Where the path leads, also where nothing is there. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const link = await readlink(file).catch(() => undefined);
    return link === undefined ? file : resolve(dirname(file), link);
  }
}

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(error));
