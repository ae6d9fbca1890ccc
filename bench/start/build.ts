import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const entry = join(root, "dist", "main.js");

const changedAt = (path: string) => statSync(path).mtimeMs;

function isStale(): boolean {
  if (!existsSync(entry)) return true;
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  return sources.some((source) => changedAt(source) > changedAt(entry));
}

/** The built bot's entry, built first where it is missing or older than a source. */
export function builtBot(): string {
  if (isStale()) execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", 2, 2] });
  return entry;
}
