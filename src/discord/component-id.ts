/** What a button says when it is pressed. It carries ids, never anything that must be trusted. */
export interface ComponentId {
  command: string;
  action: string;
  job: string;
  arg?: string;
}

/** Discord allows 1 to 100 characters. */
const MAX_LENGTH = 100;
const VERSION = "1";

/** A `custom_id`: `1|ask|stop|1048390221946834954`. */
export function encode({ command, action, job, arg }: ComponentId): string {
  const id = [VERSION, command, action, job, ...(arg === undefined ? [] : [arg])]
    .map(encodeURIComponent)
    .join("|");
  if (id.length > MAX_LENGTH) throw new RangeError(`A custom_id has at most ${MAX_LENGTH} characters: ${id}`);
  return id;
}

/** Undefined for what another bot, another version or somebody's fantasy made. */
export function decode(customId: string): ComponentId | undefined {
  try {
    const [version, command, action, job, arg, ...rest] = customId.split("|").map(decodeURIComponent);
    if (version !== VERSION || !command || !action || !job || rest.length > 0) return undefined;
    return { command, action, job, ...(arg === undefined ? {} : { arg }) };
  } catch {
    return undefined;
  }
}
