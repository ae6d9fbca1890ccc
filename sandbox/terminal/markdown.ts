import type { Style } from "./style.ts";
import type { Names } from "./values.ts";

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `<t:1764000000:R>` as Discord shows it: "in 5 hours". */
function relative(seconds: number): string {
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en").format(Math.round(seconds / size), unit);
}

const timestamp = (seconds: number, format: string | undefined, now: number) =>
  format === "R"
    ? relative(seconds - now / 1000)
    : new Intl.DateTimeFormat("en-US", {
        ...(format === "t" || format === "T" ? {} : { dateStyle: "long" }),
        ...(format === "d" || format === "D" ? {} : { timeStyle: "short" }),
      }).format(seconds * 1000);

const nameOf = (names: ReadonlyMap<string, string>, id: string) =>
  [...names].find(([, each]) => each === id)?.[0];

/** What is understood inside a line, in this order: what stands in code formats nothing. */
const INLINE =
  /(?<code>`+)(?<coded>.+?)\k<code>|\\(?<escaped>[\\*_~`|<>[\]()#@:.-])|\*\*(?<bold>.+?)\*\*|~~(?<struck>.+?)~~|\*(?<starred>[^\s*](?:[^*]*[^\s*])?)\*|(?<!\w)_(?<lined>[^_]+)_(?!\w)|<t:(?<at>-?\d+)(?::(?<format>[tTdDfFR]))?>|<@!?(?<user>\d+)>|<@&(?<role>\d+)>|<#(?<channel>\d+)>/g;

type Groups = Partial<
  Record<"code" | "coded" | "escaped" | "bold" | "struck" | "starred" | "lined", string>
> &
  Partial<Record<"at" | "format" | "user" | "role" | "channel", string>>;

/** Discord's Markdown, lightly: enough that an answer reads as it does there. */
export function createMarkdown(style: Style, names: Names, now: () => number = Date.now) {
  function inline(text: string): string {
    return text.replaceAll(INLINE, (...match) => {
      const found = match.at(-1) as Groups;
      const { coded, escaped, bold, struck, at, format, user, channel, role } = found;
      const slanted = found.starred ?? found.lined;
      if (coded !== undefined) return style("cyan", coded);
      if (escaped !== undefined) return escaped;
      if (bold !== undefined) return style("bold", inline(bold));
      if (struck !== undefined) return style("strikethrough", inline(struck));
      if (slanted !== undefined) return style("italic", inline(slanted));
      if (at !== undefined) return timestamp(Number(at), format, now());
      if (user !== undefined) return style("cyan", `@${nameOf(names.people, user) ?? user}`);
      if (channel !== undefined) return style("cyan", `#${nameOf(names.channels, channel) ?? channel}`);
      return style("cyan", `@${nameOf(names.roles, role ?? "")?.replace(/^@/, "") ?? role}`);
    });
  }

  function line(text: string): string {
    const [, mark, rest = ""] = /^(-#|#{1,3}|>)\s+(.*)$/.exec(text) ?? [];
    if (mark === "-#") return style("dim", inline(rest));
    if (mark === ">") return `${style("dim", "│")} ${inline(rest)}`;
    if (mark) return style("bold", inline(rest));
    return inline(text);
  }

  /** A message's content as lines, not wrapped. */
  return (content: string): string[] => {
    let fenced = false;
    return content.split("\n").flatMap((text) => {
      if (/^\s*(```|~~~)/.test(text)) {
        fenced = !fenced;
        return [];
      }
      return [fenced ? `  ${style("cyan", text)}` : line(text)];
    });
  };
}

export type Markdown = ReturnType<typeof createMarkdown>;
