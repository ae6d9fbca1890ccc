/**
 * What nobody sees and only tricks need: soft hyphens, fillers, direction marks and overrides, invisible operators,
 * interlinear marks, and variation selectors of the supplement, which can carry hidden text. What joins letters and
 * emoji (U+200C, U+200D, U+FE0F) stays.
 */
const INVISIBLE =
  /\u034F|[\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{E0100}-\u{E01EF}]/gu;

/** Tags write hidden text, unless they name a flag: a black flag and the region. */
const TAGS = /(\u{1F3F4}[\u{E0030}-\u{E007A}]{1,6}\u{E007F})|[\u{E0000}-\u{E007F}]/gu;

/** Longer runs join nothing. */
const JOINERS = /([\u200C\u200D])[\u200C\u200D]+/g;

const withoutInvisible = (text: string) =>
  text
    .replace(INVISIBLE, "")
    .replace(TAGS, (_, flag: string | undefined) => flag ?? "")
    .replace(JOINERS, "$1");

/** Code on one line: as many backticks at its end as at its beginning. */
const CODE = /(`+)(?:(?!`)[^\n])*?(?:[^`\n])\1(?!`)/g;
const FENCE = /^\s*(?:>\s*)*(`{3,}|~{3,})/;

/** `[here](https://there)` as it is written; a link whose label hides where it leads is not made. */
const unmask = (text: string) => text.replaceAll("](", "]\\(");

function unmaskLine(line: string): string {
  let shown = "";
  let from = 0;
  for (const code of line.matchAll(CODE)) {
    shown += unmask(line.slice(from, code.index)) + code[0];
    from = code.index + code[0].length;
  }
  return shown + unmask(line.slice(from));
}

/**
 * Markdown that somebody else wrote, without what it could trick its readers with: invisible and right-to-left control
 * characters are taken out, masked links are shown as what they are. Code stays as it is, but for the invisible.
 */
export function harmless(text: string): string {
  let fence: string | undefined;
  const lines = withoutInvisible(text)
    .split("\n")
    .map((line) => {
      const mark = FENCE.exec(line)?.[1];
      const wasOpen = fence !== undefined;
      if (mark && !fence) fence = mark;
      else if (mark && fence && mark.startsWith(fence) && line.trim().endsWith(mark)) fence = undefined;
      return wasOpen || mark ? line : unmaskLine(line);
    });
  return lines.join("\n");
}

/** More links than this in one message would fill the screen with previews. */
const FEW_LINKS = 2;

export const hasManyLinks = (content: string): boolean =>
  (content.match(/https?:\/\//g) ?? []).length > FEW_LINKS;
