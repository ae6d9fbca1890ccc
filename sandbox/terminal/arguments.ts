import { parseArgs } from "node:util";
import { BadInput } from "./bad-input.ts";

/** Who types: Ada may manage the server, Mia and Oto are members. */
export const roles = ["admin", "member", "other"] as const;
export type Role = (typeof roles)[number];
export const isRole = (text: string): text is Role => roles.some((role) => role === text);

/** How the sandbox was called. */
export interface Arguments {
  /** Lines to play unattended, in order. */
  run: string[];
  as: Role;
  dm: boolean;
  json: boolean;
  /** Answers come at once, not at their natural pace. */
  fast: boolean;
  help: boolean;
}

export const usage = `npm run sandbox                          a terminal to type commands in
npm run sandbox -- --run '/usage'        plays a line and ends; repeatable, in order

  --run LINE    what one would type:  /ask prompt:"why is the sky blue?"
                                      /upscale image:./photo.png scale:4
                                      > Transcribe ./voice.ogg
                                      > Quota @Mia
                                      voice ./speech.ogg
  --as WHO      admin (Ada, manages the server), member (Mia, the default) or other (Oto)
  --dm          in direct messages with the bot instead of the server's channel
  --json        one JSON object a reply, on one line, and nothing else on standard output
  --fast        answers come at once instead of at a natural pace
  --help        this`;

const flags = {
  dm: "boolean",
  json: "boolean",
  fast: "boolean",
  help: "boolean",
  run: "string",
  as: "string",
} as const;

/** @throws {BadInput} */
export function readArguments(given: readonly string[]): Arguments {
  const options = Object.fromEntries(Object.entries(flags).map(([name, type]) => [name, { type }]));
  const { tokens } = parseArgs({ args: [...given], options, strict: false, tokens: true });
  const read: Arguments = { run: [], as: "member", dm: false, json: false, fast: false, help: false };
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional")
      throw new BadInput(`"${token.value}" stands alone; a line to play is given as: --run '${token.value}'`);
    const { name, rawName, value } = token;
    if (name === "dm" || name === "json" || name === "fast" || name === "help") {
      if (value !== undefined) throw new BadInput(`${rawName} takes no value.`);
      read[name] = true;
    } else if (name === "run") {
      if (!value) throw new BadInput(`--run needs a line, such as: --run '/ask prompt:"hi"'`);
      read.run.push(value);
    } else if (name === "as") {
      if (!value || !isRole(value))
        throw new BadInput(`--as must be admin, member or other${value ? `, not "${value}"` : ""}.`);
      read.as = value;
    } else
      throw new BadInput(
        `There is no option ${rawName}; there are --run, --as, --dm, --json, --fast and --help.`,
      );
  }
  return read;
}
