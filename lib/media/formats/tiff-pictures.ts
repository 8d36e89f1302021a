import { readTiff, type TiffDirectory, type TiffFile } from './tiff-file.ts';

const tags = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  compression: 259,
  photometric: 262,
  maker: 271,
  stripOffsets: 273,
  channels: 277,
  tileOffsets: 324,
  cfaRepeatPatternDim: 33421,
  cfaPattern: 33422,
  sr2Private: 50740,
  dngVersion: 50706,
} as const;

/** Bits of NewSubfileType (TIFF 6.0, 8). */
const REDUCED = 1;
const MASK = 4;

const first = (directory: TiffDirectory, tag: number) => directory.get(tag)?.numbers[0];

/** Whether a directory is marked as a reduced version of another image in the file (TIFF 6.0, 8). */
function isReduced(directory: TiffDirectory): boolean {
  const kind = first(directory, tags.newSubfileType);
  // SubfileType is the older tag: 2 is a reduced version.
  return kind === undefined ? first(directory, tags.subfileType) === 2 : (kind & REDUCED) !== 0;
}

const isMask = (directory: TiffDirectory) => ((first(directory, tags.newSubfileType) ?? 0) & MASK) !== 0;

const hasPixels = (directory: TiffDirectory) =>
  directory.has(tags.width) && (directory.has(tags.stripOffsets) || directory.has(tags.tileOffsets));

/** Whether a directory is a full image: not a reduced version, a mask, or an Exif thumbnail. */
const isFull = (directory: TiffDirectory) =>
  hasPixels(directory) && !isReduced(directory) && !isMask(directory);

function isLarger(one: TiffDirectory, other: TiffDirectory): boolean {
  const exceeds = (tag: number) => (first(one, tag) ?? 0) > (first(other, tag) ?? 0);
  return exceeds(tags.width) && exceeds(tags.height);
}

/**
 * The directory of the main image of a TIFF whose first image may be a reduced version: a subdirectory of any
 * directory, or one of the following. Undefined if the file has only the reduced version.
 */
export function mainPicture({ chain }: TiffFile): TiffDirectory | undefined {
  const [start] = chain;
  if (!start) return undefined;
  if (!isReduced(start.directory)) return largestOf(start);
  const others = chain.slice(1).flatMap((each) => [each.directory, ...each.below]);
  return [...start.below, ...others].find(isFull);
}

/** A larger image in a subdirectory makes the directory its preview, even if it is not marked as one. */
const largestOf = ({ directory, below }: TiffFile['chain'][number]): TiffDirectory =>
  below.find((each) => isFull(each) && isLarger(each, directory)) ?? directory;

/** The pages of a TIFF, without reduced versions and masks (TIFF 6.0, 8). */
const pagesOf = ({ chain }: TiffFile) => chain.filter(({ directory }) => isFull(directory));

/** The number of pages of a TIFF. The main picture counts, even if no page is marked as one. */
export const countPages = (file: TiffFile): number => Math.max(1, pagesOf(file).length);

/** The directory of a page, from 1. The first page is the main picture; see there for undefined. */
export function pictureOfPage(file: TiffFile, page: number): TiffDirectory | undefined {
  const found = page > 1 ? pagesOf(file)[page - 1] : undefined;
  return found ? largestOf(found) : mainPicture(file);
}

/** PhotometricInterpretation of raw sensor data: CFA (TIFF/EP) and LinearRaw (DNG). */
const rawPhotometrics = new Set([32803, 34892]);

/** Compressions of cameras: Kodak, Sony, Samsung, Kodak, Nikon, lossy DNG, Kodak, Pentax (ExifTool, "Compression"). */
const rawCompressions = new Set([262, 32767, 32769, 32770, 32772, 32867, 34713, 34892, 65000, 65535]);

const rawTags = [tags.dngVersion, tags.cfaRepeatPatternDim, tags.cfaPattern, tags.sr2Private];

/** The bytes after the TIFF header in Canon CR2, Canon 1D, Phase One and Leaf files (ExifTool; RawSpeed). */
const rawSignature = /^.{8}(?:CR|\xba\xb0\xac\xbb|IIII|MMMM)/s;

/**
 * Whether a TIFF is a raw photograph: a directory is marked as sensor data, has a compression that only cameras use, or
 * has one channel while its preview has colors. The camera's name alone proves nothing.
 */
export function isRawPhotograph(bytes: Uint8Array): boolean {
  if (
    rawSignature.test(
      Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1'),
    )
  ) {
    return true;
  }
  const file = readTiff(bytes);
  const [start] = file?.chain ?? [];
  if (!file || !start) return false;
  const directories = file.chain.flatMap(({ directory, below }) => [directory, ...below]);
  if (directories.some(isOfSensor)) return true;
  if (!isReduced(start.directory)) return false;
  const main = mainPicture(file);
  // A camera's preview whose main image is in no directory.
  if (!main) return start.directory.has(tags.maker);
  return (first(start.directory, tags.channels) ?? 1) >= 3 && (first(main, tags.channels) ?? 1) === 1;
}

function isOfSensor(directory: TiffDirectory): boolean {
  return (
    rawPhotometrics.has(first(directory, tags.photometric) ?? -1) ||
    rawCompressions.has(first(directory, tags.compression) ?? -1) ||
    rawTags.some((tag) => directory.has(tag))
  );
}
