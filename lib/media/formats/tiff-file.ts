/** One entry of a directory of a TIFF. */
export interface TiffField {
  type: number;
  count: number;
  /** As stored; truncated if the file ends before. */
  bytes: Buffer;
  /** Integers and fractions as numbers; empty for other types. */
  numbers: readonly number[];
}

/** A directory: the tags of one image, by number. */
export type TiffDirectory = ReadonlyMap<number, TiffField>;

/** The directories of a TIFF or BigTIFF. */
export interface TiffFile {
  isLittle: boolean;
  isBig: boolean;
  /** The chain of directories, and the subdirectories of each (SubIFDs, Adobe TIFF Technical Note 1). */
  chain: readonly { directory: TiffDirectory; below: readonly TiffDirectory[] }[];
  /** The ranges of directories and of values outside of them: these are not pixels. */
  occupied: readonly { from: number; to: number }[];
}

const SUB_DIRECTORIES = 330;

/** Bytes of each type of value (TIFF 6.0, 2; Adobe TIFF Technical Note 1 for 13; BigTIFF for 16 to 18). */
const typeBytes: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** More directories than any valid file has: a chain may be cyclic or malicious. */
const MOST_DIRECTORIES = 10_000;

/**
 * Reads the directories of a whole TIFF or of its beginning. Returns undefined if there are none. If a tag is repeated,
 * the first one counts, as in libtiff.
 */
export function readTiff(bytes: Uint8Array): TiffFile | undefined {
  const tiff = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return undefined;
  const isLittle = order === 'II';
  const u16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const isBig = u16(2) === 43;
  if (!isBig && u16(2) !== 42) return undefined;
  const wordBytes = isBig ? 8 : 4;
  const word = (at: number) => wholeNumber(tiff, at, wordBytes, isLittle);
  const entryBytes = isBig ? 20 : 12;
  const occupied = [{ from: 0, to: isBig ? 16 : 8 }];
  const seen = new Set<number>();

  const read = (start: number): { directory: TiffDirectory; next: number } | undefined => {
    const first = start + (isBig ? 8 : 2);
    if (start === 0 || seen.has(start) || seen.size > MOST_DIRECTORIES || first > tiff.length)
      return undefined;
    seen.add(start);
    const end = first + entryBytes * (isBig ? word(start) : u16(start));
    if (end > tiff.length) return undefined;
    occupied.push({ from: start, to: end + wordBytes });
    const directory = new Map<number, TiffField>();
    for (let at = first; at < end; at += entryBytes) {
      const tag = u16(at);
      if (!directory.has(tag)) directory.set(tag, field(at));
    }
    return { directory, next: end + wordBytes <= tiff.length ? word(end) : 0 };
  };

  const field = (entry: number): TiffField => {
    const type = u16(entry + 2);
    const count = word(entry + 4);
    const size = typeBytes[type] ?? 0;
    const place = entry + 4 + wordBytes;
    const isInside = count * size <= wordBytes;
    const from = isInside ? place : word(place);
    const held = tiff.subarray(from, from + count * size);
    if (!isInside && held.length > 0) occupied.push({ from, to: from + held.length });
    return { type, count, bytes: held, numbers: numbersOf(held, type, isLittle) };
  };

  const chain: TiffFile['chain'][number][] = [];
  for (let here = start(); here; here = read(here.next)) {
    const below = (here.directory.get(SUB_DIRECTORIES)?.numbers ?? []).map((at) => read(at)?.directory);
    chain.push({ directory: here.directory, below: below.filter((directory) => directory !== undefined) });
  }
  return chain.length > 0 ? { isLittle, isBig, chain, occupied } : undefined;

  function start() {
    if (isBig && tiff.length < 16) return undefined;
    return read(word(isBig ? 8 : 4));
  }
}

function numbersOf(bytes: Buffer, type: number, isLittle: boolean): number[] {
  const step = typeBytes[type] ?? 0;
  const number = (at: number) => {
    switch (type) {
      case 5: {
        const [above, below] = [wholeNumber(bytes, at, 4, isLittle), wholeNumber(bytes, at + 4, 4, isLittle)];
        return above / below;
      }
      case 11:
        return isLittle ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
      case 12:
        return isLittle ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
      case 1:
      case 3:
      case 4:
      case 6:
      case 8:
      case 9:
      case 13:
      case 16:
      case 18:
        return wholeNumber(bytes, at, step, isLittle);
      default:
        return undefined;
    }
  };
  if (step === 0) return [];
  const numbers: number[] = [];
  for (let at = 0; at + step <= bytes.length; at += step) {
    const value = number(at);
    if (value === undefined) return [];
    numbers.push(value);
  }
  return numbers;
}

function wholeNumber(bytes: Buffer, at: number, size: number, isLittle: boolean): number {
  if (size === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return isLittle ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
}
