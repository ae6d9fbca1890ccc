import {
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmission,
  ComponentType,
  TextInputStyle,
} from "discord.js";
import type { Field, Filled, Form } from "../commands/form.ts";
import { Problem } from "../services/problem.ts";
import { type ComponentId, encode } from "./component-id.ts";

/** Discord's bounds for a title, for a label, and for what is typed. */
const MAX_TITLE = 45;
const MAX_TEXT = 4_000;

const limitOf = ({ max = MAX_TEXT }: Field) => Math.min(max, MAX_TEXT);

const input = (name: string, field: Field) => ({
  type: ComponentType.TextInput as const,
  custom_id: name,
  style: field.long ? TextInputStyle.Paragraph : TextInputStyle.Short,
  required: field.required ?? false,
  max_length: limitOf(field),
  ...(field.value ? { value: field.value.slice(0, limitOf(field)) } : {}),
});

/** A Form as Discord opens it. When it is sent it says what the button said that opened it. */
export const renderForm = (
  { title, fields }: Form,
  id: ComponentId,
): APIModalInteractionResponseCallbackData => ({
  custom_id: encode(id),
  title: title.slice(0, MAX_TITLE),
  components: Object.entries(fields).map(([name, field]) => ({
    type: ComponentType.Label,
    label: field.label.slice(0, MAX_TITLE),
    component: input(name, field),
  })),
});

/** What was typed into one field; Discord's client checks the same, and others need not. */
function checked(field: Field, typed: string): string {
  const bad = (rule: { kind: "required" } | { kind: "text"; max: number }) =>
    new Problem({ kind: "bad-option", option: field.label, rule });
  const text = typed.trim();
  if (field.required && text === "") throw bad({ kind: "required" });
  if (text.length > limitOf(field)) throw bad({ kind: "text", max: limitOf(field) });
  return text;
}

/**
 * What was entered, by the fields' names.
 * @throws {Problem} bad-option
 */
export function readForm({ fields }: Form, { components }: APIModalSubmission): Filled {
  const typed = new Map<string, string>();
  for (const row of components)
    if (row.type === ComponentType.Label && row.component.type === ComponentType.TextInput)
      typed.set(row.component.custom_id, row.component.value);
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, field]) => [name, checked(field, typed.get(name) ?? "")]));
}
