/** What one level is about. */
export const LEVEL_SECONDS = 0.1;

/** How loud a recording is, from its beginning to its end. */
export interface Loudness {
  /** In decibels below full scale, one for each `LEVEL_SECONDS`: 0 is the loudest there is, `SILENT` is digital silence. */
  levels: Float32Array;
  seconds: number;
}

export const SILENT = -100;

const FULL_SCALE = 32_768;

const decibels = (meanSquare: number) =>
  meanSquare > 0 ? Math.max(SILENT, 10 * Math.log10(meanSquare / FULL_SCALE ** 2)) : SILENT;

/** Measures samples of 16 bits as they arrive, in pieces of any size. It keeps four bytes for each level. */
export function createLoudnessMeter(rate: number): { add(samples: Buffer): void; read(): Loudness } {
  const each = Math.round(rate * LEVEL_SECONDS);
  let levels = new Float32Array(1_024);
  let count = 0;
  let samples = 0;
  let squares = 0;
  let inLevel = 0;
  let half: number | undefined;

  function push(): void {
    if (count === levels.length) {
      const larger = new Float32Array(levels.length * 2);
      larger.set(levels);
      levels = larger;
    }
    levels[count++] = decibels(squares / inLevel);
    squares = 0;
    inLevel = 0;
  }

  function measure(sample: number): void {
    squares += sample * sample;
    samples += 1;
    inLevel += 1;
    if (inLevel === each) push();
  }

  return {
    add(bytes) {
      let at = 0;
      // A sample may come in two pieces.
      if (half !== undefined && bytes.length > 0) {
        measure(((((bytes[0] ?? 0) << 8) | half) << 16) >> 16);
        at = 1;
      }
      for (; at + 1 < bytes.length; at += 2) measure(bytes.readInt16LE(at));
      if (bytes.length > 0) half = at < bytes.length ? bytes[at] : undefined;
    },
    read() {
      if (inLevel > 0) push();
      return { levels: levels.slice(0, count), seconds: samples / rate };
    },
  };
}
