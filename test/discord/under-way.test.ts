import { expect, it } from "vitest";
import { createUnderWay } from "../../src/discord/under-way.ts";

it("an answer that is taken away has ended when nothing of it comes any more", async () => {
  const underWay = createUnderWay(() => undefined);
  const steps: string[] = [];
  void underWay.begin("5", async (taken) => {
    await new Promise<void>((resolve) => taken.addEventListener("abort", () => resolve()));
    await Promise.resolve();
    steps.push("ended");
  });
  await underWay.take("another");
  expect(steps).toEqual([]);
  await underWay.take("5");
  expect(steps).toEqual(["ended"]);
  await underWay.idle();
});

it("what fails is told, and is under way no more", async () => {
  const failures: unknown[] = [];
  const underWay = createUnderWay((error) => void failures.push(error));
  const error = new Error("broken");
  await underWay.track(Promise.reject(error));
  await underWay.begin("5", () => Promise.reject(error));
  expect(failures).toEqual([error, error]);
  await underWay.idle();
});
