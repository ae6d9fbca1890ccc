import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPaces } from "../../src/services/paces.ts";
import { openStore, type Store } from "../../src/services/store.ts";

let store: Store;
beforeEach(async () => void (store = await openStore({ url: "sqlite://:memory:" })));
afterEach(() => store.close());

it("expects nothing of a model that never ran", async () => {
  expect(await createPaces(store).expect("flux-schnell")).toBeUndefined();
});

it("expects what the middle one of the latest runs took", async () => {
  const paces = createPaces(store);
  for (const [wait, run] of [
    [1, 10],
    [60, 12],
    [2, 90],
  ] as const)
    await paces.learn("sdxl", wait, run);
  expect(await paces.expect("sdxl")).toEqual({ waitSeconds: 2, runSeconds: 12 });
});

it("forgets what is long ago, and loses nothing of what came at once", async () => {
  const paces = createPaces(store);
  for (let run = 0; run < 20; run++) await paces.learn("sdxl", 0, 500);
  await Promise.all(Array.from({ length: 20 }, () => paces.learn("sdxl", 0, 5)));
  expect(await paces.expect("sdxl")).toEqual({ waitSeconds: 0, runSeconds: 5 });
});

it("knows at once what it read or learnt before, and reads what it does not know for the next one", async () => {
  const before = createPaces(store);
  expect(before.known("sdxl")).toBeUndefined();
  await before.learn("sdxl", 2, 12);
  expect(before.known("sdxl")).toEqual({ waitSeconds: 2, runSeconds: 12 });
  const after = createPaces(store);
  expect(after.known("sdxl")).toBeUndefined();
  await vi.waitFor(() => expect(after.known("sdxl")).toEqual({ waitSeconds: 2, runSeconds: 12 }));
});

it("asks the store again where it was away", async () => {
  await createPaces(store).learn("sdxl", 2, 12);
  let away = true;
  const records = store.records.bind(store);
  const paces = createPaces({
    ...store,
    records: (namespace, schema, form) => {
      const kept = records(namespace, schema, form);
      return { ...kept, get: (key) => (away ? Promise.reject(new Error("away")) : kept.get(key)) };
    },
  });
  expect(paces.known("sdxl")).toBeUndefined();
  await Promise.resolve();
  away = false;
  await vi.waitFor(() => expect(paces.known("sdxl")?.runSeconds).toBe(12));
});
