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
