import { afterAll, beforeAll, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import type { Asker } from "../../src/commands/command.ts";
import { commandsByName } from "../../src/discord/commands-by-name.ts";
import { createPresses, type Presses } from "../../src/discord/presses.ts";
import { createJobs } from "../../src/services/jobs.ts";
import { openStore, type Store } from "../../src/services/store.ts";

let store: Store;
let presses: Presses;
beforeAll(async () => {
  store = await openStore({ url: "sqlite://:memory:" });
  const jobs = createJobs(store, 7);
  presses = createPresses(commandsByName(commands), jobs);
  await jobs.save({
    id: "7",
    command: "ask",
    asker: { id: "mia", name: "Mia" },
    account: { guild: "77", person: "mia", roles: [] },
    address: null,
    request: {},
    state: "open",
    createdAt: 0,
    runs: [],
  });
});
afterAll(() => store.close());

const person = (id: string, manager = false): Asker => ({ id, name: id, roles: [], manager });
const press = (customId: string, presser = person("mia")) =>
  presses.find({ customId, presser, locale: "en-US", attachments: [] });
const refusal = (reason: object) => expect.objectContaining({ reason });

it("is what its command declares, or what all have", async () => {
  expect((await press("1|ask|reply|7")).action.kind).toBe("form");
  expect((await press("1|ask|regenerate|7")).action.kind).toBe("run");
  expect((await press("1|ask|delete|7")).action.kind).toBe("remove");
  expect(await press("1|ask|stop|7|2")).toMatchObject({ action: { kind: "update" }, press: { arg: "2" } });
});

it.each([
  ["a job that is not there", "1|ask|reply|8"],
  ["another command's job", "1|imagine|stop|7"],
  ["an action that is not there", "1|ask|dance|7"],
  ["a name that every object knows", "1|ask|constructor|7"],
  ["another bot's button", "play|next"],
])("is refused where it names %s", async (_, customId) => {
  await expect(press(customId)).rejects.toThrow(refusal({ kind: "gone" }));
});

it("of a select is about the job that was chosen, whichever command it belongs to", async () => {
  const arrived = { customId: "1|jobs|open|99", locale: "en-US", attachments: [], chosen: "7" };
  const chosen = await presses.find({ ...arrived, presser: person("mia") });
  expect(chosen).toMatchObject({ id: { command: "ask", job: "7" }, command: { name: "ask" } });
  await expect(presses.find({ ...arrived, presser: person("oto") })).rejects.toThrow(
    refusal({ kind: "not-yours", managers: false }),
  );
  await expect(presses.find({ ...arrived, presser: person("mia"), chosen: "8" })).rejects.toThrow(
    refusal({ kind: "gone" }),
  );
});

it("on Delete is known to be a repetition, on other buttons of what was deleted it is not", async () => {
  await createJobs(store, 7).forget("6");
  expect(await presses.isDeletedAlready("1|ask|delete|6")).toBe(true);
  expect(await presses.isDeletedAlready("1|ask|again|6")).toBe(false);
  expect(await presses.isDeletedAlready("1|ask|delete|7")).toBe(false);
  expect(await presses.isDeletedAlready("play|next")).toBe(false);
});

it("is the asker's, and for some actions those' who manage the server", async () => {
  const nobodyElse = refusal({ kind: "not-yours", managers: false });
  await expect(press("1|ask|reply|7", person("oto"))).rejects.toThrow(nobodyElse);
  await expect(press("1|ask|reply|7", person("ada", true))).rejects.toThrow(nobodyElse);
  await expect(press("1|ask|stop|7", person("oto"))).rejects.toThrow(
    refusal({ kind: "not-yours", managers: true }),
  );
  expect((await press("1|ask|stop|7", person("ada", true))).id.action).toBe("stop");
});

it("of an example belongs to no job, and runs nothing that is no example", () => {
  const tried = (arg: string) => presses.tried(`1|help|try|99|${arg}`);
  expect(tried("ask")).toMatchObject({ command: { name: "ask" }, options: { private: true } });
  // What needs a file, what runs no model, what there is not, and what every object knows.
  for (const arg of ["upscale", "usage", "quota", "dance", "constructor", ""])
    expect([arg, tried(arg)]).toEqual([arg, undefined]);
  for (const other of ["1|usage|try|99|ask", "1|ask|try|99|ask", "play|next"])
    expect([other, presses.tried(other)]).toEqual([other, undefined]);
});
