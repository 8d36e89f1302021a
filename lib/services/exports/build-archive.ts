import { json } from 'node:stream/consumers';
import type { Exports } from '../../data/exports.ts';
import type { Images } from '../../data/images.ts';
import { DomainError } from '../../domain/errors.ts';
import { type Export, IMAGES_DELETED } from '../../domain/exports/export.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import type { ArchiveWriter } from '../../storage/archive-writer.ts';
import { archiveKey, imageIdOfOriginal } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { archiveOf, Manifest } from './start-export.ts';

export interface BuildDeps {
  exports: Pick<Exports, 'get' | 'markRunning' | 'markProgress' | 'markReady'>;
  images: Pick<Images, 'getMany'>;
  objects: Pick<SignedObjects, 'read'>;
  archives: Pick<ArchiveWriter, 'begin' | 'write' | 'abort' | 'delete'>;
  now: () => Date;
}

/**
 * Writes an archive of a run, unless another invocation has begun it.
 *
 * @throws DomainError GONE if one of its images was deleted
 */
export async function buildArchive(
  manifest: string,
  found: Export,
  archive: number,
  { exports, images, objects, archives, now }: BuildDeps,
) {
  const { entries } = Manifest.parse(await json(await objects.read(manifest)));
  const key = archiveKey(found, archive);
  const begun = found.archives[archive]?.uploadId;
  if (begun) await archives.abort(key, begun);
  const uploadId = await archives.begin(key, 'application/zip');
  if (!(await exports.markRunning(found, archive, uploadId))) return archives.abort(key, uploadId);
  const zip = archiveOf(entries, objects);
  try {
    await archives.write(key, uploadId, zip, base64Crc32, (bytes) =>
      exports.markProgress(found, archive, bytes),
    );
  } catch (error) {
    zip.destroy();
    await archives.abort(key, uploadId);
    throw error;
  }
  // An image may have been deleted while the archive was written, before the list of exports contained this one.
  const there = await images.getMany(entries.map((entry) => imageIdOfOriginal(entry.key)));
  if (there.length < entries.length) {
    await archives.delete(key);
    throw new DomainError('GONE', IMAGES_DELETED);
  }
  if (await exports.markReady(found, archive)) return;
  // Another event of this run was faster, or the run ended because an image was deleted: then nobody uses this archive.
  const current = await exports.get(found.id, now());
  if (current?.run !== found.run) await archives.delete(key);
}
