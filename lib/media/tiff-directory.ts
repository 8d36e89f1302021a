/** What the first directory of a TIFF says that libvips does not tell (TIFF 6.0, 2). */
export interface TiffDirectory {
  /** YCbCr whose planes are stored apart, which libvips takes for RGB. */
  isPlanarYcc: boolean;
  /** Whether the first channel beyond the colours is transparency; Photoshop keeps selections there, too. */
  hasTransparency: boolean;
  /** The same file with nothing in its directory but what the pixels of its first page need. */
  plain: Uint8Array;
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

const needed = new Set<number>(Object.values(tags));

/**
 * Reads the first directory of a TIFF; undefined for a BigTIFF, and where it is too damaged for that.
 *
 * Scanners and programs write private tags, unsorted ones, texts without an end: libtiff warns of each, in words that
 * can't be told from those about damaged pixels. Without these tags, what it still complains of counts.
 */
export function readTiffDirectory(bytes: Uint8Array): TiffDirectory | undefined {
  const tiff = Buffer.from(bytes);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  if (tiff.length < 8 || u16(2) !== 42) return undefined;
  const start = u32(4) + 2;
  if (start > tiff.length) return undefined;
  const end = start + 12 * u16(start - 2);
  if (end + 4 > tiff.length) return undefined;

  /** Where the entry of each tag is; of a tag that comes twice, libtiff takes the first as well. */
  const entries = new Map<number, number>();
  for (let at = start; at < end; at += 12) {
    const tag = u16(at);
    if (needed.has(tag) && !entries.has(tag)) entries.set(tag, at);
  }
  /** The first of a tag's 16-bit numbers, of which two fit in its entry. */
  const first = (tag: number) => {
    const entry = entries.get(tag);
    if (entry === undefined) return undefined;
    const at = u32(entry + 4) > 2 ? u32(entry + 8) : entry + 8;
    return at + 2 > tiff.length ? undefined : u16(at);
  };
  const facts = {
    isPlanarYcc: first(tags.photometric) === 6 && first(tags.planes) === 2,
    hasTransparency: [1, 2].includes(first(tags.extraChannels) ?? 1),
  };

  // In its own place, which is never too small: behind the pixels, a cut file would find bytes to go on with.
  const sorted = [...entries].toSorted(([one], [other]) => one - other);
  const directory = Buffer.concat(sorted.map(([, at]) => tiff.subarray(at, at + 12)));
  tiff.fill(0, start, end + 4); // also the place of the next directory
  directory.copy(tiff, start);
  if (isLittle) tiff.writeUInt16LE(sorted.length, start - 2);
  else tiff.writeUInt16BE(sorted.length, start - 2);
  return { ...facts, plain: tiff };
}
