/** A model that makes 50 tokens a second. */
export const STEP_MS = 20;

/** What a request takes until its answer is back; half of it until it is applied. */
export const RTT_MS = 60;

/** Answers begin at random within this time. */
export const JITTER_MS = 1_000;
