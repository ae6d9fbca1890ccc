import { type APIModalSubmissionComponent, ComponentType } from "discord-api-types/v10";
import type { Node } from "./components.ts";
import type { Upload } from "./person.ts";

/** A form's field with what the person entered. */
export function fill(
  field: Node,
  values: Record<string, string | { upload: Upload }>,
  addUpload: (upload: Upload) => string,
): APIModalSubmissionComponent {
  const enter = ({ type, id, custom_id = "", value }: Node) => {
    const given = values[custom_id];
    const base = { type, custom_id, ...(id !== undefined && { id }) };
    if (typeof given === "object") return { ...base, values: [addUpload(given.upload)] };
    if (type === ComponentType.TextInput) return { ...base, value: given ?? value ?? "" };
    if (type === ComponentType.RadioGroup) return { ...base, value: given ?? null };
    if (type === ComponentType.Checkbox) return { ...base, value: given === "true" };
    return { ...base, values: given === undefined ? [] : [given] };
  };
  const filled = {
    type: field.type,
    ...(field.id !== undefined && { id: field.id }),
    ...(field.components && { components: field.components.map(enter) }),
    ...(field.component && { component: enter(field.component) }),
  };
  return filled as unknown as APIModalSubmissionComponent;
}
