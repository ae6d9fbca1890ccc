import { DEAREST_PER_SECOND, type Price } from "../prices.ts";

/** Where most prices were read, and when. */
export const priceList = { asOf: "2026-09", source: "Replicate's public price pages" } as const;

/** Nobody could find it: an official model without a price does not run before the operator gives it one. */
export const unpriced: Price = { per: "unknown" };

/**
 * A community model without a row of its own is billed by its machine's seconds, and Replicate does not say which machine
 * that is: the dearest is assumed. `seconds` is the most that a run is expected to take.
 */
export const machineTime = (seconds: (input: Record<string, unknown>) => number): Price => ({
  per: "second",
  each: DEAREST_PER_SECOND,
  expected: seconds,
  asOf: "2026-09",
  source: "by predict_time at the dearest listed hardware (H100)",
});
