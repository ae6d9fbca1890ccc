/** Times are milliseconds since 1970; months, and days unless told otherwise, are UTC's. */
import { createRecent } from "./recent.ts";

export const UTC = "UTC";

const DAY_MS = 86_400_000;

/** Making one takes 50 µs, and every account asks for its day. */
const formats = createRecent<Intl.DateTimeFormat>(200);

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "gregory",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  formats.set(timeZone, made);
  return made;
}

/** The name as the system writes it; undefined where it knows no such zone. */
export function timeZoneNamed(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The date there: `2026-11-23`. */
export function dayOf(now: number, timeZone: string = UTC): string {
  if (timeZone === UTC) return new Date(now).toISOString().slice(0, "2026-11-23".length);
  const parts = formatOf(timeZone).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

export const monthOf = (now: number): string => new Date(now).toISOString().slice(0, "2026-11".length);

/** When the next day begins there, to the second: at midnight, or where clocks leap over midnight, after the leap. */
export function nextDay(now: number, timeZone: string = UTC): number {
  if (timeZone === UTC) return (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  const today = dayOf(now, timeZone);
  let [before, after] = [Math.floor(now / 1_000), Math.ceil(now / 1_000) + 3_600];
  while (dayOf(after * 1_000, timeZone) === today) [before, after] = [after, after + 3_600];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle * 1_000, timeZone) === today) before = middle;
    else after = middle;
  }
  return after * 1_000;
}

export function nextMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** The latest days up to this one, newest first: `latestDays("2026-03-01", 2)` is that day and 28 February. */
export const latestDays = (day: string, count: number): string[] =>
  Array.from({ length: count }, (_, ago) => dayOf(Date.parse(day) - ago * DAY_MS));
