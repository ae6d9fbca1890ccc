import type { Turn } from "../services/conversations.ts";
import type { GuildSettings } from "../services/guilds.ts";
import type { Services } from "../services/index.ts";
import type { Job, Run } from "../services/jobs.ts";
import type { RunSpec } from "../services/runner.ts";
import type { Part } from "../services/sound/parts.ts";
import type { SharedAction } from "./actions.ts";
import type { Example } from "./examples.ts";
import type { Options, Values } from "./options.ts";
import type { Action } from "./press.ts";
import type { Line } from "./prompt-list.ts";

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

/** What may be done once only: this, with this job. */
export interface Once {
  job: string;
  what: string;
}

/** A part of a long answer, by the key of the run that made it. */
export interface DonePart {
  key: string;
  text: string;
}

/** What is to be done with a text, where that is not said by a question. `done`: what need not be done again. */
export type Task = { kind: "summarise" } | { kind: "translate"; into: string; done?: readonly DonePart[] };

/** A text that a question is about: what was said in a recording. */
export interface About {
  /** What it is called: the recording's name. */
  title: string;
  text: string;
  task?: Task;
}

/** What a text model costs, in micro-dollars: a run of it, and each token that goes in or comes out. */
export interface TextRate {
  run: number;
  input: number;
  output: number;
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
  /** What runs with this once only: taken as it is admitted, and given back where nothing comes of it. */
  once?: readonly Once[];
  /** Which turn of a conversation this is, and what was said before it. */
  conversation?: {
    turn: string;
    history: readonly Turn[];
    /** When the turn was asked first, where this asks it again; in milliseconds since 1970. */
    askedAt?: number;
  };
  /** What is asked about. It is never shown, and what was said later does not repeat it. */
  about?: About;
  /** What asking about the answer costs: its price is on the buttons. */
  askRate?: TextRate;
  /** What was in a list that was attached: the file itself is not there for long. */
  lines?: readonly Line[];
  /** In which parts a long recording is heard, as planned: a run each. */
  parts?: readonly Part[];
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
  from:
    | { url: string; until?: number | undefined }
    | { text: string; extension: string }
    /** Made when it is posted, in this order; names are without an ending as well. */
    | { zip: readonly { name: string; url: string }[] };
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
  /** The command in use, the best first: `/help` runs it, and the README shows it. */
  examples?: readonly Example<O>[];
}

/** A command that runs models. `runs` is pure: it is asked again when the known runs ended, `[]` means done. */
export interface RunningCommand<O extends Options = Options, A extends string = string> extends Declared<O> {
  /** Adds to the request what the store knows. What it throws is the refusal, and what it adds is stored with the job. */
  prepare?(request: Request<Values<O>>, services: Services): Promise<Request<Values<O>>>;
  /** Throws the Problem for a request that can't be run. */
  runs(request: Request<Values<O>>, finished: readonly Run[]): readonly RunSpec[];
  /** Its asker says whether it may run, whatever it may cost. */
  asksFirst?: true;
  /** What would be made, in a sentence, where that is asked about first. */
  summary?(request: Request<Values<O>>): string;
  /** What may run after the first runs, for the estimate alone; pure. */
  later?(request: Request<Values<O>>): readonly RunSpec[];
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
  /** `all`: everything that people can do. */
  answer(request: Request<Values<O>>, services: Services, all: readonly Command[]): Promise<View>;
  /** What a press of its buttons asks for, by their `arg`: they belong to no job, and whoever sees them may press. */
  tried?(
    arg: string,
    all: readonly Command[],
  ): { command: string; options: Record<string, unknown> } | undefined;
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
