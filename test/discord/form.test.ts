import type { APIModalSubmission } from "discord.js";
import { ModalInteractionCallbackRequestSchema } from "discord-api-spec/zod";
import { describe, expect, it } from "vitest";
import type { Form } from "../../src/commands/form.ts";
import { readForm, renderForm } from "../../src/discord/form.ts";

const id = { command: "ask", action: "reply", job: "1048390221946834954", arg: "2" };
const form: Form = {
  title: "Reply",
  fields: {
    prompt: { label: "What you want to say next", long: true, max: 100, required: true },
    tone: { label: "Tone", value: "kind" },
  },
};

describe("a form", () => {
  it("is a modal that carries the ids of its button", () => {
    const data = renderForm(form, id);
    expect(data).toEqual({
      custom_id: "1|ask|reply|1048390221946834954|2",
      title: "Reply",
      components: [
        {
          type: 18,
          label: "What you want to say next",
          component: { type: 4, custom_id: "prompt", style: 2, required: true, max_length: 100 },
        },
        {
          type: 18,
          label: "Tone",
          component: {
            type: 4,
            custom_id: "tone",
            style: 1,
            required: false,
            max_length: 4_000,
            value: "kind",
          },
        },
      ],
    });
    expect(ModalInteractionCallbackRequestSchema.safeParse({ type: 9, data }).error).toBeUndefined();
  });

  it("is cut to what Discord takes, however long it is", () => {
    const long = "x".repeat(5_000);
    const data = renderForm(
      { title: long, fields: { prompt: { label: long, max: 6_000, value: long } } },
      id,
    );
    expect(ModalInteractionCallbackRequestSchema.safeParse({ type: 9, data }).error).toBeUndefined();
  });
});

describe("a list to choose from", () => {
  const choosing: Form = {
    title: "Edit",
    fields: {
      picture: {
        label: "Which picture",
        choices: [
          { label: "a-fox-1.png", value: "a-fox-1.png" },
          { label: "a-fox-2.png", value: "a-fox-2.png" },
        ],
      },
    },
  };
  const chosen = (...values: string[]) =>
    ({
      custom_id: "1|imagine|edit|1",
      components: [{ type: 18, id: 1, component: { type: 3, id: 2, custom_id: "picture", values } }],
    }) as APIModalSubmission;

  it("is a select in the modal, which Discord takes however long it is", () => {
    const data = renderForm(choosing, id);
    expect(data.components[0]).toMatchObject({
      type: 18,
      component: { type: 3, custom_id: "picture", required: true, options: [{}, { label: "a-fox-2.png" }] },
    });
    const choices = Array.from({ length: 40 }, (_, at) => ({ label: "x".repeat(150), value: `${at}` }));
    const long = renderForm({ title: "Edit", fields: { picture: { label: "Which", choices } } }, id);
    for (const each of [data, long])
      expect(ModalInteractionCallbackRequestSchema.safeParse({ type: 9, data: each }).error).toBeUndefined();
  });

  it("comes back as what was chosen, and as nothing else", () => {
    expect(readForm(choosing, chosen("a-fox-2.png"))).toEqual({ picture: "a-fox-2.png" });
    for (const other of [["a-cat.png"], []])
      expect(() => readForm(choosing, chosen(...other))).toThrow(
        expect.objectContaining({
          reason: {
            kind: "bad-option",
            option: "Which picture",
            rule: { kind: "choice", choices: ["a-fox-1.png", "a-fox-2.png"] },
          },
        }),
      );
  });
});

const sent = (values: Record<string, string>) =>
  ({
    custom_id: "1|ask|reply|1",
    components: Object.entries(values).map(([custom_id, value], index) => ({
      type: 18,
      id: index,
      component: { type: 4, id: index + 10, custom_id, value },
    })),
  }) as APIModalSubmission;

describe("what was entered", () => {
  it("comes by the fields' names, empty where nothing was entered", () => {
    expect(readForm(form, sent({ prompt: " And then? ", other: "x" }))).toEqual({
      prompt: "And then?",
      tone: "",
    });
  });

  it.each([
    ["nothing where something has to be", { prompt: " \n" }, { kind: "required" }],
    ["no such field at all", {}, { kind: "required" }],
    ["more than there is room for", { prompt: "x".repeat(101) }, { kind: "text", max: 100 }],
  ])("is refused: %s", (_, values, rule) => {
    expect(() => readForm(form, sent(values))).toThrow(
      expect.objectContaining({
        reason: { kind: "bad-option", option: "What you want to say next", rule },
      }),
    );
  });
});
