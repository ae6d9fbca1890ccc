/** From `at` on, so many tokens stood on screen, counted from the beginning. Times are in milliseconds. */
export interface Shown {
  at: number;
  tokens: number;
  /** Nothing else stood there. */
  inOrder: boolean;
  /** Tokens that stood twice, in two messages. */
  repeated: number;
}

/** One answer as it came to be: when each token was made, and what stood on screen when. */
export interface Story {
  madeAt: readonly number[];
  /** Every change of the messages, in order of time. */
  shown: readonly Shown[];
}

export interface Figures {
  /** From a token's making until it is visible, on average over the tokens that stayed. */
  lagMs: number;
  /** The longest time in which unseen tokens existed and nothing new appeared. */
  freezeMs: number;
  /** From the last token's making until the last change; Infinity where tokens are missing then. */
  finalMs: number;
  /** Tokens that are missing in the end. */
  lost: number;
  /** Changes after which less was visible than before, or something out of order, or in the end something twice. */
  jumbled: number;
}

const NOTHING: Shown = { at: -Infinity, tokens: 0, inOrder: true, repeated: 0 };

export function figuresOf(story: Story): Figures {
  const { madeAt, shown } = story;
  const last = shown.at(-1) ?? NOTHING;
  const lost = madeAt.length - last.tokens;
  return {
    lagMs: meanLag(story, last.tokens),
    freezeMs: worstFreeze(story),
    finalMs: lost > 0 ? Infinity : last.at - madeAt.at(-1)!,
    lost,
    jumbled:
      shown.filter(({ tokens, inOrder }, index) => !inOrder || tokens < (shown[index - 1]?.tokens ?? 0))
        .length + (last.repeated > 0 ? 1 : 0),
  };
}

/** A token that vanishes again waits again: what counts is for how long it could not be read. */
function meanLag({ madeAt, shown }: Story, kept: number): number {
  let waited = 0;
  for (const [index, { at }] of shown.entries()) {
    const before = shown[index - 1] ?? NOTHING;
    for (const made of madeAt.slice(before.tokens, kept))
      waited += Math.max(0, at - Math.max(made, before.at));
  }
  return waited / kept;
}

function worstFreeze({ madeAt, shown }: Story): number {
  let worst = 0;
  let seen = NOTHING;
  for (const change of shown)
    if (change.tokens > seen.tokens) {
      worst = Math.max(worst, change.at - Math.max(seen.at, madeAt[seen.tokens]!));
      seen = change;
    }
  return worst;
}

/** The smallest value that at least so great a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
