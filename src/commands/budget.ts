import { words } from "../locales/index.ts";
import { fromDollars, type MicroDollars } from "../services/money.ts";
import { Problem } from "../services/problem.ts";
import { change, guildOf } from "./administering.ts";
import { answeringCommand } from "./command.ts";
import { completing, optional, text } from "./options.ts";

/** @throws {Problem} bad-option */
function readDollars(typed: string): MicroDollars | "default" {
  const word = typed.trim().toLowerCase();
  if (word === "default") return word;
  const amount = /^\$?(\d{1,9}(?:\.\d{1,2})?)$/.exec(word)?.[1];
  if (amount !== undefined) return fromDollars(Number(amount));
  throw new Problem({ kind: "bad-option", option: "usd", rule: { kind: "dollars" } });
}

/** What the server may spend in a month; without an amount, how it stands. */
export const budget = answeringCommand({
  name: "budget",
  description: "What this server may spend in a month, in US dollars",
  options: {
    usd: optional(
      text("An amount such as 12.50, or default", {
        max: 20,
        complete: completing(() =>
          ["0", "5", "10", "25", "default"].map((value) => ({ name: value, value })),
        ),
      }),
    ),
  },
  async answer(request, services) {
    const { usd } = request.options;
    if (usd !== undefined) return change(request, services, { what: "budget", limit: readDollars(usd) });
    const standing = await services.budget.standing(guildOf(request));
    return words(request.locale).budgetView(standing, services.budget.ceiling);
  },
});
