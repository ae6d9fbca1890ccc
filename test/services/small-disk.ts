import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const UNSHARE = "unshare";

/** A small file system in the place of a folder, for one process and its children only. */
export interface SmallDisk {
  folder: string;
  /** As `mount` reads it: `1m`. */
  size: string;
  /** A shell's command that is run before. */
  before?: string;
}

/** The command with its parts, started on such a disk; its process is the command's own. */
export const onSmallDisk = ({ folder, size, before = ":" }: SmallDisk, command: string[]): string[] => {
  const script = `mount -t tmpfs -o mode=755,size=${size} none "$0" && { ${before}; } && exec "$@"`;
  return [UNSHARE, "-m", "sh", "-c", script, folder, ...command];
};

/** Only Linux has such disks, and only root may mount them. */
export function hasSmallDisks(): boolean {
  const [command = "", ...parts] = onSmallDisk({ folder: tmpdir(), size: "1m" }, ["true"]);
  return process.platform === "linux" && spawnSync(command, parts).status === 0;
}

/** Where a file that the process has on its disk is found from outside. */
export const seenFrom = (pid: number | undefined, path: string): string => join(`/proc/${pid}/root`, path);

/** Until not a byte goes in any more. */
export function fill(path: string): void {
  for (const bytes of [65_536, 4_096, 512]) while (appends(path, bytes));
}

function appends(path: string, bytes: number): boolean {
  try {
    appendFileSync(path, Buffer.alloc(bytes));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}
