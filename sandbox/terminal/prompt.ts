import { createInterface } from "node:readline";
import type { Arguments } from "./arguments.ts";
import { isRole, roles } from "./arguments.ts";
import { BadInput, listed } from "./bad-input.ts";
import { placeName } from "./bubble.ts";
import { agreed, complete, type Completion, type Knowledge } from "./completion.ts";
import type { Exchange } from "../discord/person.ts";
import { createConversation } from "./conversation.ts";
import { type Filling, fillIn } from "./form.ts";
import { help, welcome } from "./help.ts";
import { readLine } from "./line.ts";
import { createMarkdown } from "./markdown.ts";
import type { Playground } from "./playground.ts";
import { placeOfPost, postHeader } from "./posts.ts";
import type { SavedFiles } from "./saved-files.ts";
import { createScreen } from "./screen.ts";
import type { Style } from "./style.ts";
import { completePath } from "./uploads.ts";
import { indented, width, wrap } from "./wrap.ts";

const MAX_HINTS = 12;

type Completed = (error: null, result: [string[], string]) => void;

export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WriteStream;
  /** Aborted when the terminal has to be left. */
  signal: AbortSignal;
}

/** Hits in a column each, as Discord's own list shows them. */
function hintLines({ hits }: Completion, style: Style, columns: number): string[] {
  const shown = hits.slice(0, MAX_HINTS);
  const widest = Math.max(...shown.map(({ text }) => width(text)));
  const lines = shown.map(
    ({ text, about = "" }) => `  ${style("cyan", text.padEnd(widest))}  ${style("dim", about)}`,
  );
  const more = hits.length - shown.length;
  return [...lines, ...(more > 0 ? [style("dim", `  … and ${more} more`)] : [])].map(
    (line) => wrap(line, columns)[0] ?? "",
  );
}

/** A terminal in which one types what one would type in Discord. Resolves when it is left. */
export async function converse(
  { discord, bot, names }: Playground,
  files: SavedFiles,
  style: Style,
  begin: Pick<Arguments, "as" | "dm">,
  { input, output, signal }: Terminal,
): Promise<void> {
  let { as, dm } = begin;
  const person = () => discord.people[as];

  const readline = createInterface({
    input,
    output,
    terminal: true,
    historySize: 200,
    removeHistoryDuplicates: true,
    completer: (line: string, done: Completed) => {
      const knowledge = {
        offered: discord.visibleTo(person(), { dm }),
        names,
        paths: completePath,
        ask: (command: string, option: string, typed: string) =>
          person()
            .complete(command, option, typed, {}, { dm })
            .catch(() => []),
      };
      void offer(line, knowledge, done);
    },
  });
  /** What all hits agree on goes into the line; where there is a choice, it is listed under the answers. */
  async function offer(line: string, knowledge: Knowledge, done: Completed): Promise<void> {
    const completion = await complete(line, knowledge);
    const text = agreed(completion);
    done(null, [text === undefined ? [] : [text], completion.typed]);
    const choose = completion.hits.length > 1;
    conversation.hint(choose ? hintLines(completion, style, screen.columns()) : []);
  }
  const screen = createScreen(readline, output);
  const look = { style, markdown: createMarkdown(style, names), columns: screen.columns };
  const places = [...[...names.channels.values()].map((channel) => ({ channel })), { dm: true }];
  const conversation = createConversation({ screen, look, files, bot, places });

  /** The form that is open, and what its fields get. Whoever pressed fills it in. */
  let open: { exchange: Exchange; filling: Filling; by: ReturnType<typeof person> } | undefined;

  const where = () => `${style("bold", person().name)} ${style("dim", `${placeName(dm)} ›`)} `;
  const field = ({ title, field }: Filling) =>
    `${style("bold", title)} ${style("dim", `${field?.label} ›`)} `;
  const prompt = () => (open ? field(open.filling) : where());
  const ask = () => readline.setPrompt(prompt());
  const header = (line: string) => prompt() + line;

  /** A press may open a form: then what is typed next goes into its fields. */
  async function awaitForm(exchange: Exchange): Promise<void> {
    const by = person();
    await exchange.until(({ state }) => state !== "waiting");
    const filling = fillIn(exchange);
    if (!filling?.field) return;
    open = { exchange, filling, by };
    ask();
    conversation.say([]);
  }

  /** A line for the open form. Nothing, where something is wanted, closes it. */
  function fill({ exchange, filling, by }: NonNullable<typeof open>, line: string): void {
    const typed = header(line);
    if (!filling.enter(line)) {
      open = undefined;
      ask();
      return conversation.say([typed, ...indented("The form was closed.", screen.columns()), ""]);
    }
    if (filling.field) {
      ask();
      return conversation.say([typed]);
    }
    open = undefined;
    ask();
    conversation.follow(typed, by.submit(exchange, filling.values));
  }

  function act(line: string): void {
    const [word = "", value = ""] = line.split(/\s+/);
    if (line === "quit" || line === "exit") return readline.close();
    if (line === "help") return conversation.say([...help(style), ""]);
    if (word === "as") {
      if (!isRole(value)) throw new BadInput(`One is ${listed(roles)} here: as admin`);
      as = value;
    } else if (word === "dm") {
      if (!/^(on|off)?$/.test(value))
        throw new BadInput("dm on goes to direct messages, dm off back to #general");
      dm = value === "" ? !dm : value === "on";
    } else if (/^\d+$/.test(line)) {
      const pressed = conversation.press(Number(line), person());
      if (!pressed) throw new BadInput(`There is no button [${line}] that ${person().name} could press now.`);
      conversation.follow(header(`${line} ${style("dim", `(${pressed.label})`)}`), pressed.exchange);
      return void awaitForm(pressed.exchange).catch(() => undefined); // No response: that is shown already.
    } else {
      const { send } = readLine(line, discord.commands({ dm }), names);
      return conversation.follow(header(line), send(person(), { dm }));
    }
    ask();
    conversation.say([]);
  }

  const left = new Promise<void>((resolve) => void readline.once("close", resolve));
  readline.on("line", (typed) => {
    screen.entered(typed);
    const line = typed.trim();
    try {
      if (open) fill(open, line);
      else if (line) act(line);
      else conversation.say([]);
    } catch (error) {
      const sentence = indented(style("yellow", (error as Error).message), screen.columns());
      conversation.say([...wrap(header(line), screen.columns()), ...sentence, ""]);
    }
  });
  readline.on("SIGINT", () => {
    if (readline.line) readline.write(null, { ctrl: true, name: "u" });
    else readline.close();
  });

  const stopListening = discord.posted((message) => {
    const place = placeOfPost(message, person(), names);
    if (place) conversation.post(postHeader(style, place), message);
  });

  ask();
  conversation.say([...welcome(style, files.folder), ""]);
  signal.addEventListener("abort", () => readline.close());
  await left;
  stopListening();
  conversation.close();
  output.write("\n");
}
