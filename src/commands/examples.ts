import type { Attachment } from "../services/attachment.ts";
import type { Command } from "./command.ts";
import type { Channel, Option, Options, Target } from "./options.ts";

/** A file that the sandbox has, in the place of one that somebody gives. */
export interface Sample {
  sample: string;
}

/** Somebody or something by name, as it is typed: `@Mia`, `#bot-log`. */
export interface Mention {
  mention: string;
}

type Shown<T> = T extends Attachment ? Sample : T extends Target | Channel ? Mention : T;

/** What somebody could give with a command. */
export type Example<O extends Options> = {
  readonly [Name in keyof O]?: O[Name] extends Option<infer T> ? Shown<NonNullable<T>> : never;
};

type Value = string | number | boolean | Sample | Mention;

export const isSample = (value: unknown): value is Sample =>
  typeof value === "object" && value !== null && "sample" in value;

/** How one value is typed; `fileAt` says where a sample is. */
function typed(value: Value, fileAt: (sample: string) => string): string {
  if (typeof value === "string") return /^[\w.:%-]+$/.test(value) ? value : `"${value}"`;
  if (typeof value !== "object") return String(value);
  return isSample(value) ? fileAt(value.sample) : value.mention;
}

const valuesOf = (example: object): [string, Value][] => Object.entries(example) as [string, Value][];

/** `/imagine prompt:"a fox" style:anime` */
const slashLine = (name: string, example: object, fileAt: (sample: string) => string) =>
  [`/${name}`, ...valuesOf(example).map(([option, value]) => `${option}:${typed(value, fileAt)}`)].join(" ");

/** `> Transcribe ./speech.ogg` */
const menuLine = (name: string, value: Value | undefined, fileAt: (sample: string) => string) =>
  `> ${name}${value === undefined ? "" : ` ${typed(value, fileAt)}`}`;

/** The command in use, as one would type it; undefined where it has no example. */
export function exampleLine(command: Command, fileAt: (sample: string) => string): string | undefined {
  if (command.kind === "group") {
    const [first] = command.commands.filter(({ examples = [] }) => examples.length > 0);
    return first && slashLine(`${command.name} ${first.name}`, first.examples?.[0] ?? {}, fileAt);
  }
  const [example] = command.body.examples ?? [];
  if (!example) return undefined;
  if (command.kind === "slash") return slashLine(command.body.name, example, fileAt);
  return menuLine(command.name, Object.fromEntries(valuesOf(example))[command.option], fileAt);
}
