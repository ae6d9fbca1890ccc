import type { AuditEntry, Change } from "../services/administration.ts";
import type { Allowance } from "../services/allowance.ts";
import type { BudgetStanding, BudgetWarning, Spending } from "../services/budget.ts";
import type { MicroDollars } from "../services/money.ts";
import { amount, dollars, quoted, when } from "./format.ts";

const credits = (money: MicroDollars) =>
  `${amount(money)} ${/^(1|<.*)$/.test(amount(money)) ? "credit" : "credits"}`;

const allowance = (allowance: Allowance) =>
  allowance === "unlimited" ? "unlimited credits" : `${credits(allowance)} a day`;

/** People and roles choose their names themselves. */
const bold = ({ name }: { name: string }) => `**${quoted(name, 60)}**`;

const monthly = (limit: MicroDollars | null) =>
  limit === null ? "no limit of its own" : `${dollars(limit)} a month`;

const isUsedUp = ({ spent, held, limit }: Spending) => limit !== null && spent + held >= limit;

/** What a change is now, as a whole sentence. */
function changed(change: Change): string {
  switch (change.what) {
    case "person":
      return change.rule === "default"
        ? `${bold(change.person)} has no rule of their own any more.`
        : `${bold(change.person)} now has ${allowance(change.rule)}.`;
    case "role":
      return change.rule === "default"
        ? `The role ${bold(change.role)} has no rule any more.`
        : `Whoever has the role ${bold(change.role)} now has ${allowance(change.rule)}.`;
    case "everyone":
      return change.rule === "default"
        ? "Everyone has the operator's default again."
        : `Everyone without a rule of their own now has ${allowance(change.rule)}.`;
    case "grant":
      return `${bold(change.person)} got ${credits(change.amount)} of bonus, which outlive the day and are used last.`;
    case "reset":
      return `What ${bold(change.person)} used today is forgotten.`;
    case "budget":
      return change.limit === "default"
        ? "This server's budget is the operator's again."
        : `This server's budget is now ${dollars(change.limit)} a month.`;
    case "pause":
      return paused(change);
    case "time-zone":
      return `Days here now begin at midnight in ${change.zone}.`;
    case "alert-channel":
      return change.channel === null
        ? "Changes and warnings are not posted any more."
        : `Changes and warnings are now posted in <#${change.channel.id}>.`;
    case "admin-role":
      return change.admin
        ? `Whoever has the role ${bold(change.role)} may now use \`/quota\` and \`/models\`.`
        : `The role ${bold(change.role)} does not allow \`/quota\` and \`/models\` any more.`;
    case "model":
      return change.model === "all"
        ? `All models are now ${change.allowed ? "allowed" : "denied"} here.`
        : `\`${change.model}\` is now ${change.allowed ? "allowed" : "denied"} here.`;
    case "default-model":
      return change.model === null
        ? `\`/${change.command}\` uses the operator's default model again.`
        : `\`/${change.command}\` now uses \`${change.model}\` where nobody chooses a model.`;
    case "voice-on":
      return `Every voice message in <#${change.channel.id}> is now transcribed, at the expense of the one who spoke.`;
    case "voice-off":
      return change.channel === null
        ? "Voice messages are not transcribed by themselves any more."
        : `Voice messages in <#${change.channel.id}> are not transcribed by themselves any more.`;
  }
}

const paused = ({ paused, everywhere }: Extract<Change, { what: "pause" }>) => {
  const where = everywhere ? "wherever this bot is" : "in this server";
  return paused
    ? `Everything is stopped ${where}: nothing new runs, and what waited has ended at no cost. What a machine works on already comes to its end.`
    : `Models run again ${where}.`;
};

/** Whether a server's members may use it, and whether they get it unasked. */
interface ModelState {
  allowed: boolean;
  chosen: boolean;
}

function modelName(key: string, { allowed, chosen }: ModelState): string {
  if (!allowed) return `~~\`${key}\`~~`;
  return chosen ? `**\`${key}\`**` : `\`${key}\``;
}

/** Sentences for those in charge of a server. Only they see dollars. */
export const administration = {
  allowance,
  amount: (money: MicroDollars) => amount(money),
  daysBegin: (at: number) => `a new day begins ${when(at)}`,
  changed,
  quotaView: (person: string, granted: Allowance, source: string, spent: MicroDollars, left: string) =>
    `${bold({ name: person })} has ${allowance(granted)} (${source}), used ${credits(spent)} today: ${left}.`,
  budgetView: ({ guild, everything, resetsAt }: BudgetStanding, ceiling: MicroDollars) => ({
    text: `This server has spent **${dollars(guild.spent)}** this month, of ${monthly(guild.limit ?? everything.limit)}. A new month begins ${when(resetsAt)}.`,
    quiet: [
      ...(guild.held > 0 ? [`${dollars(guild.held)} are set aside for what is running`] : []),
      `the operator allows up to ${dollars(ceiling)} a month here`,
      ...(isUsedUp(everything) ? ["what this bot may spend everywhere is used up"] : []),
    ],
  }),
  warning: ({ scope, percent, spent, limit, resetsAt }: BudgetWarning) => {
    const whose = scope === "everywhere" ? "This bot" : "This server";
    return percent === 100
      ? `${whose} has used its budget of ${dollars(limit)} for this month: nothing that costs anything runs any more. It comes back ${when(resetsAt)}.`
      : `${whose} has used ${dollars(spent)}, which is over 80 % of its budget of ${dollars(limit)} for this month. It comes back ${when(resetsAt)}.`;
  },
  noticed: ({ by, change }: AuditEntry) => `${bold(by)}: ${changed(change)}`,
  logLine: ({ at, by, change }: AuditEntry) => `- ${when(at)} · ${bold(by)} · ${changed(change)}`,
  logEmpty: "Nothing was changed here yet.",

  report: (days: number, total: MicroDollars, forgiven: MicroDollars) =>
    [
      `Used in the latest ${days === 1 ? "day" : `${days} days`}: **${credits(total)}** (${dollars(total)}).`,
      forgiven > 0 ? `Failed runs, which nobody paid for, cost ${dollars(forgiven)} more.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  reportEmpty: (days: number) => `Nobody used anything in the latest ${days === 1 ? "day" : `${days} days`}.`,
  reportColumns: ["Day", "Command", "Person", "Runs", "Credits"],
  reportMore: (rows: number) => `${rows} more rows are in the attached table`,
  reportName: (today: string) => `replicord-report-${today}`,

  settings: {
    timeZone: (zone: string, resetsAt: number) =>
      `- Days begin at midnight in **${zone}**; the next ${when(resetsAt)}`,
    alertChannel: (id?: string) =>
      id === undefined
        ? "- Changes and warnings are posted nowhere"
        : `- Changes and warnings are posted in <#${id}>`,
    adminRoles: (names: readonly string[]) =>
      names.length === 0
        ? "- Nobody but those who manage the server may use `/quota` and `/models`"
        : `- \`/quota\` and \`/models\` are also for ${names.map((name) => bold({ name })).join(", ")}`,
    paused: "- **Everything is stopped.** `/quota resume` lets it go on",
    tooMany: "Please change one thing at a time.",
  },

  modelsOfKind: (kind: string, models: readonly ({ key: string } & ModelState)[]) =>
    `**${kind}**: ${models.map(({ key, ...state }) => modelName(key, state)).join(" ")}`,
  modelsExplained: "bold: used where nobody chooses one · struck out: denied here",
  modelLine: (key: string, price: string, state: ModelState) =>
    `- ${modelName(key, state)} · ${price}${state.chosen ? " · default" : ""}${state.allowed ? "" : " · denied"}`,
};
