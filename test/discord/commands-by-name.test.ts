import { expect, it } from "vitest";
import {
  answeringCommand,
  defineCommand,
  defineGroup,
  defineMessageCommand,
  defineUserCommand,
  runningCommand,
} from "../../src/commands/command.ts";
import { audio, boolean, optional, person } from "../../src/commands/options.ts";
import { commandsByName } from "../../src/discord/commands-by-name.ts";

const answer = answeringCommand({
  name: "quota",
  description: "Answers",
  options: { user: person("Who") },
  answer: async () => ({ text: "" }),
});
const run = runningCommand({
  name: "quota",
  description: "Runs",
  options: { audio: audio("What"), loud: optional(boolean("Loud")) },
  runs: () => [],
  view: () => ({ text: "" }),
});

it("tells commands of one name apart by what they are used on", () => {
  const names = commandsByName([
    defineCommand(answer),
    defineMessageCommand({ name: "quota", option: "audio", body: run, preset: { loud: true } }),
    defineUserCommand({ name: "quota", option: "user", manager: true, body: answer }),
    defineGroup({ name: "admin", description: "Admin", manager: true, commands: [answer] }),
  ]);
  expect(names.slash("quota")).toEqual({ body: answer, manager: false });
  expect(names.message("quota")).toEqual({
    body: run,
    manager: false,
    menuOption: "audio",
    preset: { loud: true },
  });
  expect(names.user("quota")).toEqual({ body: answer, manager: true, menuOption: "user" });
  expect(names.slash("admin", "quota")).toEqual({ body: answer, manager: true });
  expect(names.user("admin quota")).toBeUndefined();
});
