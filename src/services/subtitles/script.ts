/** Letters as readers count them: what is drawn as one is one. */
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Up to here, one unit of a string is one letter. */
const isPlain = (text: string) => /^[ -~\u00A0-\u02FF]*$/.test(text);

export const letters = (text: string): string[] =>
  isPlain(text) ? text.split("") : Array.from(graphemes.segment(text), ({ segment }) => segment);

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** What is written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export const hasCjk = (text: string): boolean => CJK.test(text);
export const isUnspaced = (text: string): boolean => UNSPACED.test(text);

/** A few names in another script change nothing. */
const CJK_SHARE = 0.25;

/** Whether a text is Chinese, Japanese or Korean, by its letters. */
export function isCjk(text: string): boolean {
  const all = text.match(/\p{L}/gu) ?? [];
  return all.length > 0 && all.filter(hasCjk).length >= CJK_SHARE * all.length;
}

const isPunctuation = (text: string) => /^[\p{P}\p{S}]+$/u.test(text);
const isOpening = (text: string) => /^[\p{Ps}\p{Pi}]+$/u.test(text);

function segmenterOf(language: string | undefined): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: "word" });
  } catch {
    // Models have names of their own for some languages.
    return new Intl.Segmenter(undefined, { granularity: "word" });
  }
}

/** Cuts what stands between two spaces into words, where its script has no spaces; marks stay at the word they belong to. */
export function createWordCutter(language: string | undefined): (text: string) => string[] {
  const segmenter = segmenterOf(language);
  return (text) => {
    if (!isUnspaced(text)) return [text];
    const words: string[] = [];
    let opened = "";
    for (const { segment } of segmenter.segment(text)) {
      if (isOpening(segment)) opened += segment;
      else if (isPunctuation(segment) && opened === "" && words.length > 0) words.push(words.pop() + segment);
      else {
        words.push(opened + segment);
        opened = "";
      }
    }
    return opened === "" ? words : [...words, opened];
  };
}
