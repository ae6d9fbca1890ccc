import { createInterface } from "node:readline";
import { z } from "zod";
import { openStore } from "../../src/services/store.ts";

/** What a parent asks of the store that this process opens: one line of JSON each, and one in answer. */
export interface Ask {
  id: number;
  what: "set" | "get" | "delete" | "close";
  table?: string;
  key?: string;
  value?: string;
}

const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);

// Only now: whoever it acts as need not be able to read the program.
const [, , , , uid] = process.argv;
if (uid !== undefined) {
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}

const store = await openStore({
  url: `sqlite://${process.argv[2] ?? ""}`,
  version: Number(process.argv[3]),
  deadlineMs: 500,
  lookEveryMs: 20,
  warn: (message, facts) => say({ warned: message, facts }),
}).catch((error: Error) => {
  say({ id: 0, error: `${error.name}: ${error.message}` });
  process.exit(1);
});
say({ id: 0 });

async function answer({ what, table = "texts", key = "", value = "" }: Ask): Promise<unknown> {
  const records = store.records(table, z.string());
  if (what === "set") return records.set(key, value);
  if (what === "get") return (await records.get(key)) ?? null;
  if (what === "delete") return records.delete(key);
  await store.close();
  process.exit(0);
}

createInterface(process.stdin).on("line", (line) => {
  const ask = JSON.parse(line) as Ask;
  answer(ask).then(
    (got) => say({ id: ask.id, got }),
    (error: Error & { reason?: { kind: string } }) =>
      say({ id: ask.id, error: error.reason?.kind ?? error.message }),
  );
});
