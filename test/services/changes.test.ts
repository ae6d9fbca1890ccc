import { expect, it } from "vitest";
import { createChanges } from "../../src/services/changes.ts";

it("everyone who waits is told of the next change", async () => {
  const changes = createChanges();
  const waiting = Promise.all([changes.after(0), changes.after(0)]);
  changes.notify();
  await waiting;
  expect(changes.count).toBe(1);
});

it("who has missed a change does not wait for another one", async () => {
  const changes = createChanges();
  changes.notify();
  await changes.after(0);
  let told = false;
  const next = changes.after(1).then(() => (told = true));
  await Promise.resolve();
  expect(told).toBe(false);
  changes.notify();
  await next;
});
