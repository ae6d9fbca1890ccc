import { words } from "../locales/index.ts";
import type { Change } from "../services/administration.ts";
import { within } from "../services/deadline.ts";
import type { Services } from "../services/index.ts";
import { fromCredits, type MicroDollars } from "../services/money.ts";
import { Problem } from "../services/problem.ts";
import type { Request, View } from "./command.ts";
import { completing, text } from "./options.ts";

type Rule = MicroDollars | "unlimited" | "default";

/** So that the sentence for a store that hangs comes within Discord's three seconds. */
const CHANGE_MS = 1_800;

const MAX_CREDITS = 1_000_000;

/** The router lets only those in who may administer the server; a guild is then always there. */
export function guildOf({ guild }: Pick<Request, "guild">): string {
  if (guild === null) throw new Problem({ kind: "guild-only" });
  return guild;
}

/** Changes something of the asker's guild, and says what is so now. */
export async function change(
  { id, asker, guild, locale }: Pick<Request, "id" | "asker" | "guild" | "locale">,
  { administration }: Services,
  wanted: Change,
): Promise<View> {
  const { manager, operator = false } = asker;
  const by = {
    id: asker.id,
    name: asker.name,
    interaction: id,
    guild: guildOf({ guild }),
    manager,
    operator,
  };
  const changed = await within(CHANGE_MS, administration.change(by, wanted)).catch((cause: unknown) => {
    throw cause instanceof Problem ? cause : new Problem({ kind: "change-unsure" }, { cause });
  });
  return { text: words(locale).changed(changed) };
}

/** An amount of credits, typed. */
export const creditsOption = (description: string, offered: readonly string[]) =>
  text(description, {
    max: 20,
    complete: completing(() => offered.map((value) => ({ name: value, value }))),
  });

/** @throws {Problem} bad-option */
export function readAmount(typed: string): MicroDollars {
  const amount = /^\d+(\.\d)?$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  if (amount <= MAX_CREDITS) return fromCredits(amount);
  throw new Problem({ kind: "bad-option", option: "credits", rule: { kind: "credits", max: MAX_CREDITS } });
}

/** @throws {Problem} bad-option */
export function readRule(typed: string): Rule {
  const word = typed.trim().toLowerCase();
  return word === "unlimited" || word === "default" ? word : readAmount(word);
}
