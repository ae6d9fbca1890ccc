import { afterAll, beforeAll, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import type { Asker } from "../../src/commands/command.ts";
import { commandsByName } from "../../src/discord/commands-by-name.ts";
import { createPresses } from "../../src/discord/presses.ts";
import { createJobs } from "../../src/services/jobs.ts";
import { openStore, type Store } from "../../src/services/store.ts";

let store: Store;
let find: ReturnType<typeof createPresses>;
beforeAll(async () => {
  store = await openStore({ url: "sqlite://:memory:" });
  const jobs = createJobs(store, 7);
  find = createPresses(commandsByName(commands), jobs);
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
const press = (customId: string, presser = person("mia")) => find(customId, presser, "en-US");
const refusal = (reason: object) => expect.objectContaining({ reason });

it("is what its command declares, or what all have", async () => {
  expect((await press("1|ask|reply|7")).action.kind).toBe("form");
  expect((await press("1|ask|regenerate|7")).action.kind).toBe("run");
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

it("is the asker's, and for some actions those' who manage the server", async () => {
  const nobodyElse = refusal({ kind: "not-yours", managers: false });
  await expect(press("1|ask|reply|7", person("oto"))).rejects.toThrow(nobodyElse);
  await expect(press("1|ask|reply|7", person("ada", true))).rejects.toThrow(nobodyElse);
  await expect(press("1|ask|stop|7", person("oto"))).rejects.toThrow(
    refusal({ kind: "not-yours", managers: true }),
  );
  expect((await press("1|ask|stop|7", person("ada", true))).id.action).toBe("stop");
});
