import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program in a process of its own that answers messages. */
export interface Program {
  /** Its next message. */
  next<T>(): Promise<T>;
  ask<T>(message: string): Promise<T>;
  end(): Promise<void>;
}

const PATIENCE_MS = 60_000;

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const late = setTimeout(() => waiting.abort(new Error("The process did not answer")), PATIENCE_MS);
  const gone = once(child, "exit", { signal: waiting.signal }).then(() => {
    throw new Error(`${child.spawnargs.join(" ")} ended`);
  });
  gone.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, "message", waiting), gone])) as [unknown];
    return message;
  } finally {
    clearTimeout(late);
    waiting.abort();
  }
}

/** Starts a JavaScript or TypeScript file with Node; its own settings only. */
export function startProgram(
  file: string,
  options: { args?: string[]; env?: Record<string, string>; cwd?: string } = {},
): Program {
  const loader = file.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [];
  const child = spawn(process.execPath, [...loader, file, ...(options.args ?? [])], {
    env: { PATH: process.env["PATH"], ...options.env },
    ...(options.cwd ? { cwd: options.cwd } : {}),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    next: <T>() => nextMessage(child) as Promise<T>,
    ask<T>(message: string) {
      const answer = nextMessage(child) as Promise<T>;
      child.send(message);
      return answer;
    },
    async end() {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
