import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { collectYoung } from './collect-young.ts';
import { type ZipEntry, zipLayout } from './zip-layout.ts';

export type { ZipEntry } from './zip-layout.ts';

/** Sources opened before their turn: hides the time to the first byte of S3, at one small buffer for each. */
const readAhead = 2;

/** So much goes through before the buffers that it came in are collected. */
const collectAfterBytes = 8 * 1024 * 1024;

/**
 * The exact length in bytes of the archive that `zipStream` makes of these entries: its Content-Length.
 *
 * Our own writer because S3 tells each object's size and CRC-32 beforehand: no data descriptors are needed, the length
 * is known before the first byte, and a reader finds damage. Packages for ZIP streams compute both on the way.
 *
 * @throws RangeError for an entry that no header can hold
 */
export function zipLength(entries: readonly ZipEntry[]): number {
  let length = 0;
  for (const part of zipLayout(entries)) length += Buffer.isBuffer(part) ? part.length : part.entry.bytes;
  return length;
}

/**
 * Streams a stored ZIP (ZIP64 where it must be) in constant memory. Nothing is opened before the first read.
 *
 * `open` gives an entry's content, a stream of bytes, at most `readAhead` entries early. A source that fails, or whose
 * bytes are not those promised in size and CRC-32, destroys the archive with an error: it never ends as if whole. When
 * the archive is destroyed, so are all sources.
 */
export function zipStream(
  entries: readonly ZipEntry[],
  open: (entry: ZipEntry, index: number) => Promise<Readable> | Readable,
): Readable {
  const opened = new Map<number, Promise<Readable>>();
  const sources = new Set<Readable>();
  let started = false;
  let uncollected = 0;
  let drained: (() => void) | undefined;

  const archive = new Readable({
    read() {
      if (started) drained?.();
      else write().catch(fail);
      started = true;
    },
    destroy(error, done) {
      for (const source of sources) source.destroy();
      done(error);
    },
  });
  return archive;

  async function write(): Promise<void> {
    for (const part of zipLayout(entries)) {
      if (Buffer.isBuffer(part)) await push(part);
      else await writeContent(part.index, part.entry);
      if (archive.destroyed) return;
    }
    archive.push(null);
  }

  async function writeContent(index: number, entry: ZipEntry): Promise<void> {
    for (let next = index; next <= index + readAhead; next++) openOnce(next);
    const source = await opened.get(index);
    if (!source) return;
    opened.delete(index);
    let bytes = 0;
    let checksum = 0;
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > entry.bytes) break;
      checksum = crc32(chunk, checksum);
      await push(chunk);
      uncollected += chunk.length;
      if (uncollected < collectAfterBytes) continue;
      uncollected = 0;
      collectYoung();
    }
    sources.delete(source);
    if (bytes !== entry.bytes) {
      const received = bytes > entry.bytes ? 'more' : bytes;
      throw new Error(`expected ${entry.bytes} bytes for ZIP entry ${entry.name} but received ${received}`);
    }
    if (checksum !== entry.crc32) {
      throw new Error(
        `expected CRC-32 ${hex(entry.crc32)} for ZIP entry ${entry.name} but received ${hex(checksum)}`,
      );
    }
  }

  function openOnce(index: number): void {
    const entry = entries[index];
    if (!entry || opened.has(index)) return;
    const opening = (async () => {
      const source = await open(entry, index);
      // Without a listener, the failure of a source that waits for its turn would end the process.
      source.on('error', fail);
      sources.add(source);
      if (archive.destroyed) source.destroy();
      else source.read(0); // starts it, also where streams start at their first read, as files do
      return source;
    })();
    opening.catch(fail);
    opened.set(index, opening);
  }

  /** Waits while the consumer has enough: that is all the backpressure there is. */
  async function push(chunk: Uint8Array): Promise<void> {
    if (archive.destroyed || archive.push(chunk)) return;
    await new Promise<void>((resolve) => {
      drained = resolve;
    });
  }

  function fail(error: unknown): void {
    archive.destroy(
      error instanceof Error ? error : new Error('a source of the ZIP failed', { cause: error }),
    );
  }
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
