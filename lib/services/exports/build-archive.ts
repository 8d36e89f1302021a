import { json } from 'node:stream/consumers';
import type { Exports } from '../../data/exports.ts';
import type { Images } from '../../data/images/images.ts';
import { DomainError } from '../../domain/errors.ts';
import { type Export, FILES_GONE } from '../../domain/exports/export.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import { zipLength } from '../../media/zip/zip-layout.ts';
import type { ArchiveWriter } from '../../storage/archive-writer.ts';
import {
  archiveKey,
  DICOM,
  dicomKey,
  exportedCopyKeys,
  IMAGES,
  imageIdOfOriginal,
} from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';
import { archiveOf } from './archive-stream.ts';
import { type CopiesDeps, withCopies } from './exported-copies.ts';
import { Manifest, type ManifestEntry } from './manifest.ts';
import { type DicomOfPatient, instancesOf } from './patient-dicom.ts';

export interface BuildDeps extends DicomOfPatient, CopiesDeps {
  exports: Pick<Exports, 'get' | 'markRunning' | 'markProgress' | 'markReady'>;
  images: Pick<Images, 'getMany'>;
  bucket: Pick<Objects, 'read' | 'write' | 'delete'>;
  archives: Pick<ArchiveWriter, 'begin' | 'write' | 'abort'>;
  now: () => Date;
}

/**
 * Writes an archive of a run, unless another invocation has begun it.
 *
 * @throws DomainError GONE if one of its files was deleted, or given to another patient, UNPROCESSABLE_CONTENT if an edited image
 *   cannot be drawn
 */
export async function buildArchive(manifest: string, found: Export, archive: number, deps: BuildDeps) {
  const discardIfEnded = async () => {
    const current = await deps.exports.get(found.id, deps.now());
    if (current?.run !== found.run) await discard(found, archive, deps);
  };
  try {
    // Otherwise another event of this run was faster, or the run ended because an image was deleted: then nobody uses this archive.
    if (!(await isWritten(manifest, found, archive, deps))) await discardIfEnded();
  } catch (error) {
    await discardIfEnded();
    throw error;
  }
}

async function isWritten(
  manifest: string,
  asked: Export,
  archive: number,
  deps: BuildDeps,
): Promise<boolean> {
  const { exports, objects, archives } = deps;
  const { entries } = Manifest.parse(await json(await objects.read(manifest)));
  const files = await withCopies(entries, asked, archive, deps);
  const found = withBytes(asked, archive, zipLength(files));
  const key = archiveKey(found, archive);
  const begun = found.archives[archive]?.uploadId;
  if (begun) await archives.abort(key, begun);
  const uploadId = await archives.begin(key, 'application/zip');
  if (!(await exports.markRunning(found, archive, uploadId))) {
    await archives.abort(key, uploadId);
    return false;
  }
  const zip = archiveOf(files, objects);
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
    await discard(found, archive, deps);
    throw new DomainError('GONE', FILES_GONE);
  }
  return exports.markReady(found, archive);
}

/** The export with the size that the archive has: that of copies is known only when they are made. */
const withBytes = (found: Export, archive: number, bytes: number): Export => ({
  ...found,
  archives: found.archives.map((each, index) => (index === archive ? { ...each, bytes } : each)),
});

/** Deletes an archive and its copies. The manifest stays: another attempt says why there is no archive. */
const discard = (found: Export, archive: number, { bucket }: Pick<BuildDeps, 'bucket'>) =>
  bucket.delete([
    archiveKey(found, archive),
    ...exportedCopyKeys(found, archive, found.archives[archive]?.copies),
  ]);

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
