import { type MicroDollars, toCredits, toDollars } from "../services/money.ts";

/** `3`, `0.4`, `<0.1`, `12,000`: credits as people read them. */
export function amount(money: MicroDollars, locale = "en"): string {
  const credits = toCredits(money);
  const digits = Math.abs(credits) >= 10 ? 0 : 1;
  if (credits > 0 && credits < 0.1) return "<0.1";
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(credits);
}

/** `$12.50`, `$0.003`: money as those see it who pay it. */
export function dollars(money: MicroDollars, locale = "en"): string {
  const value = toDollars(money);
  const maximumFractionDigits = Math.abs(value) >= 0.1 || value === 0 ? 2 : 4;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits,
  }).format(value);
}

/** A moment as Discord shows it in the reader's own time zone: "in 5 hours". */
export const when = (ms: number) => `<t:${Math.floor(ms / 1000)}:R>`;

export const megabytes = (bytes: number) =>
  `${(bytes / (1024 * 1024)).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`;

/** `1.2 s`, `42 s`, `3 min` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

const BAR = 10;

/** `▰▰▰▱▱▱▱▱▱▱ 30 %`, of 0 to 1. */
export function bar(progress: number): string {
  const done = Math.max(0, Math.min(1, progress));
  const filled = Math.floor(done * BAR);
  return `${"▰".repeat(filled)}${"▱".repeat(BAR - filled)} ${Math.floor(done * 100)} %`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** `1:05`, `2:00:07` */
export function clockTime(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = two(Math.floor(seconds % 60));
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

export const list = (items: readonly string[]) =>
  new Intl.ListFormat("en", { type: "disjunction" }).format(items);

/** At most `max` letters as readers count them, the last of them an ellipsis where some are missing. */
function shortened(line: string, max: number): string {
  const letters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return letters.length > max ? `${letters.slice(0, max - 1).join("")}…` : line;
}

/** Text that somebody typed, on one line, so that its characters do not format anything. */
export function quoted(text: string, max: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const cut = line.length > max ? shortened(line, max) : line;
  return cut.replaceAll(/[\\*_~`|<>[\]()#@:-]/g, (character) => `\\${character}`);
}
