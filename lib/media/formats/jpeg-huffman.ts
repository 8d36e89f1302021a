/** A step of several codes has at most this many bits, so that its table fits into the first cache of a processor. */
export const STEP_BITS = 12;

/**
 * One or more codes of coefficients with their values, in one number: its lowest five bits are the number of bits, the next
 * one tells whether the last code ends the block, and the rest is the number of coefficients; the end counts as one.
 */
type Step = number;

/** For bits that are no code. No block has room for this step. */
const NO_STEP: Step = 0xffff;
const LAST = 32;

export const bitsOf = (step: Step): number => step & 31;
export const isLast = (step: Step): boolean => (step & LAST) !== 0;
export const advanceOf = (step: Step): number => step >> 6;

/** A Huffman table of a JPEG (ITU-T T.81, C.2). */
export class HuffmanTable {
  /** For each value of the next 16 bits, the symbol times 32 plus the length of its code; 0 if no code matches. */
  readonly codes = new Uint16Array(65_536);
  readonly #steps = new Uint16Array(1 << STEP_BITS);

  /**
   * All codes that are complete in the next `STEP_BITS` bits, as if the block had room for them. Computed when it is first
   * needed, because a TIFF may have thousands of tables, each for a few blocks.
   */
  step(next: number): Step {
    const known = this.#steps[next] ?? 0;
    if (known !== 0) return known;
    const step = this.#stepOf(next);
    this.#steps[next] = step;
    return step;
  }

  /** The first code in the next 16 bits. Its value may have as many bits again. */
  stepOfOne(next: number): Step {
    const entry = this.codes[next] ?? 0;
    if (entry === 0) return NO_STEP;
    const symbol = entry >> 5;
    const [run, size, codeBits] = [symbol >> 4, symbol & 15, entry & 31];
    return size === 0 && run < 15 ? 64 + LAST + codeBits : (run + 1) * 64 + codeBits + size;
  }

  #stepOf(next: number): Step {
    let [bits, advance] = [0, 0];
    while (advance < 64) {
      const one = this.stepOfOne((next << (16 - STEP_BITS + bits)) & 0xffff);
      if (one === NO_STEP || bits + bitsOf(one) > STEP_BITS) break;
      bits += bitsOf(one);
      advance += advanceOf(one);
      if (isLast(one)) return advance * 64 + LAST + bits;
    }
    return bits === 0 ? NO_STEP : advance * 64 + bits;
  }
}

/** Reads the tables of a segment (T.81, B.2.4.2) into their places by number. */
export function readHuffmanTables(segment: Buffer, dcTables: HuffmanTable[], acTables: HuffmanTable[]): void {
  for (let at = 0; at < segment.length; ) {
    const selector = segment.readUInt8(at);
    const table = new HuffmanTable();
    let symbolAt = at + 17;
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      for (let left = segment.readUInt8(at + length); left > 0; left--) {
        const symbol = segment.readUInt8(symbolAt++);
        const next = code + (1 << (16 - length));
        table.codes.fill(symbol * 32 + length, code, next);
        code = next;
      }
    }
    (selector < 16 ? dcTables : acTables)[selector & 15] = table;
    at = symbolAt;
  }
}
