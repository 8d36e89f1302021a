/** A codestream to decode, described by its own header. */
export interface CodecJob {
  codec: 'Jpeg' | 'JpegLs' | 'Jpeg2000' | 'HtJpeg2000' | 'JpegXl';
  codestream: Uint8Array;
  width: number;
  height: number;
  components: number;
  bits: number;
  isSigned: boolean;
  /** Whether the JPEG decoder converts colours to RGB; it detects itself which of them are not RGB. */
  toRgb: boolean;
}

/** The used exports of the module. Its functions take addresses of a context and of parameters in its memory. */
type Exports = Record<string, (...numbers: number[]) => number> & { memory: WebAssembly.Memory };

/** Index in the module's own list of photometric interpretations. */
const RGB = 3;
const MONOCHROME2 = 1;

/**
 * The decoders of dcmjs-codecs (libjpeg for 8, 12 and 16 bits, CharLS, OpenJPEG, OpenJPH, libjxl) as WebAssembly, without
 * the package's JavaScript, which would bring a DICOM library along.
 */
export class NativeCodecs {
  readonly #exports: Exports;

  constructor(module: WebAssembly.Module) {
    const text = (at: number, length: number) =>
      Buffer.from(this.#exports.memory.buffer, at, length).toString('latin1');
    const instance = new WebAssembly.Instance(module, {
      env: {
        emscripten_notify_memory_growth: () => {},
        onCodecsInfo: () => {},
        onCodecsTrace: () => {},
        onCodecsException: (at: number, length: number) => {
          throw new Error(text(at, length));
        },
      },
      // The module gets no files and no environment variables, and does not need the time.
      wasi_snapshot_preview1: {
        environ_get: () => 0,
        environ_sizes_get: (count: number, size: number) => {
          const view = new DataView(this.#exports.memory.buffer);
          view.setUint32(count, 0, true);
          view.setUint32(size, 0, true);
          return 0;
        },
        clock_time_get: () => 0,
        fd_write: () => 0,
        fd_seek: () => 0,
        fd_close: () => 0,
        proc_exit: (code: number) => {
          throw new Error(`the decoder exited with ${code}`);
        },
      },
    });
    this.#exports = instance.exports as Exports;
    this.#exports._initialize?.();
  }

  /** Memory of the instance, which only grows. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** Returns the decoded samples, of one or two bytes each. After it has thrown, the instance can't be used again. */
  decode(job: CodecJob): Uint8Array {
    const call = (name: string, ...numbers: number[]): number => {
      const exported = this.#exports[name];
      if (!exported) throw new Error(`the decoders have no ${name}`);
      return exported(...numbers);
    };
    const context = call('CreateCodecsContext');
    const parameters = call('CreateDecoderParameters');
    call('SetConvertColorspaceToRgb', parameters, Number(job.toRgb));
    call('SetColumns', context, job.width);
    call('SetRows', context, job.height);
    call('SetBitsAllocated', context, job.bits > 8 ? 16 : 8);
    call('SetBitsStored', context, job.bits);
    call('SetSamplesPerPixel', context, job.components);
    call('SetPixelRepresentation', context, Number(job.isSigned));
    call('SetPlanarConfiguration', context, 0);
    call('SetPhotometricInterpretation', context, job.components === 1 ? MONOCHROME2 : RGB);
    call('SetEncodedBufferSize', context, job.codestream.length);
    new Uint8Array(this.#exports.memory.buffer).set(job.codestream, call('GetEncodedBuffer', context));
    call(`Decode${job.codec}`, context, parameters);
    const at = call('GetDecodedBuffer', context);
    const decoded = new Uint8Array(this.#exports.memory.buffer).slice(
      at,
      at + call('GetDecodedBufferSize', context),
    );
    call('ReleaseDecoderParameters', parameters);
    call('ReleaseCodecsContext', context);
    return decoded;
  }
}
