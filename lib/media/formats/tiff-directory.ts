import type { ScanVerdict } from './jpeg-entropy.ts';
import { readTiff, type TiffDirectory, type TiffField, type TiffFile } from './tiff-file.ts';
import { judgeTiffJpegs } from './tiff-jpegs.ts';
import { countPages, pictureOfPage } from './tiff-pictures.ts';

/** A TIFF prepared for libvips, with properties that libvips does not report. */
export interface PreparedTiff {
  /** Whether the first extra channel is transparency; Photoshop also stores selections there. */
  hasTransparency: boolean;
  pages: number;
  /** Height of a stored pixel divided by its width; 1 if the file does not say. */
  pixelAspect: number;
  /** Why a valid file is not supported. */
  unusual?: 'bits' | 'colours';
  /** Whether pixel data is missing. */
  isIncomplete: boolean;
  /** Whether the JPEG data of an image in that compression is whole. */
  scans: ScanVerdict;
  /** Whether the file contains only a reduced version of its image. */
  isPreviewOnly: boolean;
  /** The same file with one directory appended, which has only the tags that its image needs. */
  plain: Uint8Array;
  /** Gray with extra channels in separate planes, whose lines libvips mixes up. */
  planes?: TiffPlanes;
}

/** The gray, and its transparency if any, as separate files. */
export interface TiffPlanes {
  grey: Uint8Array;
  opacity?: Uint8Array;
  /** Whether the grey was multiplied by the opacity (TIFF 6.0, 18, associated alpha). */
  isPremultiplied: boolean;
}

/** Tags without which pixels can't be read or are shown wrong (TIFF 6.0, 8 and 13 to 22; ICC.1, B.4). */
const tags = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  channels: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  xResolution: 282,
  yResolution: 283,
  planes: 284,
  group3: 292,
  group4: 293,
  resolutionUnit: 296,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  inks: 332,
  extraChannels: 338,
  numberKind: 339,
  jpegTables: 347,
  yccCoefficients: 529,
  yccSubsampling: 530,
  yccPosition: 531,
  yccRange: 532,
  profile: 34675,
} as const;

const photometrics = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  ycc: 6,
  lab: 8,
  logLuv: 32845,
} as const;

/** The compression of JPEG data (TIFF Technical Note 2, Adobe, 1995). */
const JPEG = 7;

/** The compressions for which a tag is defined; libtiff warns about it for others. */
const compressionsOf = new Map<number, readonly number[]>([
  [tags.predictor, [5, 8, 32946, 34925, 50000]],
  [tags.group3, [3]],
  [tags.group4, [4]],
  [tags.jpegTables, [JPEG]],
]);
const ofYcc = [tags.yccCoefficients, tags.yccSubsampling, tags.yccPosition, tags.yccRange] as number[];

/**
 * Makes of a TIFF the plainest file with the same pixels; undefined where its directories can't be read.
 *
 * Scanners and programs write private tags, unsorted ones, texts without an end, too many or too few numbers: libtiff
 * warns of each, in words that can't be told from those about missing pixels. What follows from the size is written as it
 * has to be (TIFF 6.0, tags 279 and 338), and whether the bytes of all pixels are there is looked at here. What
 * libtiff then still complains of counts.
 *
 * @param page which page, from 1; another one than those that are counted is taken for the first
 */
export function prepareTiff(bytes: Uint8Array, page = 1): PreparedTiff | undefined {
  const file = readTiff(bytes);
  const start = file?.chain[0]?.directory;
  if (!file || !start) return undefined;
  const picture = pictureOfPage(file, page);
  const facts = readFacts(picture ?? start);
  const layout = layOut(picture ?? start, facts, file, bytes.length);
  const fields = plainFields(picture ?? start, facts, layout);
  return {
    hasTransparency: facts.extra[0] === 1 || facts.extra[0] === 2,
    pages: countPages(file),
    pixelAspect: facts.pixelAspect,
    ...unusualOf(facts, layout),
    isIncomplete: layout.isIncomplete,
    scans:
      facts.compression === JPEG
        ? judgeTiffJpegs(bytes, layout.bytesAt, (picture ?? start).get(tags.jpegTables)?.bytes)
        : 'unclear',
    isPreviewOnly: picture === undefined,
    plain: withDirectory(bytes, file, fields),
    ...(isGreyInPlanes(facts) && { planes: splitPlanes(bytes, file, fields, facts, layout) }),
  };
}

type Facts = ReturnType<typeof readFacts>;

function readFacts(directory: TiffDirectory) {
  const numbers = (tag: number) => directory.get(tag)?.numbers ?? [];
  const first = (tag: number, otherwise: number) => numbers(tag)[0] ?? otherwise;
  // 16 bits (TIFF 6.0, tag 277).
  const channels = Math.min(first(tags.channels, 1) || 1, 65_535);
  const photometric = first(tags.photometric, channels >= 3 ? photometrics.rgb : photometrics.blackIsZero);
  const colours = coloursOf(photometric);
  const bits = perChannel(numbers(tags.bits), channels, 1);
  const [x, y] = [first(tags.xResolution, 0), first(tags.yResolution, 0)];
  return {
    width: first(tags.width, 0),
    height: first(tags.height, 0),
    channels,
    photometric,
    compression: first(tags.compression, 1),
    bits,
    /** 4 says nothing, and is what most files have who say so: whole numbers. */
    numberKinds: perChannel(numbers(tags.numberKind), channels, 1).map((kind) => (kind === 4 ? 1 : kind)),
    // An extra channel without a type is not known to be transparency.
    extra: Array.from(
      { length: Math.max(0, channels - colours) },
      (_value, i) => numbers(tags.extraChannels)[i] ?? 0,
    ),
    isPlanar: first(tags.planes, 1) === 2 && channels > 1,
    isTiled: directory.has(tags.tileWidth),
    inks: first(tags.inks, 1),
    pixelAspect: x > 0 && y > 0 && Number.isFinite(x / y) ? x / y : 1,
    subsampling:
      photometric === photometrics.ycc
        ? [first(tags.yccSubsampling, 2), numbers(tags.yccSubsampling)[1] ?? 2]
        : [1, 1],
  };
}

function coloursOf(photometric: number): number {
  if (photometric === photometrics.cmyk) return 4;
  const isOne = [photometrics.whiteIsZero, photometrics.blackIsZero, photometrics.palette].some(
    (one) => one === photometric,
  );
  return isOne ? 1 : 3;
}

/** One number for each channel: files have one for all, or too many. */
const perChannel = (numbers: readonly number[], channels: number, otherwise: number) =>
  Array.from({ length: channels }, (_value, i) => numbers[i] ?? numbers[0] ?? otherwise);

const isGrey = ({ photometric }: Facts) =>
  photometric === photometrics.whiteIsZero || photometric === photometrics.blackIsZero;

const isGreyInPlanes = (facts: Facts) => facts.isPlanar && isGrey(facts);

/** Detects what libvips decodes wrongly, or refuses with an error that looks like damage. */
function unusualOf(facts: Facts, { bytesAt }: Layout): Pick<PreparedTiff, 'unusual'> {
  const { bits, channels, photometric, isPlanar, isTiled, inks } = facts;
  const [depth = 1] = bits;
  const depths =
    isGrey(facts) && (channels === 1 || isPlanar)
      ? [1, 2, 4, 8, 16, 32]
      : photometric === photometrics.palette
        ? [1, 2, 4, 8, 16]
        : [8, 16, 32];
  if (!depths.includes(depth) || bits.some((each) => each !== depth)) return { unusual: 'bits' };
  const isKnown = Object.values(photometrics).some((known) => known === photometric);
  const isPlanarOfColours =
    isPlanar && photometric !== photometrics.rgb && photometric !== photometrics.cmyk && !isGrey(facts);
  const isInks = photometric === photometrics.cmyk && (inks !== 1 || channels < 4);
  if (
    !isKnown ||
    isPlanarOfColours ||
    isInks ||
    (isPlanar && isTiled && !isGrey(facts)) ||
    bytesAt.length > 5_000_000
  )
    return { unusual: 'colours' };
  return {};
}

interface Layout {
  /** The range of each strip or tile. */
  bytesAt: readonly { from: number; length: number }[];
  rowsPerStrip: number;
  /** The number of strips or tiles in a plane. */
  perPlane: number;
  isIncomplete: boolean;
}

/**
 * Finds each strip or tile, and how long it is where the file does not say so, or can't mean what it says. Without
 * compression the length follows from the size; with it, a strip goes on to whatever comes next in the file.
 */
function layOut(directory: TiffDirectory, facts: Facts, { occupied }: TiffFile, fileBytes: number): Layout {
  const numbers = (tag: number) => directory.get(tag)?.numbers ?? [];
  const { width, height, isTiled, isPlanar, channels, compression } = facts;
  const [tileWidth = 0] = numbers(tags.tileWidth);
  const [tileHeight = 0] = numbers(tags.tileHeight);
  const rowsPerStrip = Math.max(1, Math.min(numbers(tags.rowsPerStrip)[0] || height, height));
  const perPlane = isTiled
    ? Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight)
    : Math.ceil(height / rowsPerStrip);
  const count = perPlane * (isPlanar ? channels : 1);
  // Some programs write the offsets of tiles in the tag of strips; libtiff accepts that.
  const offsets = numbers(isTiled && directory.has(tags.tileOffsets) ? tags.tileOffsets : tags.stripOffsets);
  const lengths = numbers(isTiled && directory.has(tags.tileBytes) ? tags.tileBytes : tags.stripBytes);
  if (!(count > 0) || offsets.length < count)
    return { bytesAt: [], rowsPerStrip, perPlane, isIncomplete: true };

  const starts = [...offsets.slice(0, count), ...occupied.map(({ from }) => from), fileBytes].toSorted(
    (a, b) => a - b,
  );
  let isIncomplete = false;
  const bytesAt = offsets.slice(0, count).map((from, i) => {
    const declared = lengths[i] ?? 0;
    const next = nextAfter(starts, from);
    if (compression !== 1 || facts.subsampling.some((factor) => factor !== 1)) {
      const length = declared > 0 && from + declared <= fileBytes ? declared : Math.max(0, next - from);
      if (length === 0) isIncomplete = true;
      return { from, length };
    }
    const rows = isTiled ? tileHeight : Math.min(rowsPerStrip, height - rowsPerStrip * (i % perPlane));
    const length = rows * rowBytes(isTiled ? tileWidth : width, facts);
    // Shared strips are none of these: what is declared and there counts, wherever it is.
    const isThere = from + length <= (declared >= length ? fileBytes : next);
    if (!isThere) isIncomplete = true;
    return { from, length };
  });
  return { bytesAt, rowsPerStrip, perPlane, isIncomplete };
}

const rowBytes = (width: number, { bits, channels, isPlanar }: Facts) =>
  Math.ceil((width * (bits[0] ?? 1) * (isPlanar ? 1 : channels)) / 8);

/** The first of sorted numbers that is larger. */
function nextAfter(sorted: readonly number[], than: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > than) high = middle;
    else low = middle + 1;
  }
  return sorted[low] ?? than;
}

type Fields = Map<number, Pick<TiffField, 'type' | 'count' | 'bytes'> | readonly number[]>;

/** What the pixels need: what can be told from the facts as numbers, the rest as it is in the file. */
function plainFields(directory: TiffDirectory, facts: Facts, layout: Layout): Fields {
  const fields: Fields = new Map();
  const keep = (tag: number) => {
    const field = directory.get(tag);
    if (field) fields.set(tag, field);
  };
  const keepIf = (tag: number, isValid: (value: number) => boolean) => {
    const [value] = directory.get(tag)?.numbers ?? [];
    if (value !== undefined && isValid(value)) keep(tag);
  };
  const { photometric, compression, extra, isTiled, bits } = facts;
  fields.set(tags.width, [facts.width]);
  fields.set(tags.height, [facts.height]);
  fields.set(tags.bits, bits);
  fields.set(tags.compression, [compression]);
  fields.set(tags.photometric, [photometric]);
  keepIf(tags.fillOrder, (order) => order === 1 || order === 2);
  keepIf(tags.orientation, (orientation) => orientation >= 1 && orientation <= 8);
  fields.set(tags.channels, [facts.channels]);
  keepIf(tags.xResolution, (value) => Number.isFinite(value) && value > 0);
  keepIf(tags.yResolution, (value) => Number.isFinite(value) && value > 0);
  fields.set(tags.planes, [facts.isPlanar ? 2 : 1]);
  keepIf(tags.resolutionUnit, (unit) => unit >= 1 && unit <= 3);
  for (const [tag, compressions] of compressionsOf) if (compressions.includes(compression)) keep(tag);
  if (photometric === photometrics.palette)
    fields.set(tags.palette, (directory.get(tags.palette)?.numbers ?? []).slice(0, 3 << (bits[0] ?? 1)));
  if (photometric === photometrics.ycc) ofYcc.forEach(keep);
  if (extra.length > 0) fields.set(tags.extraChannels, extra);
  fields.set(tags.numberKind, facts.numberKinds);
  keep(tags.profile);
  if (isTiled) {
    keep(tags.tileWidth);
    keep(tags.tileHeight);
  } else fields.set(tags.rowsPerStrip, [layout.rowsPerStrip]);
  placeStrips(fields, isTiled, layout.bytesAt);
  return fields;
}

function placeStrips(fields: Fields, isTiled: boolean, bytesAt: Layout['bytesAt']): void {
  fields.set(
    isTiled ? tags.tileOffsets : tags.stripOffsets,
    bytesAt.map(({ from }) => from),
  );
  fields.set(
    isTiled ? tags.tileBytes : tags.stripBytes,
    bytesAt.map(({ length }) => length),
  );
}

function splitPlanes(
  bytes: Uint8Array,
  file: TiffFile,
  fields: Fields,
  facts: Facts,
  layout: Layout,
): TiffPlanes {
  const plane = (number: number, photometric: number) => {
    const one = new Map(fields);
    one.delete(tags.extraChannels);
    one.set(tags.channels, [1]);
    one.set(tags.bits, facts.bits.slice(0, 1));
    one.set(tags.numberKind, facts.numberKinds.slice(0, 1));
    one.set(tags.planes, [1]);
    one.set(tags.photometric, [photometric]);
    placeStrips(
      one,
      facts.isTiled,
      layout.bytesAt.slice(number * layout.perPlane, (number + 1) * layout.perPlane),
    );
    if (number > 0) one.delete(tags.profile);
    return withDirectory(bytes, file, one);
  };
  const [kind] = facts.extra;
  return {
    grey: plane(0, facts.photometric),
    ...((kind === 1 || kind === 2) && { opacity: plane(1, photometrics.blackIsZero) }),
    isPremultiplied: kind === 1,
  };
}

/**
 * The file with one directory more, behind its end, to which its header points. No strip or tile reaches as far, so that a
 * cut file does not find bytes there to go on with.
 */
function withDirectory(bytes: Uint8Array, { isLittle, isBig }: TiffFile, fields: Fields): Uint8Array {
  const number = (value: number, size: number) => {
    const word = Buffer.alloc(size);
    // A damaged file may name sizes that no word can hold: the largest one is as far behind the end of the file.
    const most = size === 8 ? Number.MAX_SAFE_INTEGER : 2 ** (8 * size) - 1;
    const whole = Math.min(Math.max(0, Math.trunc(value) || 0), most);
    if (size === 8) isLittle ? word.writeBigUInt64LE(BigInt(whole)) : word.writeBigUInt64BE(BigInt(whole));
    else isLittle ? word.writeUIntLE(whole, 0, size) : word.writeUIntBE(whole, 0, size);
    return word;
  };
  const wordBytes = isBig ? 8 : 4;
  const start = Math.ceil(bytes.length / 8) * 8;
  const sorted = [...fields].toSorted(([one], [other]) => one - other);
  let end = start + (isBig ? 8 : 2) + sorted.length * (isBig ? 20 : 12) + wordBytes;
  const outside: Buffer[] = [];
  const entries = sorted.map(([tag, value]) => {
    const field = 'type' in value ? value : encodeNumbers(value, isBig, number);
    let place = Buffer.concat([field.bytes, Buffer.alloc(wordBytes)]).subarray(0, wordBytes);
    if (field.bytes.length > wordBytes) {
      place = number(end, wordBytes);
      const padded = Buffer.concat([field.bytes, Buffer.alloc(field.bytes.length % 2)]);
      outside.push(padded);
      end += padded.length;
    }
    return Buffer.concat([number(tag, 2), number(field.type, 2), number(field.count, wordBytes), place]);
  });
  const file = Buffer.concat([
    bytes,
    Buffer.alloc(start - bytes.length),
    number(sorted.length, isBig ? 8 : 2),
    ...entries,
    number(0, wordBytes),
    ...outside,
  ]);
  number(start, wordBytes).copy(file, isBig ? 8 : 4);
  return file;
}

/** Numbers as 16 bits if they fit, else as 32, or 64 in a BigTIFF. */
function encodeNumbers(
  numbers: readonly number[],
  isBig: boolean,
  encode: (value: number, size: number) => Buffer,
) {
  const largest = numbers.reduce((most, each) => Math.max(most, each), 0);
  const [type, size] = largest < 65_536 ? [3, 2] : isBig ? [16, 8] : [4, 4];
  return { type, count: numbers.length, bytes: Buffer.concat(numbers.map((each) => encode(each, size))) };
}
