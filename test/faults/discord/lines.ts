import { vi } from "vitest";
import type { GatewayControls } from "../../../sandbox/discord/gateway.ts";
import type { DiscordStandIn } from "../../../sandbox/discord/index.ts";
import { type DiscordFault, every, running } from "./fault.ts";

/** discord.js lets five seconds pass between two logins. */
const loggedInAgain = ({ gateway }: DiscordStandIn) =>
  vi.waitUntil(() => gateway.identifies === 2 && gateway.sessions.some(({ connected }) => connected), {
    timeout: 10_000,
  });

/** What happens to the line, over which commands come; answers go another way. */
const breaks: [name: string, breaks: (gateway: GatewayControls) => void][] = [
  ["cuts the line", (gateway) => gateway.drop()],
  ["closes the line with 4000", (gateway) => gateway.drop(4000)],
  ["closes the line with 1001", (gateway) => gateway.drop(1001)],
  ["asks its clients to come back (op 7)", (gateway) => gateway.reconnect()],
  ["calls the session invalid, and lets it be resumed (op 9)", (gateway) => gateway.invalidate(true)],
  ["lets the line die, and does not hang up", (gateway) => gateway.stall()],
];

const ended = (gateway: GatewayControls) => gateway.invalidate(false);

/** A zombie is noticed when a heartbeat is not answered. */
const discord = { heartbeatIntervalMs: 250 };

export const lines: DiscordFault[] = [
  ...breaks.map(([name, breakLine]): DiscordFault => ({
    name: `${name}, and a command comes meanwhile`,
    before: ({ gateway }) => breakLine(gateway),
    shows: "answer",
    only: every,
    discord,
  })),
  ...[...breaks, ["ends the session (op 9)", ended] as const].map(([name, breakLine]): DiscordFault => ({
    name: `${name} during an answer`,
    meanwhile: (world) => breakLine(world.discord.gateway),
    shows: "answer",
    only: running,
    quick: breakLine === ended,
    discord,
  })),
  {
    name: "ends the session (op 9) before a command",
    async before(standIn) {
      ended(standIn.gateway);
      await loggedInAgain(standIn);
    },
    shows: "answer",
    only: every,
  },
  {
    name: "sends everything twice",
    before: ({ gateway }) => gateway.repeat(true),
    shows: "answer",
    only: every,
  },
];
