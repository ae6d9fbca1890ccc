import type { Writable } from "node:stream";
import { decode } from "../../src/discord/component-id.ts";
import type { Exchange, Person, SeenMessage } from "../discord/person.ts";
import type { Role } from "./arguments.ts";
import { type Look, messageLines, placeName } from "./bubble.ts";
import { nameIn, readLine } from "./line.ts";
import type { Playground } from "./playground.ts";
import { placeOfPost, postHeader } from "./posts.ts";
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

const print = ({ json, out }: Stage, lines: readonly string[]) =>
  void (json || out.write(`${lines.join("\n")}\n`));

/** The button that lets run what was asked about first. */
const confirmation = ({ messages }: Exchange) =>
  messages.flatMap((message) =>
    message.buttons.flatMap(({ label, customId = "" }) =>
      decode(customId)?.action === "confirm" ? [{ message, label, customId }] : [],
    ),
  )[0];

/** Nobody is there to be asked: whoever wrote the line wants it to run. */
async function confirmed(exchange: Exchange, person: Person, stage: Stage): Promise<Exchange> {
  const { playground, files, look } = stage;
  await finished(exchange, playground.bot);
  const asked = confirmation(exchange);
  if (!asked) return exchange;
  const question = messageLines(look, asked.message, { saved: files.saved, numberOf: () => undefined });
  print(stage, [
    ...question,
    look.style("dim", `(${asked.label} is pressed, since nobody is here to do it)`),
    "",
  ]);
  const running = person.press(asked.message, asked.customId);
  await finished(running, playground.bot);
  return running;
}

async function play({ line, as, dm }: Play, stage: Stage): Promise<Reply> {
  const { playground, files, look } = stage;
  const { discord, names } = playground;
  const person = discord.people[as];
  print(stage, [`${look.style("bold", person.name)} ${look.style("dim", `${placeName(dm)} ›`)} ${line}`]);
  const registered = discord.commands({ dm });
  try {
    const { command, send } = readLine(line, registered, names);
    const exchange = await confirmed(send(person, { dm }), person, stage);
    stage.signal.throwIfAborted();
    const reply = await replyOf(command, exchange, files);
    let numbers = 0;
    const numberOf = () => ++numbers;
    const shown = exchange.messages.flatMap((message) =>
      messageLines(look, message, { saved: files.saved, numberOf }),
    );
    print(stage, [...(reply.ok || shown.length > 0 ? shown : indented(reply.content, look.columns())), ""]);
    return reply;
  } catch (error) {
    if (stage.signal.aborted) throw error;
    const { message } = error as Error;
    print(stage, [...indented(message, look.columns()), ""]);
    return refusal(nameIn(line, registered), message);
  }
}

/** Prints what the bot posted where this person sees it. */
async function showPosts(posted: readonly SeenMessage[], person: Person, stage: Stage) {
  const { playground, files, look } = stage;
  const seen = posted.flatMap((message) => {
    const place = placeOfPost(message, person, playground.names);
    return place === undefined ? [] : [{ message, place }];
  });
  // A file that can't be fetched is named all the same.
  await files.save(seen.map(({ message }) => message)).catch(() => undefined);
  for (const { message, place } of seen) {
    const shown = messageLines(look, message, { saved: files.saved, numberOf: () => undefined });
    print(stage, [postHeader(look.style, place), ...shown, ""]);
  }
  return seen.map(({ message, place }) => ({ place, content: message.content }));
}

/** Plays lines in order and prints each finished reply. Resolves with whether every one was an answer. */
export async function playAll(plays: readonly Play[], stage: Stage): Promise<boolean> {
  const { discord } = stage.playground;
  const posted: SeenMessage[] = [];
  const stop = discord.posted((message) => void posted.push(message));
  let allAnswered = true;
  for (const each of plays) {
    const reply = await play(each, stage);
    const posts = await showPosts(posted.splice(0), discord.people[each.as], stage);
    const whole = posts.length > 0 ? { ...reply, posts } : reply;
    if (stage.json) stage.out.write(`${JSON.stringify(whole)}\n`);
    allAnswered &&= reply.ok;
  }
  stop();
  return allAnswered;
}
