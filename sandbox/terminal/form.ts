import { ComponentType } from "discord-api-types/v10";
import type { Exchange } from "../discord/person.ts";

/** A form that somebody fills in, one field after the other. */
export interface Filling {
  title: string;
  /** The field that is next, and what already stands in it; undefined once there is none left. */
  field: { label: string; value: string } | undefined;
  /** The line that was typed for it; nothing keeps what stands in it. False where it has to be filled in and is not. */
  enter(line: string): boolean;
  /** What was entered, by the fields' custom_ids. */
  values: Readonly<Record<string, string>>;
}

interface OpenField {
  name: string;
  label: string;
  value: string;
  required: boolean;
  /** What is meant by the line that was typed; undefined for nothing that there is. */
  read(line: string): string | undefined;
}

/** The form's texts and lists to choose from, by number or by name; other kinds of field are left as they are. */
function openFields({ modal }: Exchange): OpenField[] {
  return (modal?.components ?? []).flatMap((row): OpenField[] => {
    if (row.type !== ComponentType.Label) return [];
    const { component, label } = row;
    if (component.type === ComponentType.TextInput) {
      // Discord's default is that a field has to be filled in.
      const { custom_id: name, value = "", required = true } = component;
      return [{ name, label, value, required, read: (line) => line }];
    }
    if (component.type !== ComponentType.StringSelect) return [];
    const { custom_id: name, options } = component;
    const choices = options.map((option, index) => `${index + 1} ${option.label}`).join(", ");
    const read = (line: string) =>
      (options[Number(line) - 1] ?? options.find((option) => option.label === line))?.value;
    return [{ name, label: `${label} (${choices})`, value: "1", required: true, read }];
  });
}

/** Undefined where the exchange opened no form. */
export function fillIn(exchange: Exchange): Filling | undefined {
  if (!exchange.modal) return undefined;
  const open = openFields(exchange);
  const values: Record<string, string> = {};
  return {
    title: exchange.modal.title,
    get field() {
      return open[0];
    },
    enter(line) {
      const [field] = open;
      const text = field?.read(line || field.value);
      if (!field || text === undefined || (field.required && !text)) return false;
      values[field.name] = text;
      open.shift();
      return true;
    },
    values,
  };
}
