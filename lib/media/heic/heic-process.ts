import { type DecoderAnswer, serveParent } from '../process/decoder-child.ts';
import { LibheifError, loadLibheif } from './libheif.ts';

/** A HEIC file to decode. */
export interface HeicJob {
  heic: Uint8Array;
  /** The largest width × height that is decoded. */
  pixels: number;
  /** The longest line that is decoded. */
  line: number;
}

/** The properties of a decoded picture, which is upright. Its pixels are 8-bit RGB, or RGBA. */
export interface HeicPicture {
  width: number;
  height: number;
  channels: 3 | 4;
  exif?: Uint8Array;
  /** An ICC profile, or the codes of ITU-T H.273. */
  colours?: { icc: Uint8Array } | { primaries: number; transfer: number };
}

export type HeicRefusal =
  | { tooLarge: { width: number; height: number } }
  | { unreadable: Unreadable; message: string };
type Unreadable = 'damaged' | 'no picture' | 'coding' | 'memory' | 'parts';

/** heif_colorspace_RGB, heif_chroma_interleaved_RGB and _RGBA, heif_channel_interleaved (heif_image.h). */
const RGB = 1;
const INTERLEAVED = { 3: 10, 4: 11 } as const;
const INTERLEAVED_CHANNEL = 10;

/** Values of heif_color_profile_type (heif_color.h). */
const fourCharacters = (text: string) => Buffer.from(text).readUInt32BE();
const ICC = [fourCharacters('prof'), fourCharacters('rICC')];
const NCLX = fourCharacters('nclx');

/** Codes of heif_error_code (heif_error.h): no brand of a still picture; an unknown coding; memory; no decoder. */
const reasonOfCode: Record<number, Unreadable> = { 3: 'no picture', 4: 'coding', 6: 'memory', 11: 'coding' };
/** Codes of heif_suberror_code: no primary item; a limit of libheif. They are more precise. */
const reasonOfSubcode: Record<number, Unreadable> = { 107: 'no picture', 124: 'no picture', 1000: 'parts' };

/**
 * A child process: receives a HEIC file from its parent, decodes its primary image, and ends. libheif applies crops,
 * rotations and mirrors, assembles tiles, and gets no access to files and network.
 */
const heif = await loadLibheif();
serveParent(decodeOrRefuse);

function decodeOrRefuse(job: HeicJob): DecoderAnswer<HeicPicture, HeicRefusal> {
  try {
    return decode(job);
  } catch (error) {
    if (!(error instanceof LibheifError)) throw error;
    const { code, subcode, message } = error;
    return {
      refused: { unreadable: reasonOfSubcode[subcode] ?? reasonOfCode[code] ?? 'damaged', message },
    };
  }
}

function decode({ heic, pixels, line }: HeicJob): DecoderAnswer<HeicPicture, HeicRefusal> {
  const context = heif._heif_context_alloc();
  // max_image_size_pixels: the coded pictures of a file may be larger than the file says.
  heif.write32(heif._heif_context_get_security_limits(context) + 8, pixels);
  const out = heif._malloc(8);
  const bytes = heif.copyIn(heic);
  heif.check((error) => heif._heif_context_read_from_memory(error, context, bytes, heic.length, 0));
  heif.check((error) => heif._heif_context_get_primary_image_handle(error, context, out));
  const handle = heif.read32(out);
  const [width, height] = [
    heif._heif_image_handle_get_width(handle),
    heif._heif_image_handle_get_height(handle),
  ];
  if (width * height > pixels || Math.max(width, height) > line) {
    return { refused: { tooLarge: { width, height } } };
  }
  const channels = heif._heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
  const options = heif._heif_decoding_options_alloc();
  heif.HEAPU8[options + STRICT_DECODING] = 1;
  heif.check((error) => heif._heif_decode_image(error, handle, out, RGB, INTERLEAVED[channels], options));
  const image = heif.read32(out);
  if (heif._heif_image_get_decoding_warnings(image, 0, 0, 0) > 0) {
    return { refused: { unreadable: 'damaged', message: 'decoded with warnings' } };
  }
  const plane = heif._heif_image_get_plane_readonly(image, INTERLEAVED_CHANNEL, out);
  const [stride, row] = [heif.read32(out), width * channels];
  for (let y = 1; stride !== row && y < height; y++) {
    heif.HEAPU8.copyWithin(plane + y * row, plane + y * stride, plane + y * stride + row);
  }
  return {
    picture: { width, height, channels, ...exifOf(handle), ...coloursOf(handle) },
    pixels: heif.HEAPU8.subarray(plane, plane + row * height),
  };
}

/** The offset of `strict_decoding` in heif_decoding_options (heif_decoding.h): errors instead of warnings. */
const STRICT_DECODING = 21;

/** Exif without the offset of its start in front of it (ISO/IEC 23008-12, Annex A.2.1). */
function exifOf(handle: number): Pick<HeicPicture, 'exif'> {
  const [type, out] = [heif.copyIn(Buffer.from('Exif\0')), heif._malloc(4)];
  if (heif._heif_image_handle_get_list_of_metadata_block_IDs(handle, type, out, 1) === 0) return {};
  const id = heif.read32(out);
  const size = heif._heif_image_handle_get_metadata_size(handle, id);
  const to = heif._malloc(size);
  heif.check((error) => heif._heif_image_handle_get_metadata(error, handle, id, to));
  const block = heif.copyOut(to, size);
  return block.length < 4 ? {} : { exif: block.subarray(4 + block.readUInt32BE()) };
}

function coloursOf(handle: number): Pick<HeicPicture, 'colours'> {
  const type = heif._heif_image_handle_get_color_profile_type(handle);
  if (ICC.includes(type)) {
    const size = heif._heif_image_handle_get_raw_color_profile_size(handle);
    const to = heif._malloc(size);
    heif.check((error) => heif._heif_image_handle_get_raw_color_profile(error, handle, to));
    return { colours: { icc: heif.copyOut(to, size) } };
  }
  if (type !== NCLX) return {};
  const out = heif._malloc(4);
  heif.check((error) => heif._heif_image_handle_get_nclx_color_profile(error, handle, out));
  // heif_color_profile_nclx: the version, then an enumeration for primaries and one for the transfer function.
  const profile = heif.read32(out);
  return { colours: { primaries: heif.read32(profile + 4), transfer: heif.read32(profile + 8) } };
}
