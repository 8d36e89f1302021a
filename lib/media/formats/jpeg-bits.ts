/** Thrown if codes are invalid or end before the last block. */
export class Missing extends Error {}

/** The codes that are held at once; bytes. */
const WINDOW_BYTES = 65_536;

/** More bytes than the codes of any block take: 64 symbols of 16 bits with values of 15. */
const BLOCK_BYTES = 256;

/** Whether one of the four bytes is 0xff: subtracting from each byte's complement borrows into its highest bit only then. */
const hasMarker = (four: number): boolean => ((~four - 0x01010101) & four & 0x80808080) !== 0;
const MARKERS = 0xffffffff;

/** Reads the bits of a JPEG's codes, a block at a time. */
export class BitReader {
  readonly jpeg: Buffer;
  /** The offset of the next bit in the window. */
  position = 0;
  /** Codes without the zeros behind each 0xff (ITU-T T.81, F.1.2.3). After the last one they are zeros, as in libjpeg. */
  readonly #window: Uint8Array;
  readonly #view: DataView;
  #filled = 0;
  /** Whether the window holds the codes up to the next marker. */
  #isComplete = false;
  /** The offset in the file of what follows the window: of the marker, if it is complete. */
  #at: number;

  constructor(jpeg: Buffer, at: number) {
    this.jpeg = jpeg;
    this.#at = at;
    // One more than there are, so that the end of the file is seen as soon as they are fetched.
    this.#window = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(0, jpeg.length - at) + 1) + BLOCK_BYTES);
    this.#view = new DataView(this.#window.buffer);
  }

  /** Fetches the codes of the next block. */
  beginBlock(): void {
    if (!this.#isComplete && this.position > (this.#filled - BLOCK_BYTES) * 8) this.#fetch();
  }

  /** @throws Missing if the block had more bits than there are */
  endBlock(): void {
    if (this.position > this.#filled * 8) throw new Missing();
  }

  /** The highest 25 bits of the number are those at a position, at most a block behind the next bit. */
  peek25(position: number): number {
    return this.#view.getUint32(position >> 3) << (position & 7);
  }

  /** The next 16 bits. */
  peek16(): number {
    return this.peek25(this.position) >>> 16;
  }

  /** Reads one to sixteen bits. */
  read(count: number): number {
    const value = this.peek16() >>> (16 - count);
    this.position += count;
    return value;
  }

  #fetch(): void {
    const [window, jpeg, read] = [this.#window, this.jpeg, this.position >> 3];
    window.copyWithin(0, read, this.#filled);
    this.position &= 7;
    const file = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.length);
    let to = this.#filled - read;
    let at = this.#at;
    for (const end = window.length - BLOCK_BYTES; to < end; ) {
      const four = to + 4 <= end && at + 4 <= jpeg.length ? file.getUint32(at) : MARKERS;
      if (!hasMarker(four)) {
        this.#view.setUint32(to, four);
        to += 4;
        at += 4;
        continue;
      }
      const byte = jpeg[at];
      if (byte === undefined || (byte === 0xff && jpeg[at + 1] !== 0)) {
        this.#isComplete = true;
        window.fill(0, to, to + BLOCK_BYTES);
        break;
      }
      window[to++] = byte;
      at += byte === 0xff ? 2 : 1;
    }
    this.#filled = to;
    this.#at = at;
  }

  /** Whether the rest of the last byte consists of ones. */
  isFilledUp(): boolean {
    const rest = 0xff >> (this.position & 7);
    return rest === 0xff || ((this.#window[this.position >> 3] ?? 0) & rest) === rest;
  }

  /** The end in the file of the last byte that was read, or partly read. */
  lastByteEnd(): number {
    let at = this.#at;
    for (let i = (this.position + 7) >> 3; i < this.#filled; i++) at -= this.#window[i] === 0xff ? 2 : 1;
    return at;
  }

  /** The offset of the next marker, or the end of the file. */
  end(): number {
    const { jpeg } = this;
    for (let at = jpeg.indexOf(0xff, this.#at); at !== -1; at = jpeg.indexOf(0xff, at + 2)) {
      if (jpeg[at + 1] !== 0) return at;
    }
    return jpeg.length;
  }

  /** Whether only the filling of the last byte is left up to the marker. */
  isAtEnd(): boolean {
    return this.#isComplete && this.#filled * 8 - this.position < 8 && this.isFilledUp();
  }

  /** Skips the restart marker of this number, which must be the next marker. */
  restart(number: number): void {
    let at = this.end();
    while (this.jpeg[at + 1] === 0xff) at++;
    if (this.jpeg[at + 1] !== 0xd0 + number) throw new Missing();
    this.#at = at + 2;
    this.#filled = this.position = 0;
    this.#isComplete = false;
  }
}
