import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { zipStream } from '../../media/zip/zip.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

/** The name that `sha256sum --check` and its users expect. */
const CHECKSUMS = 'SHA256SUMS';

/** A line of `sha256sum` without the name: 64 hexadecimal digits, two spaces, and the line feed. */
const LINE_BYTES = 64 + 2 + 1;

/**
 * Adds a file with the SHA-256 of each other file. Its length is known before its content. Of several archives each has a name of its
 * own for it, so that all can be unpacked into one folder.
 */
export const withChecksums = (
  manifest: Manifest,
  archive: number,
  { length }: readonly Manifest[],
): Manifest => ({
  ...manifest,
  entries: [
    ...manifest.entries,
    {
      name: length === 1 ? CHECKSUMS : `${CHECKSUMS}-${archive + 1}`,
      bytes: manifest.entries.reduce((sum, { name }) => sum + LINE_BYTES + Buffer.byteLength(name), 0),
      modified: manifest.entries[0]?.modified ?? new Date(0),
    },
  ],
});

/** The archive as a stream of bytes. */
export function archiveOf(entries: readonly ManifestEntry[], objects: Pick<SignedObjects, 'read'>): Readable {
  const isSummed = entries.some(isChecksums);
  const hashes = entries.map(() => Promise.withResolvers<string>());
  const lines = () =>
    entries.flatMap(({ name }, index) =>
      isChecksums(entries[index] as ManifestEntry)
        ? []
        : [hashes[index]?.promise.then((hash) => `${hash}  ${name}\n`)],
    );
  return zipStream(entries, async (_entry, index) => {
    const entry = entries[index] as ManifestEntry;
    if (isChecksums(entry)) return Readable.from(readAll(lines()), { objectMode: false });
    const content = await openEntry(entry, objects);
    const hashed = (hash: string) => hashes[index]?.resolve(hash);
    return isSummed ? Readable.from(hashing(content, hashed), { objectMode: false }) : content;
  });
}

const isChecksums = ({ key, text }: ManifestEntry): boolean => key === undefined && text === undefined;

const openEntry = async (
  { key, text = '' }: ManifestEntry,
  objects: Pick<SignedObjects, 'read'>,
): Promise<Readable> =>
  key === undefined ? Readable.from([Buffer.from(text)], { objectMode: false }) : objects.read(key);

/** If a file fails, so does the whole archive, and with it the reader that waits here for its hash. */
async function* readAll(lines: readonly (Promise<string> | undefined)[]) {
  for (const line of lines) yield Buffer.from((await line) ?? '');
}

/** Passes the content on, and its SHA-256 at its end. */
async function* hashing(content: AsyncIterable<Uint8Array>, onHash: (hash: string) => void) {
  const hash = createHash('sha256');
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  onHash(hash.digest('hex'));
}
