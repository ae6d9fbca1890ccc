/** Days and months are UTC; times are milliseconds since 1970. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, "2026-11-23".length);

export const monthOf = (now: number): string => new Date(now).toISOString().slice(0, "2026-11".length);

export function nextDay(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1);
}

export function nextMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
