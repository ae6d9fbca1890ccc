/** Money is counted in whole micro-dollars ($0.000001), so that sums are exact. */
export type MicroDollars = number;

/** What people see is credits: 1 credit = $0.001. */
export const MICRO_PER_CREDIT = 1_000;
export const MICRO_PER_DOLLAR = 1_000_000;

export const fromCredits = (credits: number): MicroDollars => Math.round(credits * MICRO_PER_CREDIT);

/** Exact, so it may have decimals; whoever shows it rounds it. */
export const toCredits = (amount: MicroDollars): number => amount / MICRO_PER_CREDIT;

export const fromDollars = (dollars: number): MicroDollars => Math.round(dollars * MICRO_PER_DOLLAR);

/** Exact, as `toCredits`. */
export const toDollars = (amount: MicroDollars): number => amount / MICRO_PER_DOLLAR;

export const sum = (amounts: Iterable<MicroDollars>): MicroDollars => {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total;
};
