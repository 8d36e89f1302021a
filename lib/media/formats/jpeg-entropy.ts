import { BitReader, Missing } from './jpeg-bits.ts';
import { advanceOf, bitsOf, type HuffmanTable, isLast, STEP_BITS } from './jpeg-huffman.ts';

/** One scan of a JPEG and its decoding tables. */
export interface Scan {
  parts: readonly Part[];
  /** Whether it has one component, whose blocks then are in sequence (ITU-T T.81, A.2.2). */
  isAlone: boolean;
  isProgressive: boolean;
  isRefinement: boolean;
  /** The band of coefficients. */
  first: number;
  last: number;
  mcusWide: number;
  mcus: number;
  /** 0 for none. */
  restartInterval: number;
  /** By table number. */
  dcTables: readonly (HuffmanTable | undefined)[];
  acTables: readonly (HuffmanTable | undefined)[];
}

interface Part {
  horizontal: number;
  vertical: number;
  paddedWide: number;
  isNonZero: Uint8Array;
  dc: number;
  ac: number;
}

/**
 * The result for a scan. `missing`: codes are invalid, end before the last block, or are mere padding. `unclear`: there
 * are bytes after the last block that can't be distinguished from further blocks.
 */
export type ScanVerdict = 'whole' | 'missing' | 'unclear';

/** Decodes the codes of a scan block by block; `end` is the offset of the marker after them. */
export function followScan(jpeg: Buffer, start: number, scan: Scan): { verdict: ScanVerdict; end: number } {
  const bits = new BitReader(jpeg, start);
  const blocks = new BlockReader(bits, scan);
  let verdict: ScanVerdict = 'whole';
  try {
    for (let mcu = 0; mcu < scan.mcus; mcu++) {
      if (scan.restartInterval > 0 && mcu > 0 && mcu % scan.restartInterval === 0) {
        const end = judgeEnd(bits, blocks, scan);
        if (end !== 'whole') verdict = end;
        if (verdict === 'missing') break;
        bits.restart((mcu / scan.restartInterval - 1) % 8);
        blocks.restart();
      }
      blocks.readMcu(mcu);
    }
    const end = judgeEnd(bits, blocks, scan);
    return { verdict: end === 'whole' ? verdict : end, end: bits.end() };
  } catch (error) {
    if (error instanceof Missing) return { verdict: 'missing', end: bits.end() };
    throw error;
  }
}

/** From so many bytes on, equal bytes, or bytes that can be decoded, are no coincidence. */
const TELLING_BYTES = { filling: 8, codes: 4 };

/**
 * Judges by the bytes between the last block and the marker. Behind a whole scan the last byte is filled up with ones
 * (ITU-T T.81, F.1.2.3), and what follows is no code. Where a part of the file was overwritten, the codes end in the middle
 * of the filling. Where bytes were lost, the rest of the codes goes on to the marker; whole lines of blocks may also be
 * those of a picture that is higher than its header says.
 */
function judgeEnd(bits: BitReader, blocks: BlockReader, { mcusWide }: Scan): ScanVerdict {
  const end = bits.lastByteEnd();
  const rest = bits.jpeg.subarray(end, bits.end());
  if (rest.length === 0) return 'whole';
  const isAlike = rest.every((byte) => byte === rest[0]);
  if (rest.length >= TELLING_BYTES.filling && isAlike && bits.jpeg[end - 1] === rest[0]) return 'missing';
  if (!bits.isFilledUp()) return 'unclear';
  if (isAlike || rest.length < TELLING_BYTES.codes) return 'whole';
  const more = blocks.countToTheMarker();
  if (more === undefined) return 'whole';
  return more % mcusWide === 0 ? 'unclear' : 'missing';
}

class BlockReader {
  readonly #bits: BitReader;
  readonly #scan: Scan;
  readonly #readCodes: (part: Part, block: number) => void;
  /** How many of the next blocks have no more coefficients in this band (T.81, G.1.2.2). */
  #emptyBlocks = 0;

  constructor(bits: BitReader, scan: Scan) {
    this.#bits = bits;
    this.#scan = scan;
    if (!scan.isProgressive) this.#readCodes = (part) => this.#readSequential(part);
    else if (scan.first === 0) this.#readCodes = (part) => this.#readDc(part);
    else if (scan.isRefinement) this.#readCodes = (part, block) => this.#refine(part, block);
    else this.#readCodes = (part, block) => this.#readBand(part, block);
  }

  restart(): void {
    this.#emptyBlocks = 0;
  }

  readMcu(mcu: number): void {
    const { parts, isAlone, mcusWide } = this.#scan;
    const [row, column] = [Math.floor(mcu / mcusWide), mcu % mcusWide];
    for (const part of parts) {
      if (isAlone) {
        this.#readBlock(part, row * part.paddedWide + column);
        continue;
      }
      for (let y = 0; y < part.vertical; y++) {
        for (let x = 0; x < part.horizontal; x++) {
          this.#readBlock(part, (row * part.vertical + y) * part.paddedWide + column * part.horizontal + x);
        }
      }
    }
  }

  /**
   * The number of complete MCUs that the bytes up to the marker decode to; undefined if they do not. A refinement scan
   * can't be decoded without its blocks.
   */
  countToTheMarker(): number | undefined {
    if (this.#scan.isRefinement && this.#scan.first > 0) return undefined;
    try {
      let count = 0;
      // Outside of the image, so nothing is recorded for these.
      for (; !this.#bits.isAtEnd(); count++) this.readMcu(-1);
      return count;
    } catch (error) {
      if (error instanceof Missing) return undefined;
      throw error;
    }
  }

  #readBlock(part: Part, block: number): void {
    this.#bits.beginBlock();
    this.#readCodes(part, block);
    this.#bits.endBlock();
  }

  /**
   * Most of the work for most files: it looks up several codes at once, two times for each look at the bytes. Whether there
   * were as many bits is checked afterwards.
   */
  #readSequential({ dc, ac }: Part): void {
    this.#readDifference(dc);
    const bits = this.#bits;
    const table = tableOf(this.#scan.acTables, ac);
    let { position } = bits;
    for (let k = 1; k <= 63; ) {
      const next = bits.peek25(position);
      let step = table.step(next >>> (32 - STEP_BITS));
      if (k + advanceOf(step) > 64) step = table.stepOfOne(next >>> 16);
      if (k + advanceOf(step) > 64) throw new Missing();
      position += bitsOf(step);
      if (isLast(step)) break;
      k += advanceOf(step);
      if (bitsOf(step) + STEP_BITS > 25) continue;
      step = table.step((next << bitsOf(step)) >>> (32 - STEP_BITS));
      if (k + advanceOf(step) > 64) continue;
      position += bitsOf(step);
      if (isLast(step)) break;
      k += advanceOf(step);
    }
    bits.position = position;
  }

  #readSymbol(table: HuffmanTable): number {
    const entry = table.codes[this.#bits.peek16()] ?? 0;
    if (entry === 0) throw new Missing();
    this.#bits.position += entry & 31;
    return entry >> 5;
  }

  #readDc({ dc }: Part): void {
    if (this.#scan.isRefinement) this.#bits.read(1);
    else this.#readDifference(dc);
  }

  #readDifference(dc: number): void {
    const size = this.#readSymbol(tableOf(this.#scan.dcTables, dc));
    if (size > 15) throw new Missing();
    this.#bits.position += size;
  }

  #readBand({ ac, isNonZero }: Part, block: number): void {
    if (this.#emptyBlocks > 0) {
      this.#emptyBlocks--;
      return;
    }
    const table = tableOf(this.#scan.acTables, ac);
    for (let k = this.#scan.first; k <= this.#scan.last; k++) {
      const symbol = this.#readSymbol(table);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run < 15) {
        this.#emptyBlocks = (1 << run) + (run > 0 ? this.#bits.read(run) : 0) - 1;
        return;
      }
      k += run;
      if (k > this.#scan.last) throw new Missing();
      if (size === 0) continue;
      this.#bits.position += size;
      note(isNonZero, block, k);
    }
  }

  /** T.81, G.1.2.3: each coefficient that is known not to be zero has one more bit, wherever it is passed. */
  #refine({ ac, isNonZero }: Part, block: number): void {
    const { first, last } = this.#scan;
    let k = first;
    if (this.#emptyBlocks === 0) {
      const table = tableOf(this.#scan.acTables, ac);
      for (; k <= last; k++) {
        const symbol = this.#readSymbol(table);
        const [run, size] = [symbol >> 4, symbol & 15];
        if (size === 0 && run < 15) {
          this.#emptyBlocks = (1 << run) + (run > 0 ? this.#bits.read(run) : 0);
          break;
        }
        if (size > 0) this.#bits.read(1);
        for (let zeros = run; k <= last; k++) {
          if (isNoted(isNonZero, block, k)) this.#bits.read(1);
          else if (zeros-- === 0) break;
        }
        if (size > 0) {
          if (k > last) throw new Missing();
          note(isNonZero, block, k);
        }
      }
    }
    if (this.#emptyBlocks === 0) return;
    for (; k <= last; k++) if (isNoted(isNonZero, block, k)) this.#bits.read(1);
    this.#emptyBlocks--;
  }
}

function tableOf(tables: readonly (HuffmanTable | undefined)[], number: number): HuffmanTable {
  const table = tables[number];
  if (!table) throw new Missing();
  return table;
}

const isNoted = (flags: Uint8Array, block: number, k: number) =>
  ((flags[block * 8 + (k >> 3)] ?? 0) & (1 << (k & 7))) !== 0;

function note(flags: Uint8Array, block: number, k: number): void {
  const at = block * 8 + (k >> 3);
  flags[at] = (flags[at] ?? 0) | (1 << (k & 7));
}
