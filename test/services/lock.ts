import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";

const sqlite3 = createRequire(import.meta.resolve("@keyv/sqlite")).resolve("sqlite3");

/** Another process locks the database. Resolves once it holds the lock, with what gives it back. */
export async function lock(file: string): Promise<() => Promise<void>> {
  const script = `const { Database } = require(${JSON.stringify(sqlite3)});
    const database = new Database(${JSON.stringify(file)});
    database.configure("busyTimeout", 2000);
    database.exec("BEGIN EXCLUSIVE", (error) => console.log(error ?? "locked"));
    process.stdin.on("end", () => database.exec("COMMIT", () => database.close())).resume();`;
  const other = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [said] = (await once(other.stdout, "data")) as [Buffer];
  if (String(said) !== "locked\n") throw new Error(String(said));
  return async () => {
    other.stdin.end();
    await once(other, "exit");
  };
}
