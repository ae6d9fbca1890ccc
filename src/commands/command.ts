import type { Attachment, AttachmentKind } from "../services/attachment.ts";
import type { Turn } from "../services/conversations.ts";
import type { GuildSettings } from "../services/guilds.ts";
import type { Services } from "../services/index.ts";
import type { Job, Run } from "../services/jobs.ts";
import type { Price } from "../services/prices.ts";
import type { RunSpec } from "../services/runner.ts";
import type { SharedAction } from "./actions.ts";
import type { Action } from "./press.ts";

/** What a person can give with a command. `T` is what the command's body gets. */
export type Option<T = unknown> = OptionShape & {
  description: string;
  required: boolean;
  /** Only for the compiler. */
  readonly value?: T;
};

export type OptionShape =
  | { type: "text"; max: number; complete?: Complete }
  | { type: "integer"; min: number; max: number }
  | { type: "boolean" }
  | { type: "choice"; choices: readonly (string | number)[]; labels?: Readonly<Record<string, string>> }
  | { type: "attachment"; kind: AttachmentKind }
  | { type: "person" }
  | { type: "role" }
  | { type: "person-or-role" }
  | { type: "channel" };

/** What autocomplete offers for what was typed so far; 25 at the most are shown. */
export type Complete = (typed: string, where: Completing) => readonly { name: string; value: string }[];

/** For whom, and where, something is completed. */
export interface Completing {
  locale: string;
  /** The operator's own prices, by reference. */
  prices: ReadonlyMap<string, Price>;
  /** Whether a model, by its key, may be used there. */
  allows: (model: string) => boolean;
  /** How many seconds a model, by its key, usually runs, as far as its own runs have taught; it never waits for that. */
  usualSeconds: (model: string) => number | undefined;
}

export type Options = Readonly<Record<string, Option>>;
export type Values<O extends Options> = {
  [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

/** A person or a role that an option names. */
export interface Target {
  id: string;
  name: string;
  kind: "person" | "role";
  /** Of a person: the roles here. */
  roles: readonly string[];
}

/** A channel of this server in which people write; no thread, no voice channel. */
export interface Channel {
  id: string;
  name: string;
}

export const text = (
  description: string,
  { max = 2000, complete }: { max?: number; complete?: Complete } = {},
) =>
  ({ type: "text", description, required: true, max, ...(complete ? { complete } : {}) }) as Option<string>;
export const integer = (description: string, { min, max }: { min: number; max: number }) =>
  ({ type: "integer", description, required: true, min, max }) as Option<number>;
export const boolean = (description: string) =>
  ({ type: "boolean", description, required: true }) as Option<boolean>;
export const choice = <const T extends string | number>(
  description: string,
  choices: readonly T[],
  labels?: Readonly<Record<T, string>>,
) => ({ type: "choice", description, required: true, choices, ...(labels ? { labels } : {}) }) as Option<T>;
export const image = (description: string) =>
  ({ type: "attachment", kind: "image", description, required: true }) as Option<Attachment>;
export const audio = (description: string) =>
  ({ type: "attachment", kind: "audio", description, required: true }) as Option<Attachment>;
export const person = (description: string) =>
  ({ type: "person", description, required: true }) as Option<Target>;
export const role = (description: string) =>
  ({ type: "role", description, required: true }) as Option<Target>;
export const personOrRole = (description: string) =>
  ({ type: "person-or-role", description, required: true }) as Option<Target>;
export const channel = (description: string) =>
  ({ type: "channel", description, required: true }) as Option<Channel>;
export const optional = <T>(option: Option<T>) => ({ ...option, required: false }) as Option<T | undefined>;

/** Who asks. */
export interface Asker {
  id: string;
  name: string;
  roles: readonly string[];
  /** Has Manage Server here. */
  manager: boolean;
  /** Is one of those who run this bot. */
  operator?: boolean;
}

/** What somebody asked for, as plain data that can be stored. */
export interface Request<V = Record<string, unknown>> {
  /** The interaction's id, which is the job's too. */
  id: string;
  asker: Asker;
  /** Null in direct messages. */
  guild: string | null;
  /** Where it was asked: a channel, a thread, or a direct message. */
  channel: string;
  /** The asker's language, as Discord names it: `en-US`. */
  locale: string;
  options: V;
  /** A number below a million that this request alone has: chance, and yet the same after a restart. */
  chance: number;
  /** What runs where the person chose no model: the server's choice, or else the operator's. */
  models: { ask: string; imagine: string; transcribe: string };
  /** Which models those in charge here let be used; all, if left out. */
  allowed?: GuildSettings["models"];
  /** The asker alone will see the answer: they wish it so, or Discord allows nothing else here. */
  private: boolean;
  /** The job whose button asked for this. */
  from?: string;
  /** Which turn of a conversation this is, and what was said before it. */
  conversation?: {
    turn: string;
    history: readonly Turn[];
    /** When the turn was asked first, where this asks it again; in milliseconds since 1970. */
    askedAt?: number;
  };
}

/** What a person should see now, as plain data. `A` are the actions that its buttons may name. */
export interface View<A extends string = string> {
  /** Markdown of any length. */
  text: string;
  /** Quiet facts, one small line each, under everything. */
  quiet?: readonly string[];
  files?: readonly ViewFile[];
  /** Five a row; 25 at the most. */
  buttons?: readonly Button<A>[];
  select?: Select;
}

/** A list of jobs, of any command, to choose one from. */
export interface Select {
  /** One that all commands have: it is done with the job that is chosen. */
  action: SharedAction;
  placeholder: string;
  /** 25 at the most; `value` is the job's id. */
  choices: readonly { label: string; value: string; description?: string }[];
}

export interface ViewFile {
  /** Without an ending; a fetched file gets the one of its content. */
  name: string;
  /** What the picture shows, for those who can't see it. */
  alt?: string;
  /** Shown only to those who click on it. */
  spoiler?: boolean | undefined;
  /** `until`: when the address stops answering, in milliseconds since 1970. */
  from: { url: string; until?: number | undefined } | { text: string; extension: string };
}

export interface Button<A extends string = string> {
  label: string;
  /** One that the command declares, or one that all have, such as `stop`. */
  action: A;
  style?: "primary" | "secondary" | "danger";
  /** Which of several it is for: `2`. It comes back with the press; custom_ids have little room, so it is short. */
  arg?: string;
}

/** A job as its command sees it. */
export type JobOf<V> = Omit<Job, "request"> & { request: Request<V> };

interface Declared<O extends Options> {
  name: string;
  description: string;
  options: O;
}

/** A command that runs models. `runs` is pure: it is asked again when the known runs ended, `[]` means done. */
export interface RunningCommand<O extends Options = Options, A extends string = string> extends Declared<O> {
  /** Adds to the request what the store knows. What it throws is the refusal, and what it adds is stored with the job. */
  prepare?(request: Request<Values<O>>, services: Services): Promise<Request<Values<O>>>;
  /** Throws the Problem for a request that can't be run. */
  runs(request: Request<Values<O>>, finished: readonly Run[]): readonly RunSpec[];
  view(job: JobOf<Values<O>>): View<NoInfer<A> | SharedAction>;
  /** What the buttons of its views do. */
  actions?: { readonly [Name in A]: Action<Values<O>> };
  /** Called when the answer is promised, before its runs; after a restart perhaps again. */
  begun?(job: JobOf<Values<O>>, services: Services): Promise<void>;
  /** Called once all runs ended, before that is shown; after a restart perhaps again. */
  ended?(job: JobOf<Values<O>>, services: Services): Promise<void>;
}

/** A command that is answered at once, to its asker alone. */
export interface AnsweringCommand<O extends Options = Options> extends Declared<O> {
  answer(request: Request<Values<O>>, services: Services): Promise<View>;
}

export type Command = (
  | { kind: "slash"; body: RunningCommand | AnsweringCommand }
  /** Subcommands of one name; `manager` ones are for those who manage the server, and for servers only. */
  | {
      kind: "group";
      name: string;
      description: string;
      manager: boolean;
      commands: readonly AnsweringCommand[];
    }
  /** An entry of a message's Apps menu. `option` gets the first attachment of its kind, `preset` is given beside it. */
  | {
      kind: "message";
      name: string;
      option: string;
      body: RunningCommand;
      preset: Readonly<Record<string, unknown>>;
    }
  /** An entry of a person's Apps menu, in servers only; `manager` as of a group. `option` gets the person. */
  | { kind: "user"; name: string; option: string; manager: boolean; body: AnsweringCommand }
) & { readonly declared: true };

/** The body of a command; its options type the request. */
export const runningCommand = <O extends Options, A extends string = never>(body: RunningCommand<O, A>) =>
  body;
export const answeringCommand = <O extends Options>(body: AnsweringCommand<O>) => body;

/** Declares a slash command, to be listed in `commands/index.ts`. */
export const defineCommand = <O extends Options, A extends string = never>(
  body: RunningCommand<O, A> | AnsweringCommand<O>,
): Command => ({
  kind: "slash",
  body: body as RunningCommand | AnsweringCommand,
  declared: true,
});

/** Declares subcommands. */
export const defineGroup = (group: {
  name: string;
  description: string;
  manager: boolean;
  commands: readonly AnsweringCommand[];
}): Command => ({ kind: "group", ...group, declared: true });

/** Declares a message command: `body` on the file of a message, with `preset` as its other options. */
export const defineMessageCommand = <O extends Options, A extends string = never>(entry: {
  name: string;
  option: keyof O & string;
  body: RunningCommand<O, A>;
  preset?: NoInfer<Partial<Values<O>>>;
}): Command => ({
  kind: "message",
  name: entry.name,
  option: entry.option,
  body: entry.body,
  preset: entry.preset ?? {},
  declared: true,
});

/** Declares a user command. */
export const defineUserCommand = <O extends Options>(entry: {
  name: string;
  option: keyof O & string;
  manager: boolean;
  body: AnsweringCommand<O>;
}): Command => ({
  kind: "user",
  name: entry.name,
  option: entry.option,
  manager: entry.manager,
  body: entry.body,
  declared: true,
});

/** Autocomplete for lists: those that begin with what was typed come first. */
export const completing =
  (list: (where: Completing) => readonly { name: string; value: string }[]): Complete =>
  (typed, where) => {
    const wanted = typed.trim().toLowerCase();
    const rank = ({ name, value }: { name: string; value: string }) =>
      [name, value].some((text) => text.toLowerCase().startsWith(wanted)) ? 0 : 1;
    return list(where)
      .filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted))
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, 25);
  };
