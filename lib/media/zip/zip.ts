import { once } from 'node:events';
import { addAbortSignal, Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { ZipArchive } from 'archiver';
import { runMinorGc } from '../minor-gc.ts';
import { type ZipEntry, type ZipLayout, zipLayout } from './zip-layout.ts';

/** After this many bytes, a garbage collection frees the buffers. */
const collectAfterBytes = 8 * 1024 * 1024;

/** A piece of the central directory. */
const directoryPieceBytes = 64 * 1024;

/**
 * Streams a ZIP of stored (not compressed) entries, with ZIP64 if needed, in the memory of two entries: one is sent
 * while the next is read. Nothing is opened before the first read. The same entries give the same bytes.
 *
 * Each entry is read completely before its header is written. Then archiver writes the size and CRC-32 into the header,
 * and no data descriptor after the content, without which some readers can't read a stored entry from a stream.
 *
 * `open` returns the content of an entry as a stream of bytes. If a source fails, or its size or CRC-32 differs from
 * the entry, the archive is destroyed with an error, so that it never ends as if it were complete. Destroying the
 * archive destroys all sources.
 */
export function zipStream(
  entries: readonly ZipEntry[],
  open: (entry: ZipEntry, index: number) => Promise<Readable> | Readable,
): Readable {
  const ended = new AbortController();
  const layout = zipLayout(entries);
  const zip = new ZipArchive({ store: true, forceZip64: layout.isZip64 });
  zip.on('error', fail);
  const pieces = zipPieces(zip, entries, layout, readEntry, ended.signal);
  const archive = new Readable({
    read() {
      pieces.next().then(({ value, done }) => archive.push(done ? null : value), fail);
    },
    destroy(error, done) {
      ended.abort();
      done(error);
    },
  });
  return archive;

  function readEntry(index: number): Promise<Buffer> | undefined {
    const entry = entries[index];
    if (!entry) return undefined;
    const content = Promise.try(open, entry, index).then((source) =>
      readContent(entry, addAbortSignal(ended.signal, source)),
    );
    // Also for an entry that waits for its turn.
    content.catch(fail);
    return content;
  }

  function fail(error: unknown): void {
    archive.destroy(
      error instanceof Error ? error : new Error('a source of the ZIP failed', { cause: error }),
    );
  }
}

/** The bytes of the archive: header and content of each entry, then the directory. */
async function* zipPieces(
  zip: ZipArchive,
  entries: readonly ZipEntry[],
  { headers, directoryBytes }: ZipLayout,
  readEntry: (index: number) => Promise<Buffer> | undefined,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  let uncollected = 0;
  let next = readEntry(0);
  for (const [index, entry] of entries.entries()) {
    const reading = next;
    if (index > 0) next = readEntry(index + 1);
    const content = await reading;
    if (!content) return;
    zip.append(content, { name: entry.name, date: entry.modified });
    yield await take(zip, headers[index] ?? 0, signal);
    const piece = content.length > 0 ? await take(zip, content.length, signal) : undefined;
    // Nothing can be sent before the first entry is complete, so the second one does not share the line with it.
    if (index === 0) next = readEntry(1);
    if (piece) yield piece;
    uncollected += content.length;
    if (uncollected < collectAfterBytes) continue;
    uncollected = 0;
    runMinorGc();
  }
  zip.finalize();
  for (let left = directoryBytes; left > 0; left -= directoryPieceBytes)
    yield await take(zip, Math.min(left, directoryPieceBytes), signal);
}

/**
 * Reads exactly this number of bytes from a stream. A whole buffer is returned without a copy; smaller chunks are
 * concatenated.
 */
async function take(stream: Readable, bytes: number, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    const piece: Buffer | null = stream.read(bytes);
    if (piece?.length === bytes) return piece;
    if (piece) throw new Error(`expected ${bytes} bytes of the ZIP but received ${piece.length}`);
    await once(stream, 'readable', { signal });
  }
}

/** Reads the content of an entry and verifies its size and CRC-32. */
async function readContent(entry: ZipEntry, source: Readable): Promise<Buffer> {
  const content = Buffer.allocUnsafe(entry.bytes);
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > entry.bytes) break;
    content.set(chunk, bytes - chunk.length);
  }
  if (bytes !== entry.bytes) {
    const received = bytes > entry.bytes ? 'more' : bytes;
    throw new Error(`expected ${entry.bytes} bytes for ZIP entry ${entry.name} but received ${received}`);
  }
  const checksum = crc32(content);
  if (entry.crc32 !== undefined && checksum !== entry.crc32) {
    throw new Error(
      `expected CRC-32 ${hex(entry.crc32)} for ZIP entry ${entry.name} but received ${hex(checksum)}`,
    );
  }
  return content;
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
