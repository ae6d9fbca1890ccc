import { setImmediate } from "node:timers/promises";
import { AbstractTokenizer, EndOfStreamError, type IReadChunkOptions } from "strtok3";

/** A file of which parts can be read. */
export interface Source {
  bytes: number;
  contentType: string;
  /** The bytes from `from` on, up to `to`, which is not one of them. */
  load(from: number, to: number): Promise<Uint8Array>;
}

/** What is read at once, for every request costs a way there and back. */
export const BLOCK_BYTES = 256 * 1024;

/** What was read lately is read again: heads, and what follows them. */
const BLOCKS = 3;

/** A file can be made of a million frames, and reading them from memory lets nothing else go on by itself. */
const BREATHE_AFTER_MS = 10;

interface Block {
  from: number;
  data: Uint8Array;
}

/**
 * How music-metadata reads a file of which only some bytes are wanted: what it skips is never loaded. `failure` is why
 * something could not be loaded, for music-metadata takes that for the end of the file.
 */
export class PartialTokenizer extends AbstractTokenizer {
  readonly fileInfo: { size: number; mimeType: string };
  readonly source: Source;
  failure: unknown;
  private readonly signal: AbortSignal | undefined;
  private readonly blocks: Block[] = [];
  private breathedAt = performance.now();

  constructor(source: Source, signal?: AbortSignal) {
    super();
    this.source = source;
    this.signal = signal;
    this.fileInfo = { size: source.bytes, mimeType: source.contentType };
  }

  supportsRandomAccess(): boolean {
    return true;
  }

  setPosition(position: number): void {
    this.position = position;
  }

  override async ignore(length: number): Promise<number> {
    const skipped = Math.min(length, Math.max(0, this.source.bytes - this.position));
    this.position += skipped;
    return skipped;
  }

  async readBuffer(target: Uint8Array, options: IReadChunkOptions = {}): Promise<number> {
    if (options.position !== undefined) this.position = options.position;
    const read = await this.peekBuffer(target, options);
    this.position += read;
    return read;
  }

  async peekBuffer(target: Uint8Array, options: IReadChunkOptions = {}): Promise<number> {
    const { position = this.position, length = target.length, mayBeLess = false } = options;
    const available = Math.min(length, Math.max(0, this.source.bytes - position));
    if (available < length && !mayBeLess) throw new EndOfStreamError();
    if (available === 0) return 0;
    if (performance.now() - this.breathedAt > BREATHE_AFTER_MS) await this.breathe();
    const { from, data } = await this.blockWith(position, position + available);
    target.set(data.subarray(position - from, position - from + available));
    return available;
  }

  /** Lets everything else have its turn. */
  private async breathe(): Promise<void> {
    await setImmediate();
    this.breathedAt = performance.now();
    if (!this.signal?.aborted) return;
    this.failure ??= this.signal.reason;
    throw new Error("Nobody waits for it any more", { cause: this.signal.reason });
  }

  private async blockWith(from: number, to: number): Promise<Block> {
    const known = this.blocks.find((block) => block.from <= from && to <= block.from + block.data.byteLength);
    if (known) return known;
    const block = { from, data: await this.loaded(from, to) };
    if (this.blocks.push(block) > BLOCKS) this.blocks.shift();
    return block;
  }

  private async loaded(from: number, to: number): Promise<Uint8Array> {
    try {
      const data = await this.source.load(
        from,
        Math.min(this.source.bytes, Math.max(to, from + BLOCK_BYTES)),
      );
      if (data.byteLength < to - from) throw new Error("The file is shorter than it was said to be");
      return data;
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }
}
