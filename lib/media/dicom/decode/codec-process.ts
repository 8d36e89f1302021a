import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type CodecJob, NativeCodecs } from './native-codecs.ts';

/** The messages of this process to its parent: first that it is ready, then the result of each job. */
export type CodecMessage = 'ready' | { decoded: Uint8Array } | { failed: string };

/** The WebAssembly module: in a Lambda's bundle it is beside this file, otherwise in its npm package. */
const wasm = import.meta.filename.endsWith('.ts')
  ? join(dirname(createRequire(import.meta.url).resolve('dcmjs-codecs')), 'dcmjs-native-codecs.wasm')
  : join(import.meta.dirname, 'dcmjs-native-codecs.wasm');

/** An instance starts with 256 MiB, mostly unused; one that has grown beyond this limit is released. */
const MAX_RETAINED_BYTES = 320 * 1024 * 1024;

/**
 * A separate process that decodes one frame after the other for its parent, and can be killed.
 *
 * The decoders are written in C and C++, and uploads are untrusted input. As WebAssembly, a vulnerability in them gives
 * no access to files or network. They run in a process because one may never end, or exhaust its memory.
 */
const module = new WebAssembly.Module(readFileSync(wasm));
let codecs = new NativeCodecs(module);
process.on('message', (job: CodecJob) => tell(decode(job)));
process.once('disconnect', () => process.exit());
tell('ready');

function tell(message: CodecMessage): void {
  process.send?.(message);
}

function decode(job: CodecJob): CodecMessage {
  const first = attempt(job);
  if ('decoded' in first) return first;
  const codestream = withoutFilling(job);
  return codestream ? attempt({ ...job, codestream }) : first;
}

/**
 * Removes the zero byte before the end of a JPEG-LS codestream, with which some writers make its length even: CharLS
 * takes it for excess pixels. Only used after decoding failed, because the last byte of the pixels may be zero, too.
 */
function withoutFilling({ codec, codestream }: CodecJob): Uint8Array | undefined {
  const end = codestream.findLastIndex((byte, at) => byte === 0xff && codestream[at + 1] === 0xd9);
  if (codec !== 'JpegLs' || end < 1 || codestream[end - 1] !== 0) return undefined;
  return Buffer.concat([codestream.subarray(0, end - 1), codestream.subarray(end)]);
}

function attempt(job: CodecJob): { decoded: Uint8Array } | { failed: string } {
  try {
    const decoded = codecs.decode(job);
    if (codecs.memoryBytes > MAX_RETAINED_BYTES) codecs = new NativeCodecs(module);
    return { decoded };
  } catch (error) {
    // A damaged frame leaves the instance in an undefined state, so that all later frames would fail, too.
    codecs = new NativeCodecs(module);
    return { failed: String(error) };
  }
}
