/** Numbers in [0, 1) that look random and repeat with the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A 32-bit number from a text (FNV-1a). */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ char.codePointAt(0)!, 0x01000193);
  return value >>> 0;
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** Lower-case base 32, as in Replicate's ids of 26 characters. */
export function token(random: () => number, length = 26): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * 32)]).join("");
}
