import { sharedActions } from "../commands/actions.ts";
import type { Asker, RunningCommand } from "../commands/command.ts";
import type { Action, Press } from "../commands/press.ts";
import type { Attachment } from "../services/attachment.ts";
import type { Jobs } from "../services/jobs.ts";
import { Problem } from "../services/problem.ts";
import { type ComponentId, decode } from "./component-id.ts";
import type { CommandsByName } from "./commands-by-name.ts";

/** A press, with everything that its custom_id names. */
export interface Pressed {
  id: ComponentId;
  command: RunningCommand;
  action: Action;
  press: Press;
}

/** What arrives when somebody presses. */
export interface Arrived {
  customId: string;
  presser: Asker;
  locale: string;
  /** The files on the pressed message. */
  attachments: readonly Attachment[];
  /** Of a select: the job that was chosen. */
  chosen?: string | undefined;
}

export interface Presses {
  /**
   * What the press of a button, or a form that it opened, is about. The custom_id only names it: the job is the stored
   * one.
   * @throws {Problem} gone, not-yours
   */
  find(arrived: Arrived): Promise<Pressed>;
  /** What a button asks for that belongs to no job, such as an example of `/help`. */
  tried(customId: string): { command: RunningCommand; options: Record<string, unknown> } | undefined;
  /** It asks for a deletion that was done. */
  isDeletedAlready(customId: string): Promise<boolean>;
}

const shared: Readonly<Record<string, Action>> = sharedActions;

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function checkPresser(action: Action, asker: string, presser: Asker): void {
  const managers = action.managers ?? false;
  if (presser.id !== asker && !(managers && presser.manager))
    throw new Problem({ kind: "not-yours", managers });
}

export const createPresses = (commands: CommandsByName, jobs: Jobs): Presses => ({
  async find({ customId, presser, locale, attachments, chosen }) {
    const named = decode(customId);
    // What is chosen is of any command; a button's job has to be of the one that it names.
    const job = named && (await jobs.get(chosen ?? named.job));
    const id = named &&
      job && { ...named, job: job.id, ...(chosen === undefined ? {} : { command: job.command }) };
    const command = job?.command === id?.command ? id && commands.running(id.command) : undefined;
    const action = command && id && (own(command.actions ?? {}, id.action) ?? own(shared, id.action));
    if (!job || !action) throw new Problem({ kind: "gone" });
    checkPresser(action, job.asker.id, presser);
    const arg = id.arg === undefined ? {} : { arg: id.arg };
    return { id, command, action, press: { job: job as Press["job"], locale, attachments, ...arg } };
  },
  tried(customId) {
    const id = decode(customId);
    const owner = id && commands.answering(id.command);
    const wanted = id?.arg === undefined ? undefined : owner?.tried?.(id.arg, commands.all);
    const command = wanted && commands.running(wanted.command);
    return command && { command, options: wanted.options };
  },
  async isDeletedAlready(customId) {
    const id = decode(customId);
    const kind = id && own(shared, id.action)?.kind;
    return kind === "remove" && (await jobs.isForgotten(id?.job ?? ""));
  },
});
