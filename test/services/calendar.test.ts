import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, latestDays, nextDay, nextMonth, timeZoneNamed } from "../../src/services/calendar.ts";

const at = (iso: string) => Date.parse(iso);
const HOUR = 3_600_000;

describe("a day", () => {
  it("begins at midnight where the server is", () => {
    const now = at("2026-11-23T21:30:00Z");
    expect(dayOf(now)).toBe("2026-11-23");
    expect(dayOf(now, "Asia/Tokyo")).toBe("2026-11-24");
    expect(dayOf(now, "America/Los_Angeles")).toBe("2026-11-23");
    expect(nextDay(now)).toBe(at("2026-11-24T00:00:00Z"));
    expect(nextDay(now, "Asia/Tokyo")).toBe(at("2026-11-24T15:00:00Z"));
    expect(nextDay(now, "Asia/Kathmandu")).toBe(at("2026-11-24T18:15:00Z"));
  });

  it("has 23 or 25 hours where clocks change", () => {
    const berlin = "Europe/Berlin";
    expect(nextDay(at("2026-03-28T23:00:00Z"), berlin) - at("2026-03-28T23:00:00Z")).toBe(23 * HOUR);
    expect(nextDay(at("2026-10-24T22:00:00Z"), berlin) - at("2026-10-24T22:00:00Z")).toBe(25 * HOUR);
  });

  it("begins after the leap where clocks leap over midnight", () => {
    // Lebanon's summer time begins at midnight, which is one o'clock then.
    const begins = nextDay(at("2026-03-28T12:00:00Z"), "Asia/Beirut");
    expect(begins).toBe(at("2026-03-28T22:00:00Z"));
    expect(dayOf(begins, "Asia/Beirut")).toBe("2026-03-29");
    expect(dayOf(begins - 1, "Asia/Beirut")).toBe("2026-03-28");
  });

  it("is another one exactly when the next begins, everywhere and always", () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"), "UTC");
    const now = fc.integer({ min: at("2000-01-01T00:00:00Z"), max: at("2040-01-01T00:00:00Z") });
    fc.assert(
      fc.property(zone, now, (zone, now) => {
        const next = nextDay(now, zone);
        expect(next).toBeGreaterThan(now);
        expect(next - now).toBeLessThanOrEqual(50 * HOUR); // Samoa once left out a day.
        expect(dayOf(next - 1, zone)).toBe(dayOf(now, zone));
        expect(dayOf(next, zone) > dayOf(now, zone)).toBe(true);
      }),
      { numRuns: 500, interruptAfterTimeLimit: 5_000 },
    );
  });
});

it("a month ends in UTC, also a year's last", () => {
  expect(nextMonth(at("2026-12-31T23:59:59Z"))).toBe(at("2027-01-01T00:00:00Z"));
});

it("the latest days go back over the month's beginning", () => {
  expect(latestDays("2026-03-01", 2)).toEqual(["2026-03-01", "2026-02-28"]);
});

it("knows time zones in any case, and what is none", () => {
  expect(timeZoneNamed("asia/tokyo")).toBe("Asia/Tokyo");
  expect(timeZoneNamed("Middle-earth/Shire")).toBeUndefined();
  expect(timeZoneNamed("")).toBeUndefined();
});
