import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type CodecJob, NativeCodecs } from './native-codecs.ts';

/** What this process tells its parent: that it can work at all, then what became of each job. */
export type CodecMessage = 'ready' | { decoded: Uint8Array } | { failed: string };

/** The module, beside this file in a Lambda's bundle, in its package for the sources. */
const wasm = import.meta.filename.endsWith('.ts')
  ? join(dirname(createRequire(import.meta.url).resolve('dcmjs-codecs')), 'dcmjs-native-codecs.wasm')
  : join(import.meta.dirname, 'dcmjs-native-codecs.wasm');

/** What an instance begins with is 256 MiB, untouched; one that has grown is given back. */
const MAX_RETAINED_BYTES = 320 * 1024 * 1024;

/**
 * A process of its own: decodes one frame after the other for its parent, and can be killed.
 *
 * The decoders are C and C++ that never saw half of what is sent to us. As WebAssembly, a hole in them reaches neither
 * files nor network; that one may run for ever, or fill its memory, is why it runs here.
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
 * JPEG-LS without the zero before its end, with which some writers make it even: CharLS takes it for pixels too many. Only
 * once it has failed, since the last byte of the pixels may be zero too.
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
    // After one bad frame all others would fail too: what it had begun is still there.
    codecs = new NativeCodecs(module);
    return { failed: String(error) };
  }
}
