import { expect, it } from "vitest";
import { PRICE, expectExactlyATenth, startAnn } from "./at-once.ts";

it("of a hundred requests of one person at once, with credit for ten, exactly ten run", () =>
  expectExactlyATenth(100));

it("of fifty requests at once three run, as nothing else is set, and the others are told why", async () => {
  const ann = await startAnn({ DAILY_CREDITS: "300" });
  const { admitted, refused } = await ann.askAtOnce(50);
  expect(admitted).toHaveLength(3);
  expect(refused).toEqual({ "too-many-jobs": 47 });
  await Promise.all(admitted.map(ann.follow));
  expect(await ann.standing()).toMatchObject({ held: 0, spent: 3 * PRICE });
  const later = await ann.askAtOnce(50);
  expect(later.admitted).toHaveLength(3);
  await ann.close();
});
