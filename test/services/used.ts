import type { Use } from "../../src/services/balance.ts";
import type { MicroDollars } from "../../src/services/money.ts";

/** What a run of Ann's `/imagine` cost. */
export const used = (cost: MicroDollars): Use => ({ command: "imagine", name: "Ann", cost });
