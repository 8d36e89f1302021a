import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { DomainError } from '../../domain/errors.ts';
import { type Export, NOT_DRAWN } from '../../domain/exports/export.ts';
import { LONGEST_SIDE } from '../../domain/images/image-copy.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { exportedCopyKeys } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { drawCopy } from '../images/draw-copy.ts';
import type { ManifestEntry } from './manifest.ts';

export interface CopiesDeps {
  bucket: Pick<Objects, 'read' | 'write'>;
  objects: Pick<SignedObjects, 'read'>;
}

/**
 * Returns the entries of an archive with the keys, sizes and checksums of the copies that stand for edited images. Each copy is drawn
 * once, in the memory of one, and kept in S3: another attempt continues after the last one. So the length of the archive and the
 * checksums of all entries are known before its first byte, as for originals.
 *
 * @throws DomainError UNPROCESSABLE_CONTENT if one cannot be drawn
 */
export async function withCopies(
  entries: readonly ManifestEntry[],
  found: Export,
  archive: number,
  { bucket, objects }: CopiesDeps,
): Promise<ManifestEntry[]> {
  const keys = exportedCopyKeys(found, archive, found.archives[archive]?.copies).values();
  const files: ManifestEntry[] = [];
  for (const entry of entries) {
    const key = entry.copy && keys.next().value;
    if (!entry.copy || !key) {
      files.push(entry);
      continue;
    }
    const { source, ...copy } = entry.copy;
    const drawn = async () => {
      const bytes = await draw(copy, await buffer(await objects.read(source)));
      await bucket.write(key, bytes, 'image/jpeg');
      return bytes;
    };
    const bytes = (await bucket.read(key)) ?? (await drawn());
    files.push({ ...entry, key, bytes: bytes.length, crc32: crc32(bytes) });
  }
  return files;
}

type Drawn = Omit<NonNullable<ManifestEntry['copy']>, 'source'>;

async function draw({ width, quality, edit }: Drawn, source: Uint8Array): Promise<Uint8Array> {
  const whole = { format: 'jpeg', page: 1, maxHeight: LONGEST_SIDE.jpeg, watermark: undefined } as const;
  try {
    return await drawCopy(source, { ...whole, width, quality, edit });
  } catch (cause) {
    if (!(cause instanceof RejectedImage)) throw cause;
    throw new DomainError('UNPROCESSABLE_CONTENT', NOT_DRAWN, { cause });
  }
}
