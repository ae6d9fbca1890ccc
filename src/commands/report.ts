import { stringify } from "csv-stringify/sync";
import { quoted } from "../locales/format.ts";
import { words } from "../locales/index.ts";
import { sum, toCredits, toDollars } from "../services/money.ts";
import { REPORT_DAYS, type Spent } from "../services/spending.ts";
import { guildOf } from "./administering.ts";
import { answeringCommand, type View } from "./command.ts";
import { integer, optional } from "./options.ts";

const ROWS_SHOWN = 15;

/** A name in a table's cell. */
const cell = (text: string) => quoted(text, 24).replaceAll("|", "\\|");

/**
 * As spreadsheets read it: with a byte order mark, and with what they would take for a formula made text, because people
 * choose their names themselves.
 */
export const csvOf = (rows: readonly Spent[]): string =>
  stringify(
    rows.map((row) => ({
      day: row.day,
      command: row.command,
      person: row.name,
      // Spreadsheets round numbers of 18 digits.
      person_id: `id ${row.person}`,
      runs: row.runs,
      credits: toCredits(row.charged),
      usd: toDollars(row.charged),
      failed_usd: toDollars(row.forgiven),
    })),
    { header: true, bom: true, escape_formulas: true, record_delimiter: "windows" },
  );

export const report = answeringCommand({
  name: "report",
  description: "Who used what, by day, command and person",
  options: { days: optional(integer("How many days back", { min: 1, max: REPORT_DAYS })) },
  async answer(request, { quota }): Promise<View> {
    const say = words(request.locale);
    const days = request.options.days ?? 7;
    const rows = (await quota.report(guildOf(request), days)).toSorted(
      (a, b) => b.day.localeCompare(a.day) || b.charged - a.charged,
    );
    const [latest] = rows;
    if (!latest) return { text: say.reportEmpty(days) };
    const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
    const shown = rows
      .slice(0, ROWS_SHOWN)
      .map(({ day, command, name, runs, charged }) =>
        line([day, command, cell(name), runs, say.amount(charged)]),
      );
    return {
      text: [
        say.report(days, sum(rows.map(({ charged }) => charged)), sum(rows.map(({ forgiven }) => forgiven))),
        "",
        line(say.reportColumns),
        line(say.reportColumns.map(() => "---")),
        ...shown,
      ].join("\n"),
      quiet: rows.length > ROWS_SHOWN ? [say.reportMore(rows.length - ROWS_SHOWN)] : [],
      files: [{ name: say.reportName(latest.day), from: { text: csvOf(rows), extension: "csv" } }],
    };
  },
});
