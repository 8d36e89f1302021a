import { json } from 'node:stream/consumers';
import type { Exports } from '../../data/exports.ts';
import type { Images } from '../../data/images.ts';
import { DomainError } from '../../domain/errors.ts';
import { type Export, FILES_GONE } from '../../domain/exports/export.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import type { ArchiveWriter } from '../../storage/archive-writer.ts';
import { archiveKey, DICOM, dicomKey, IMAGES, imageIdOfOriginal } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { archiveOf } from './archive-stream.ts';
import { Manifest, type ManifestEntry } from './manifest.ts';
import { type DicomOfPatient, instancesOf } from './patient-dicom.ts';

export interface BuildDeps extends DicomOfPatient {
  exports: Pick<Exports, 'get' | 'markRunning' | 'markProgress' | 'markReady'>;
  images: Pick<Images, 'getMany'>;
  objects: Pick<SignedObjects, 'read'>;
  archives: Pick<ArchiveWriter, 'begin' | 'write' | 'abort' | 'delete'>;
  now: () => Date;
}

/**
 * Writes an archive of a run, unless another invocation has begun it.
 *
 * @throws DomainError GONE if one of its files was deleted, or given to another patient
 */
export async function buildArchive(manifest: string, found: Export, archive: number, deps: BuildDeps) {
  const { exports, objects, archives, now } = deps;
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
  // A file may have been deleted while the archive was written, before the list of exports contained this one.
  if (!(await areThere(entries, found, deps))) {
    await archives.delete(key);
    throw new DomainError('GONE', FILES_GONE);
  }
  if (await exports.markReady(found, archive)) return;
  // Another event of this run was faster, or the run ended because an image was deleted: then nobody uses this archive.
  const current = await exports.get(found.id, now());
  if (current?.run !== found.run) await archives.delete(key);
}

/** Whether all files of an archive still exist, and belong to its patient. */
async function areThere(entries: readonly ManifestEntry[], { patientId }: Export, deps: BuildDeps) {
  const keysUnder = (prefix: string) => entries.flatMap(({ key }) => (key?.startsWith(prefix) ? [key] : []));
  const originals = keysUnder(IMAGES);
  const images = await deps.images.getMany(originals.map(imageIdOfOriginal));
  if (images.filter((image) => image.patientId === patientId).length < originals.length) return false;
  const files = new Set(keysUnder(DICOM));
  if (files.size === 0) return true;
  for await (const { instances } of instancesOf(patientId, deps))
    for (const instance of instances) files.delete(dicomKey(instance));
  return files.size === 0;
}
