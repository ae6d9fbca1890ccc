import type { Clock } from "../../src/services/clock.ts";

const DISCORD_EPOCH = 1_420_070_400_000;

/** Makes ids as Discord does: 42 bits of time, then a counter. 19 digits: discord.js' routes match 17 to 19. */
export function createIds(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const now = BigInt(clock.now() - DISCORD_EPOCH) << 22n;
    last = now > last ? now : last + 1n;
    return last.toString();
  };
}
