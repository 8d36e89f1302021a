import { ConnectionLost } from './protocol-error.ts';

const NOTHING = Buffer.alloc(0);

/** Reads a stream of bytes in the pieces that a protocol needs. It takes no more from the stream than is asked for. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = NOTHING;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Returns at least one and at most `most` bytes, without a copy; none at the end of the stream. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next();
      if (done) return NOTHING;
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Puts back the last bytes that were taken. */
  unread(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([bytes, this.#rest]);
  }

  /** @throws ConnectionLost if the stream ends before */
  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await this.some(left);
      if (part.length === 0) throw new ConnectionLost('the connection ended in the middle of a message');
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }
}
