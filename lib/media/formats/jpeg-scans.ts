import { followScan, type ScanVerdict } from './jpeg-entropy.ts';
import { type HuffmanTable, readHuffmanTables } from './jpeg-huffman.ts';

interface Component {
  horizontal: number;
  vertical: number;
  /** Blocks of 8×8 samples: those of the image, and those of complete MCUs. */
  blocksWide: number;
  blocksHigh: number;
  paddedWide: number;
  /** For each coefficient, the lowest bit that was sent; -1 before its first scan. */
  lowestBit: Int8Array;
  /** Which coefficients are non-zero so far, one bit for each; progressive frames only. */
  isNonZero: Uint8Array;
}

interface Frame {
  isProgressive: boolean;
  unitsWide: number;
  unitsHigh: number;
  components: Map<number, Component>;
}

/**
 * Finds out whether the Huffman-coded scans of a JPEG hold each coefficient of each block, so that no pixel is missing.
 *
 * libjpeg gives warnings of one kind for lost pixels and for parameters that change nothing, and libvips 8.18 does not look
 * at those of the last lines (`read_jpeg_generate`). This follows the codes through the file (ITU-T T.81, F.2 and G.2)
 * without computing a picture, some 100 MB in a second, and decides by what is there. `unclear` where it does not follow:
 * arithmetic and lossless coding, 12 bits, broken segments, progressions that are not complete.
 */
export function judgeScans(bytes: Uint8Array): ScanVerdict {
  const jpeg = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return followSegments(jpeg);
  } catch (error) {
    if (error instanceof RangeError) return 'unclear'; // a segment that is shorter than what it has to hold
    throw error;
  }
}

function followSegments(jpeg: Buffer): ScanVerdict {
  const dcTables: HuffmanTable[] = [];
  const acTables: HuffmanTable[] = [];
  let restartInterval = 0;
  let frame: Frame | undefined;
  let verdict: ScanVerdict = 'whole';
  for (let at = 2; ; ) {
    const marker = nextMarker(jpeg, at);
    if (marker === undefined || marker.code === 0xd9) break;
    // What stands behind Adobe's segment, if that is too short, is the rest of it: it tells the colours.
    if (marker.at !== at && isCutAdobe(jpeg, at)) return 'unclear';
    at = marker.at + 2;
    if ((marker.code >= 0xd0 && marker.code <= 0xd7) || marker.code === 0x01) continue;
    const end = at + Math.max(2, jpeg.readUInt16BE(at));
    const segment = jpeg.subarray(at + 2, end);
    at = end;
    if (marker.code === 0xc4) readHuffmanTables(segment, dcTables, acTables);
    else if (marker.code === 0xdd) restartInterval = segment.readUInt16BE(0);
    else if (marker.code >= 0xc0 && marker.code <= 0xc2 && !frame)
      frame = readFrame(segment, marker.code === 0xc2);
    else if (marker.code >= 0xc0 && marker.code <= 0xcf) return 'unclear';
    else if (marker.code === 0xda) {
      const scan = frame && readScan(segment, frame);
      if (!scan) return 'unclear';
      const found = followScan(jpeg, at, { ...scan, dcTables, acTables, restartInterval });
      if (found.verdict === 'missing') return 'missing';
      if (found.verdict === 'unclear') verdict = 'unclear';
      at = found.end;
    }
  }
  if (!frame) return 'unclear';
  const components = [...frame.components.values()];
  // Each component needs at least its DC coefficients, and every coefficient that was started must be complete.
  if (components.some(({ lowestBit }) => lowestBit[0] === -1 || lowestBit.some((bit) => bit > 0)))
    return 'missing';
  return components.some(({ lowestBit }) => lowestBit.includes(-1)) ? 'unclear' : verdict;
}

/** Finds the next marker and its offset. Bytes before it are skipped, as in libjpeg. */
function nextMarker(jpeg: Buffer, from: number): { code: number; at: number } | undefined {
  for (let at = jpeg.indexOf(0xff, from); at !== -1; at = jpeg.indexOf(0xff, at + 1)) {
    const code = jpeg[at + 1];
    if (code === undefined) return undefined;
    if (code !== 0 && code !== 0xff) return { code, at };
  }
  return undefined;
}

/** Whether the bytes in front of a place end an Adobe segment that is too short for the colour transform (T.872, 6.5.3). */
function isCutAdobe(jpeg: Buffer, end: number): boolean {
  const start = jpeg.lastIndexOf('Adobe', end, 'latin1');
  return (
    start >= 4 &&
    jpeg.readUInt16BE(start - 4) === 0xffee &&
    start - 2 + jpeg.readUInt16BE(start - 2) === end &&
    end - start < 12
  );
}

/** T.81, B.2.2 and A.1.1. */
function readFrame(segment: Buffer, isProgressive: boolean): Frame | undefined {
  const [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)];
  if (segment.readUInt8(0) !== 8 || height === 0 || width === 0) return undefined;
  const factors = Array.from({ length: segment.readUInt8(5) }, (_value, i) => {
    const sampling = segment.readUInt8(7 + 3 * i);
    return { id: segment.readUInt8(6 + 3 * i), horizontal: sampling >> 4, vertical: sampling & 15 };
  });
  const most = (counts: number[]) => Math.max(1, ...counts);
  const widest = most(factors.map(({ horizontal }) => horizontal));
  const highest = most(factors.map(({ vertical }) => vertical));
  const [unitsWide, unitsHigh] = [Math.ceil(width / (8 * widest)), Math.ceil(height / (8 * highest))];
  const components = factors.map(({ id, horizontal, vertical }): [number, Component] => [
    id,
    {
      horizontal,
      vertical,
      blocksWide: Math.ceil((width * horizontal) / widest / 8),
      blocksHigh: Math.ceil((height * vertical) / highest / 8),
      paddedWide: unitsWide * horizontal,
      lowestBit: new Int8Array(64).fill(-1),
      isNonZero: new Uint8Array(isProgressive ? unitsWide * horizontal * unitsHigh * vertical * 8 : 0),
    },
  ]);
  return { isProgressive, unitsWide, unitsHigh, components: new Map(components) };
}

/** T.81, B.2.3: a sequential scan has all coefficients, whatever its header says; undefined where bits are out of order. */
function readScan(segment: Buffer, { isProgressive, unitsWide, unitsHigh, components }: Frame) {
  const count = segment.readUInt8(0);
  const parts = Array.from({ length: count }, (_value, i) => {
    const component = components.get(segment.readUInt8(1 + 2 * i));
    const tables = segment.readUInt8(2 + 2 * i);
    return component && { ...component, dc: tables >> 4, ac: tables & 15 };
  }).filter((part) => part !== undefined);
  if (count === 0 || parts.length !== count) return undefined;
  const [first, last, bits] = isProgressive ? segment.subarray(1 + 2 * count, 4 + 2 * count) : [0, 63, 0];
  if (first === undefined || last === undefined || bits === undefined || last > 63 || first > last)
    return undefined;
  const [isRefinement, lowest] = [bits >> 4 !== 0, bits & 15];
  if (isProgressive && (first === 0 ? last !== 0 : count !== 1)) return undefined;
  for (const { lowestBit } of parts) {
    for (let i = first; i <= last; i++) {
      const before = lowestBit[i] ?? -1;
      // A refinement follows the bit above it; what is sent as new is new, or sent whole.
      if (isRefinement ? before !== lowest + 1 : before !== -1 && lowest !== 0) return undefined;
      lowestBit[i] = lowest;
    }
  }
  const [only] = parts;
  const isAlone = only !== undefined && count === 1;
  return {
    parts,
    isAlone,
    isProgressive,
    isRefinement,
    first,
    last,
    mcusWide: isAlone ? only.blocksWide : unitsWide,
    mcus: isAlone ? only.blocksWide * only.blocksHigh : unitsWide * unitsHigh,
  };
}
