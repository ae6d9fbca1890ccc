import { ComponentType } from "discord-api-types/v10";
import type { Exchange } from "../discord/person.ts";

/** A form that somebody fills in, one text field after the other. */
export interface Filling {
  title: string;
  /** The field that is next, and what already stands in it; undefined once there is none left. */
  field: { label: string; value: string } | undefined;
  /** The line that was typed for it; nothing keeps what stands in it. False where it has to be filled in and is not. */
  enter(line: string): boolean;
  /** What was entered, by the fields' custom_ids. */
  values: Readonly<Record<string, string>>;
}

interface TextField {
  name: string;
  label: string;
  value: string;
  required: boolean;
}

/** The form's text fields; other kinds of field are left as they are. */
function textFields({ modal }: Exchange): TextField[] {
  return (modal?.components ?? []).flatMap((row) => {
    if (row.type !== ComponentType.Label || row.component.type !== ComponentType.TextInput) return [];
    // Discord's default is that a field has to be filled in.
    const { custom_id: name, value = "", required = true } = row.component;
    return [{ name, label: row.label, value, required }];
  });
}

/** Undefined where the exchange opened no form. */
export function fillIn(exchange: Exchange): Filling | undefined {
  if (!exchange.modal) return undefined;
  const open = textFields(exchange);
  const values: Record<string, string> = {};
  return {
    title: exchange.modal.title,
    get field() {
      return open[0];
    },
    enter(line) {
      const [field] = open;
      const text = line || (field?.value ?? "");
      if (!field || (field.required && !text)) return false;
      values[field.name] = text;
      open.shift();
      return true;
    },
    values,
  };
}
