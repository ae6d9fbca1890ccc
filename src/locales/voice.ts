import type { MicroDollars } from "../services/money.ts";
import type { ProblemReason } from "../services/problem.ts";
import { amount } from "./format.ts";

type Of<Kind extends ProblemReason["kind"]> = Extract<ProblemReason, { kind: Kind }>;

/** What can be wrong with the channels in which voice messages are transcribed. */
export const voiceProblems = {
  "voice-unheard": () =>
    "This bot gets no voice messages, because its operator has not switched that on. Whoever wants one transcribed finds _Transcribe_ in the Apps menu of its message.",
  "too-many-channels": ({ limit }: Of<"too-many-channels">) =>
    `Voice messages can be transcribed in ${limit} channels at the most. Take one away first, with \`/quota voice remove\`.`,
};

/** What is said of voice messages that are transcribed without anybody's asking. */
export const voice = {
  listening: "Writing down what is said …",
  /** Instead of a transcript that would cost much. */
  dear: (needed: MicroDollars) =>
    `This may use up to ${amount(needed)} credits, so it is not transcribed by itself. You can have it done with _Apps_, _Transcribe_ on your voice message.`,
  /** For admins. */
  unanswered: (channel: string) =>
    `Voice messages in <#${channel}> are to be transcribed, but I can't reply there. Please let me view the channel, send messages and read the message history there, or end it with \`/quota voice remove\`.`,
  channels: (channels: readonly string[]) =>
    channels.length === 0
      ? "Voice messages are transcribed by themselves in no channel."
      : `Every voice message is transcribed in ${channels.map((id) => `<#${id}>`).join(", ")}, at the expense of the one who spoke.`,
};
