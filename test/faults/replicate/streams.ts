import { setTimeout } from "node:timers/promises";
import { cutAt, inPieces } from "../../../sandbox/bodies.ts";
import type { Sends } from "../../../sandbox/faults.ts";
import type { ReplicateStandIn } from "../../../sandbox/replicate/index.ts";
import { once, type ReplicateFault, scripted, stream, texts } from "./fault.ts";

const tokens = ["The ", "sky ", "is ", "blue: ", "größer, ", "日本 ", "and ", "👋🏽."];
const writes = tokens.join("");

const spoken = { only: texts, shows: "answer" as const, writes };

/** A stream whose bytes go wrong, of a prediction that does not. */
const spoiled = (name: string, sends: Sends): ReplicateFault => ({
  ...spoken,
  name,
  strike(replicate) {
    scripted({ tokens })(replicate);
    once({ ...stream, sends })(replicate);
  },
});

/** Event by event, slowly enough to be shown on the way. */
const events = (body: Buffer) => body.toString().split(/(?<=\n\n)/);
const eventByEvent = (each: (event: string, index: number) => string): Sends =>
  async function* (body) {
    for (const [index, event] of events(body).entries()) {
      yield Buffer.from(each(event, index));
      await setTimeout(25);
    }
  };

const failure =
  'event: error\ndata: {"detail":"CUDA out of memory"}\n\nevent: done\ndata: {"reason":"error"}\n\n';

/** What goes wrong with a text's stream. */
export const streams: ReplicateFault[] = [
  ...(["eof", "reset", "timeout"] as const).flatMap((how) => [
    {
      ...spoken,
      name: `ends its stream early (${how})`,
      strike: scripted({ tokens, cut: { afterEvents: 2, how } }),
    },
    {
      ...spoken,
      name: `ends its stream early (${how}), and says everything again`,
      strike: scripted({ tokens, cut: { afterEvents: 3, how, forgets: true } }),
    },
  ]),
  spoiled(
    "says everything twice",
    eventByEvent((event) => event + event),
  ),
  spoiled(
    "says in its stream that it failed, and did not",
    eventByEvent((event, index) => (index < 4 ? event : failure)),
  ),
  spoiled("sends its stream byte by byte", inPieces(1)),
  spoiled("sends its stream in pieces of 7 bytes, with pauses", inPieces(7, 4)),
  spoiled(
    "breaks its stream within a letter",
    cutAt((body) => body.indexOf("ö") + 1),
  ),
  spoiled(
    "breaks its stream within an emoji",
    cutAt((body) => body.indexOf("👋") + 6),
  ),
  {
    name: "fails in the middle of its text",
    only: texts,
    strike: scripted({ tokens, error: "CUDA out of memory (E1001)" }),
    shows: "either",
  },
  ...[404, 410, 500].map((status) => ({
    ...spoken,
    name: `has no stream (${status})`,
    strike(replicate: ReplicateStandIn) {
      scripted({ tokens })(replicate);
      once({ ...stream, status, times: status === 500 ? 6 : 1, body: {} })(replicate);
    },
  })),
];

/** What a model may write. */
const writing = (name: string, ...written: string[]): ReplicateFault => ({
  name: `writes ${name}`,
  only: texts,
  strike: scripted({ tokens: written }),
  shows: "answer",
});

export const writings: ReplicateFault[] = [
  writing("what looks like an address", "https://evil.internal/metadata", " is where it is."),
  writing("@everyone", "@everyone ", "<@&123456789012345678> look!"),
  writing("one line of 10,000 letters", "x".repeat(10_000)),
  writing("Markdown without an end", "||**_~~\n```js\n", "let a = `b`;\n".repeat(400)),
];
