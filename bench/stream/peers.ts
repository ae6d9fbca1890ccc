import { setTimeout as sleep } from "node:timers/promises";
import { careless, createPages, queued } from "./pages.ts";
import type { Policy, Stream } from "./policy.ts";

type Show = (text: string) => Promise<void>;

/** An edit at the first token, and one with the first token that comes `ms` after the last edit was answered. */
function every(ms: number, show: Show): Stream {
  let answeredAt = -Infinity;
  let editing: Promise<void> | undefined;
  const edit = async (text: string) => {
    await show(text);
    answeredAt = performance.now();
    editing = undefined;
  };
  return {
    show(text) {
      if (!editing && performance.now() - answeredAt >= ms) editing = edit(text);
    },
    async finish(text) {
      await editing;
      await show(text);
    },
  };
}

/** Edits of all answers one after the other, so far apart. */
function createTurns(ms: number) {
  let last = Promise.resolve();
  return (edit: () => Promise<void>) => {
    const turn = last.then(edit);
    last = turn.then(() => sleep(ms));
    return turn;
  };
}

/** An answer waits for its turn and shows then what there is; its end waits like everything else. */
function inTurn(turns: ReturnType<typeof createTurns>, show: Show): Stream {
  let latest = "";
  let waiting: Promise<void> | undefined;
  const ask = () =>
    (waiting ??= turns(() => {
      waiting = undefined;
      return show(latest);
    }));
  return {
    show(text) {
      latest = text;
      void ask();
    },
    async finish(text) {
      latest = text;
      await ask();
    },
  };
}

const interval = (ms: number): Policy => ({
  name: `${ms} ms`,
  start(newRest) {
    const send = queued(newRest());
    return (address) => every(ms, createPages(address, "webhook", send).show);
  },
});

/** What other bots do, each as good as it is meant. A gap counts from an edit's answer. */
export const peers: readonly Policy[] = [
  interval(500),
  {
    name: "500 ms, errors swallowed",
    start(newRest) {
      const send = careless(newRest());
      return (address) => every(500, createPages(address, "webhook", send).show);
    },
  },
  interval(1000),
  interval(1200),
  interval(1500),
  {
    name: "1000 ms, channel route",
    publicOnly: true,
    start(newRest) {
      const send = queued(newRest());
      return (address) => every(1000, createPages(address, "channel", send).show);
    },
  },
  {
    name: "one global second",
    publicOnly: true,
    start(newRest) {
      const send = queued(newRest());
      const turns = createTurns(1000);
      return (address) => inTurn(turns, createPages(address, "channel", send).show);
    },
  },
];
