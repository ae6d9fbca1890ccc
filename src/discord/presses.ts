import type { Action, Asker, Press, RunningCommand } from "../commands/command.ts";
import { stop } from "../commands/stop.ts";
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

/** What every command's buttons can do. */
const shared: Readonly<Record<string, Action>> = { stop };

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function checkPresser(action: Action, asker: string, presser: Asker): void {
  const managers = action.managers ?? false;
  if (presser.id !== asker && !(managers && presser.manager))
    throw new Problem({ kind: "not-yours", managers });
}

/**
 * What the press of a button, or a form that it opened, is about. The custom_id only names it: the job is the stored one.
 * @throws {Problem} gone, not-yours
 */
export const createPresses =
  (commands: CommandsByName, jobs: Jobs) =>
  async (customId: string, presser: Asker, locale: string): Promise<Pressed> => {
    const id = decode(customId);
    const job = id && (await jobs.get(id.job));
    const command = job?.command === id?.command ? id && commands.running(id.command) : undefined;
    const action = command && id && (own(command.actions ?? {}, id.action) ?? own(shared, id.action));
    if (!job || !action) throw new Problem({ kind: "gone" });
    checkPresser(action, job.asker.id, presser);
    const press = { job: job as Press["job"], locale, ...(id.arg === undefined ? {} : { arg: id.arg }) };
    return { id, command, action, press };
  };
