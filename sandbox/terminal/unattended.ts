import type { Writable } from "node:stream";
import type { Role } from "./arguments.ts";
import { type Look, messageLines, placeName } from "./bubble.ts";
import { nameIn, readLine } from "./line.ts";
import type { Playground } from "./playground.ts";
import { finished, refusal, type Reply, replyOf } from "./reply.ts";
import type { SavedFiles } from "./saved-files.ts";
import { indented } from "./wrap.ts";

/** A line, and who types it where. */
export interface Play {
  line: string;
  as: Role;
  dm: boolean;
}

export interface Stage {
  playground: Playground;
  files: SavedFiles;
  look: Look;
  out: Writable;
  json: boolean;
  /** Aborted where nobody waits for the rest any more. */
  signal: AbortSignal;
}

async function play({ line, as, dm }: Play, stage: Stage): Promise<Reply> {
  const { playground, files, look, out, json } = stage;
  const { discord, bot, names } = playground;
  const print = (lines: readonly string[]) => void (json || out.write(`${lines.join("\n")}\n`));
  const person = discord.people[as];
  print([`${look.style("bold", person.name)} ${look.style("dim", `${placeName(dm)} ›`)} ${line}`]);
  const registered = discord.commands({ dm });
  try {
    const { command, send } = readLine(line, registered, names);
    const exchange = send(person, { dm });
    await finished(exchange, bot);
    stage.signal.throwIfAborted();
    const reply = await replyOf(command, exchange, files);
    let numbers = 0;
    const numberOf = () => ++numbers;
    const shown = exchange.messages.flatMap((message) =>
      messageLines(look, message, { saved: files.saved, numberOf }),
    );
    print([...(reply.ok || shown.length > 0 ? shown : indented(reply.content, look.columns())), ""]);
    return reply;
  } catch (error) {
    if (stage.signal.aborted) throw error;
    const { message } = error as Error;
    print([...indented(message, look.columns()), ""]);
    return refusal(nameIn(line, registered), message);
  }
}

/** Plays lines in order and prints each finished reply. Resolves with whether every one was an answer. */
export async function playAll(plays: readonly Play[], stage: Stage): Promise<boolean> {
  let allAnswered = true;
  for (const each of plays) {
    const reply = await play(each, stage);
    if (stage.json) stage.out.write(`${JSON.stringify(reply)}\n`);
    allAnswered &&= reply.ok;
  }
  return allAnswered;
}
