// Watches a bot from inside its process: how long each interaction waits for its first response, from its arrival on the
// gateway until the response leaves, and how late the event loop is. Measured anywhere else, the stand-ins' own work
// would be in it.
import { existsSync, readFileSync } from "node:fs";
import diagnostics from "node:diagnostics_channel";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { WebSocket } from "ws";

const arrivedAt = new Map();
let taken = [];

const { emit } = WebSocket.prototype;
WebSocket.prototype.emit = function (event, data, ...rest) {
  const packet = event === "message" ? String(data) : "";
  if (packet.includes('"t":"INTERACTION_CREATE"')) arrivedAt.set(JSON.parse(packet).d.id, performance.now());
  return emit.call(this, event, data, ...rest);
};

diagnostics.subscribe("undici:client:sendHeaders", ({ request }) => {
  const id = /\/interactions\/(\d+)\/[^/]+\/callback/.exec(request.path)?.[1];
  const began = arrivedAt.get(id);
  if (began === undefined) return;
  arrivedAt.delete(id);
  taken.push(performance.now() - began);
});

// Counts how much later than asked a timer of 1 ms fires.
const delay = monitorEventLoopDelay({ resolution: 1 });
const ms = (nanoseconds) => nanoseconds / 1e6;

// How long one turn of the loop was blocked: how late it was, but no longer than the loop had work in it (a machine that
// wakes the process late did not block it), and without the time in which this thread was ready to run and had no
// processor (the second figure of schedstat, in nanoseconds, where there is one).
const TURN_MS = 5;
const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`;
const toldByKernel = existsSync(SCHEDSTAT);
const waitedMs = () => (toldByKernel ? ms(Number(readFileSync(SCHEDSTAT, "utf8").split(" ")[1])) : 0);
let turn;
let blockedMs = 0;
let watching;
const began = () => ({
  at: performance.now(),
  loop: performance.eventLoopUtilization(),
  waitedMs: waitedMs(),
});
function look() {
  const lateMs = performance.now() - turn.at - TURN_MS;
  const { active } = performance.eventLoopUtilization(turn.loop);
  blockedMs = Math.max(blockedMs, Math.min(lateMs, active) - (waitedMs() - turn.waitedMs));
  turn = began();
}

const answers = {
  watch() {
    turn = began();
    blockedMs = 0;
    watching = setInterval(look, TURN_MS);
    delay.reset();
    delay.enable();
    taken = [];
    return { watching: true };
  },
  report() {
    delay.disable();
    clearInterval(watching);
    const { heapUsed, rss } = process.memoryUsage();
    return {
      taken,
      blockedMs,
      delay: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
      heapMiB: heapUsed / 2 ** 20,
      residentMiB: rss / 2 ** 20,
    };
  },
};
process.on("message", (message) => void process.send(answers[message]()));
