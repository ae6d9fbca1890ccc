import { deferral, type DiscordFault, every, further, running, texts } from "./fault.ts";
import { deaf, lost, surprise } from "./passing.ts";

/** What may have happened although nobody heard of it, and what comes too late. */
export const unheard: DiscordFault[] = [
  {
    name: "hangs up before it heard the first response",
    strikes: [{ ...deferral, ...deaf.does }],
    shows: "answer",
    only: every,
  },
  {
    name: "hangs up after it heard a command's promise",
    strikes: [{ ...deferral, ...lost.does }],
    shows: "answer",
    only: running,
  },
  {
    name: "hangs up after it heard a command's whole answer",
    strikes: [{ ...deferral, ...lost.does }],
    shows: "answer",
    only: ["usage"],
  },
  {
    name: "hangs up after it heard a further message",
    strikes: [{ ...further, ...lost.does }],
    shows: "answer",
    only: texts,
  },
  {
    // Three seconds are over long before: nobody waits for it.
    name: "says 429 for 40 s at the first response",
    strikes: [{ ...deferral, ...surprise.does }],
    shows: "nothing",
    only: ["imagine", "usage"],
  },
];
