import type { Account } from "../../../src/services/quota.ts";

/** None of these has summer time, so that the day there can be told on paper. */
export const guilds = [
  { id: "g0", zone: "UTC", minutesEast: 0 },
  { id: "g1", zone: "Pacific/Kiritimati", minutesEast: 14 * 60 },
  { id: "g2", zone: "Pacific/Pago_Pago", minutesEast: -11 * 60 },
  { id: "g3", zone: "Asia/Kolkata", minutesEast: 5 * 60 + 30 },
  { id: "g4", zone: "America/Phoenix", minutesEast: -7 * 60 },
] as const;

export const PEOPLE = 50;

export const roles = ["artist", "patron"] as const;

const member = (number: number): Account => ({
  guild: guilds[number % guilds.length]!.id,
  person: `person-${number}`,
  roles: roles.slice(0, number % (roles.length + 1)),
});

/** Fifty people in five guilds, of whom five also write direct messages. */
export const accounts: readonly Account[] = [
  ...Array.from({ length: PEOPLE }, (_, number) => member(number)),
  ...guilds.map((_, number) => ({ guild: null, person: `person-${number}`, roles: [] })),
];

export const nameOf = ({ guild, person }: Pick<Account, "guild" | "person">) => `${guild ?? "dm"}/${person}`;

/** What the operator has set: so little that a history meets each of the limits. */
export const operator = {
  monthlyUsd: 0.25,
  guildMonthlyUsd: 0.2,
  dailyCredits: 70,
  dmDailyCredits: 40,
  jobsAtOnce: 2,
};
