import type { SeenMessage } from "../discord/person.ts";
import type { Markdown } from "./markdown.ts";
import type { SavedFile } from "./saved-files.ts";
import type { Style } from "./style.ts";
import { indented } from "./wrap.ts";

/** How messages are drawn. */
export interface Look {
  style: Style;
  markdown: Markdown;
  /** The terminal's width; infinite where nothing has to be wrapped. */
  columns: () => number;
}

/** Where one is, as Discord's client names it. */
export const placeName = (dm: boolean) => (dm ? "@Replicord" : "#general");

const size = (bytes: number) =>
  bytes < 1024
    ? `${bytes} bytes`
    : bytes < 2 ** 20
      ? `${Math.round(bytes / 1024)} kB`
      : `${(bytes / 2 ** 20).toFixed(1)} MB`;

type Attachment = SeenMessage["raw"]["attachments"][number];

function fileLine({ style }: Look, { filename, width, height, size: bytes }: Attachment, saved?: SavedFile) {
  const facts = [...(width && height ? [`${width} × ${height}`] : []), size(bytes)].join(", ");
  return `${style("green", "▪")} ${saved ? saved.path : filename} ${style("dim", `(${facts})`)}`;
}

/** The number of what can be pressed; of a list, the one that chooses this value. */
export type NumberOf = (customId: string, value?: string) => number | undefined;

/** A list to choose from: a line for each choice, with the number that chooses it. */
function selectLines({ style }: Look, { selects }: SeenMessage, numberOf: NumberOf): string[] {
  return selects.flatMap(({ customId, placeholder, options, disabled }) => [
    style("dim", `▾ ${placeholder}`),
    ...options.map(({ label, value, description = "" }) => {
      const number = disabled ? undefined : numberOf(customId, value);
      return `  ${style("inverse", `[${number ?? "-"}]`)} ${label} ${style("dim", description)}`.trimEnd();
    }),
  ]);
}

/** What one message looks like: its text, files, and buttons and lists with the numbers that press them. */
export function messageLines(
  look: Look,
  message: SeenMessage,
  parts: { saved: ReadonlyMap<string, SavedFile>; numberOf: NumberOf },
): string[] {
  const { style, markdown } = look;
  const buttons = message.buttons.map(({ label, customId, disabled }) => {
    const number = customId === undefined || disabled ? undefined : parts.numberOf(customId);
    return number === undefined ? style("dim", `[-] ${label}`) : style("inverse", `[${number}] ${label}`);
  });
  return [
    ...(message.private ? [style("dim", "◌ Only you can see this")] : []),
    ...(message.thinking ? [style("dim", "Replicord is thinking…")] : []),
    ...(message.content ? markdown(message.content) : []),
    ...message.raw.attachments.map((each) => fileLine(look, each, parts.saved.get(each.id))),
    ...(buttons.length > 0 ? [buttons.join("  ")] : []),
    ...selectLines(look, message, parts.numberOf),
  ].flatMap((line) => indented(line, look.columns() - 1));
}
