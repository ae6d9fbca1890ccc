import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onSmallDisk, type SmallDisk } from "./small-disk.ts";
import type { Ask } from "./store-child.ts";

/** A store in a process of its own. */
export interface StoreProcess {
  pid: number;
  /** Rejects with the kind of Problem. */
  ask(what: Ask["what"], key?: string, value?: string, table?: string): Promise<unknown>;
  warnings: string[];
  /** As when the power goes. */
  kill(): Promise<void>;
}

interface Answer {
  id?: number;
  got?: unknown;
  error?: string;
  warned?: string;
}

const child = fileURLToPath(new URL("store-child.ts", import.meta.url));
/** Started without `npx`, so that the process is the store's own. */
const loader = import.meta.resolve("tsx");

interface Options {
  /** As whom it acts; needs root. */
  uid?: number;
  disk?: SmallDisk;
  /** Of the file as a whole. */
  version?: number;
}

/** Rejects where the store refuses to open, with its sentence. */
export async function startStore(
  file: string,
  { uid, disk, version = 1 }: Options = {},
): Promise<StoreProcess> {
  const acting = uid === undefined ? [] : [String(uid)];
  const node = [process.execPath, "--import", loader, child, file, String(version), ...acting];
  const [command = "", ...parts] = disk ? onSmallDisk(disk, node) : node;
  const started = spawn(command, parts, { stdio: ["pipe", "pipe", "inherit"] });
  return converse(started);
}

async function converse(started: ChildProcess): Promise<StoreProcess> {
  const warnings: string[] = [];
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const answerTo = (id: number) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.set(id, ({ error, got }) => (error === undefined ? resolve(got) : reject(new Error(error))));
    });

  if (!started.stdout || !started.stdin) throw new Error("No pipes");
  createInterface(started.stdout).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.warned !== undefined) warnings.push(answer.warned);
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  started.once("exit", (code) => {
    for (const answer of waiting.values()) answer(code === 0 ? {} : { error: `ended with ${code}` });
  });
  await answerTo(0);

  return {
    pid: started.pid ?? 0,
    warnings,
    ask(what, key, value, table) {
      last += 1;
      const answer = answerTo(last);
      started.stdin?.write(`${JSON.stringify({ id: last, what, key, value, table })}\n`);
      return answer;
    },
    async kill() {
      if (started.exitCode !== null || started.signalCode !== null) return;
      started.kill("SIGKILL");
      await once(started, "exit");
    },
  };
}
