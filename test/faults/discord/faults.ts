import type { DiscordFault } from "./fault.ts";
import { lines } from "./lines.ts";
import { passing } from "./passing.ts";
import { refusals } from "./refusals.ts";
import { unheard } from "./unheard.ts";

/** Everything that Discord does wrong to one command. */
export const discordFaults: readonly DiscordFault[] = [...passing, ...unheard, ...refusals, ...lines];

/** Each kind of trouble once, and each place. */
export const quickFaults = discordFaults.filter(({ quick = true }) => quick);
