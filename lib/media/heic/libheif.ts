import { createRequire } from 'node:module';

/** The functions of libheif's C interface that are used here (heif.h). Pointers and handles are numbers. */
interface Functions {
  _malloc(bytes: number): number;
  _heif_context_alloc(): number;
  _heif_context_get_security_limits(context: number): number;
  _heif_context_read_from_memory(
    error: number,
    context: number,
    at: number,
    size: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_get_color_profile_type(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, to: number): void;
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, profile: number): void;
  _heif_image_handle_get_list_of_metadata_block_IDs(
    handle: number,
    type: number,
    ids: number,
    room: number,
  ): number;
  _heif_image_handle_get_metadata_size(handle: number, id: number): number;
  _heif_image_handle_get_metadata(error: number, handle: number, id: number, to: number): void;
  _heif_decoding_options_alloc(): number;
  _heif_decode_image(
    error: number,
    handle: number,
    image: number,
    colorspace: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_get_decoding_warnings(image: number, first: number, errors: number, room: number): number;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
  readonly HEAPU8: Uint8Array;
}

/** An error of libheif (heif_error.h). */
export class LibheifError extends Error {
  override readonly name = 'LibheifError';
  readonly code: number;
  readonly subcode: number;

  constructor(code: number, subcode: number, message: string) {
    super(message);
    [this.code, this.subcode] = [code, subcode];
  }
}

/** libheif with its memory. */
export interface Libheif extends Functions {
  /** Copies bytes into its memory. Nothing is freed: the process ends after one file. */
  copyIn(bytes: Uint8Array): number;
  /** Copies bytes out of its memory. */
  copyOut(at: number, bytes: number): Buffer;
  read32(at: number): number;
  write32(at: number, value: number): void;
  /**
   * Calls a function that writes its error, a code, a subcode and a text, to its first argument.
   *
   * @throws LibheifError
   */
  check(call: (error: number) => void): void;
}

/**
 * Loads libheif, which is compiled to WebAssembly, from the package `libheif-js`: in Lambda from a layer. It is under the
 * LGPL, so it stays in files of its own, as they were published, which anybody may replace.
 */
export async function loadLibheif(): Promise<Libheif> {
  const factory = createRequire(import.meta.url)('libheif-js/libheif-wasm/libheif.js');
  // Its remarks about files go nowhere. Errors of Emscripten, such as about memory, go to the parent.
  const heif: Functions & { ready: Promise<unknown> } = factory({ print: () => {} });
  await heif.ready;
  // The memory is another object after it has grown.
  const view = () => new DataView(heif.HEAPU8.buffer);
  const read32 = (at: number) => view().getUint32(at, true);
  const error = heif._malloc(12);
  return {
    ...heif,
    get HEAPU8() {
      return heif.HEAPU8;
    },
    read32,
    write32: (at, value) => view().setUint32(at, value, true),
    copyIn(bytes) {
      const at = heif._malloc(bytes.length);
      heif.HEAPU8.set(bytes, at);
      return at;
    },
    copyOut: (at, bytes) => Buffer.from(heif.HEAPU8.slice(at, at + bytes)),
    check(call) {
      call(error);
      const [code, subcode, text] = [read32(error), read32(error + 4), read32(error + 8)];
      const end = heif.HEAPU8.indexOf(0, text);
      if (code !== 0)
        throw new LibheifError(code, subcode, Buffer.from(heif.HEAPU8.slice(text, end)).toString());
    },
  };
}
