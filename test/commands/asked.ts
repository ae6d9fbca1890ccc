import type { Command, JobOf, Request, RunningCommand } from "../../src/commands/command.ts";
import type { Attachment } from "../../src/services/attachment.ts";
import type { Run } from "../../src/services/jobs.ts";

/** What Mia asked for in a server. */
export const asked = (options: Record<string, unknown>, more: Partial<Request> = {}): Request => ({
  id: "1048390221946834954",
  asker: { id: "5", name: "Mia", roles: [], manager: false },
  guild: "77",
  channel: "88",
  locale: "en-US",
  options,
  chance: 4_471,
  models: { ask: "claude-4.5-haiku", imagine: "flux-schnell", transcribe: "whisperx" },
  private: false,
  ...more,
});

/** The body of a command that runs models. */
export function bodyOf(command: Command): RunningCommand {
  if (command.kind === "group" || !("runs" in command.body)) throw new Error("This command runs no model");
  return command.body;
}

/** What this command would run. */
export const runsOf = (command: Command, options: Record<string, unknown>, more: Partial<Request> = {}) =>
  bodyOf(command).runs(asked(options, more), []);

/** How the command shows its job with these runs. */
export function viewOf(
  command: Command,
  options: Record<string, unknown>,
  runs: Partial<Run>[],
  left?: number,
) {
  const request = asked(options);
  const job: JobOf<never> = {
    id: request.id,
    command: "imagine",
    asker: request.asker,
    account: { guild: "77", person: "5", roles: [] },
    address: null,
    request: request as never,
    state: "open",
    createdAt: 0,
    runs: runs.map((run, index) => ({
      key: `run-${index + 1}`,
      model: "flux-schnell",
      input: {},
      hold: 3_000,
      state: "succeeded",
      ...run,
    })),
    ...(left === undefined ? {} : { left }),
  };
  return bodyOf(command).view(job);
}

export const attached = (facts: Partial<Attachment> = {}): Attachment => ({
  url: "https://cdn.discordapp.com/attachments/1/2/file",
  name: "talk.mp3",
  contentType: "audio/mpeg",
  bytes: 1_000,
  ...facts,
});

/** A refusal, as `toThrow` compares it. */
export const problem = (kind: string, facts: object = {}) => ({ reason: { kind, ...facts } });
