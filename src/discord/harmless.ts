/**
 * What nobody sees and only tricks need: soft hyphens, fillers, direction marks and overrides, invisible operators,
 * interlinear marks, and variation selectors of the supplement, which can carry hidden text. What joins letters and
 * emoji (U+200C, U+200D, U+FE0F) stays.
 */
const INVISIBLE =
  /\u034F|[\uFE00-\uFE0D]|[\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u2028\u2029\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{1D173}-\u{1D17A}]|[\u{E0100}-\u{E01EF}]/gu;

/** Tags write hidden text, unless they name a flag: a black flag and the region. */
const TAGS = /(\u{1F3F4}[\u{E0030}-\u{E007A}]{1,6}\u{E007F})|[\u{E0000}-\u{E007F}]/gu;

/** Longer runs join nothing. */
const JOINERS = /([\u200C\u200D])[\u200C\u200D]+|([\uFE0E\uFE0F])[\uFE0E\uFE0F]+/g;

const withoutInvisible = (text: string) =>
  text
    .replace(INVISIBLE, "")
    .replace(TAGS, (_, flag: string | undefined) => flag ?? "")
    .replace(JOINERS, "$1$2");

/**
 * `[here](https://there)`: a link whose label hides where it leads. Also in what looks like code: whoever reads Markdown
 * differently from Discord at one place would let one through, and a backslash too many does no harm.
 */
const MASKED = /\]\((?=\s*<?\s*[a-z][a-z0-9+.-]*:)/gi;

/**
 * Markdown that somebody else wrote, without what it could trick its readers with: invisible and right-to-left control
 * characters are taken out, masked links are shown as what they are.
 */
export const harmless = (text: string): string => withoutInvisible(text).replace(MASKED, "]\\(");

/** More links than this in one message would fill the screen with previews. */
const FEW_LINKS = 2;

export const hasManyLinks = (content: string): boolean =>
  (content.match(/https?:\/\//g) ?? []).length > FEW_LINKS;
