import {
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmission,
  ComponentType,
  TextInputStyle,
} from "discord.js";
import type { ChoiceField, Field, Filled, Form, TextField } from "../commands/form.ts";
import { type OptionRule, Problem } from "../services/problem.ts";
import { type ComponentId, encode } from "./component-id.ts";

/** Discord's bounds for a title, for a label, and for what is typed. */
const MAX_TITLE = 45;
const MAX_TEXT = 4_000;

/** Discord's bounds for a list to choose from. */
const MAX_CHOICES = 25;
const MAX_CHOICE = 100;

const limitOf = ({ max = MAX_TEXT }: TextField) => Math.min(max, MAX_TEXT);

/** A letter of two halves is not cut in the middle: Discord takes no half of one. */
const cut = (text: string, max = MAX_CHOICE) => text.slice(0, max).replace(/[\uD800-\uDBFF]$/, "");

const select = (name: string, { choices }: ChoiceField) => ({
  type: ComponentType.StringSelect as const,
  custom_id: name,
  required: true,
  options: choices
    .slice(0, MAX_CHOICES)
    .map(({ label, value }) => ({ label: cut(label), value: cut(value) })),
});

const textInput = (name: string, field: TextField) => ({
  type: ComponentType.TextInput as const,
  custom_id: name,
  style: field.long ? TextInputStyle.Paragraph : TextInputStyle.Short,
  required: field.required ?? false,
  max_length: limitOf(field),
  ...(field.value ? { value: cut(field.value, limitOf(field)) } : {}),
});

/** A Form as Discord opens it. When it is sent it says what the button said that opened it. */
export const renderForm = (
  { title, fields }: Form,
  id: ComponentId,
): APIModalInteractionResponseCallbackData => ({
  custom_id: encode(id),
  title: cut(title, MAX_TITLE),
  components: Object.entries(fields).map(([name, field]) => ({
    type: ComponentType.Label,
    label: cut(field.label, MAX_TITLE),
    component: "choices" in field ? select(name, field) : textInput(name, field),
  })),
});

/** What was entered into one field; Discord's client checks the same, and others need not. */
function checked(field: Field, entered: string): string {
  const bad = (rule: OptionRule) => new Problem({ kind: "bad-option", option: field.label, rule });
  if ("choices" in field) {
    const values = field.choices.map(({ value }) => cut(value));
    if (values.includes(entered)) return entered;
    throw bad({ kind: "choice", choices: values });
  }
  const text = entered.trim();
  if (field.required && text === "") throw bad({ kind: "required" });
  if (text.length > limitOf(field)) throw bad({ kind: "text", max: limitOf(field) });
  return text;
}

/**
 * What was entered, by the fields' names.
 * @throws {Problem} bad-option
 */
export function readForm({ fields }: Form, { components }: APIModalSubmission): Filled {
  const entered = new Map<string, string>();
  for (const row of components) {
    if (row.type !== ComponentType.Label) continue;
    const { component } = row;
    if (component.type === ComponentType.TextInput) entered.set(component.custom_id, component.value);
    if (component.type === ComponentType.StringSelect)
      entered.set(component.custom_id, component.values[0] ?? "");
  }
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, field]) => [name, checked(field, entered.get(name) ?? "")]));
}
