import { createHash } from 'node:crypto';
import { statusUrl } from '../../api/views/export.ts';
import type { Exports } from '../../data/exports.ts';
import type { Images } from '../../data/images/images.ts';
import { selectForArchive } from '../../domain/batches/archive.ts';
import type { Batch } from '../../domain/batches/batch.ts';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import type { Export } from '../../domain/exports/export.ts';
import { copyFileName, outgoingFileName } from '../../domain/file-name.ts';
import type { ReadyImage } from '../../domain/images/image.ts';
import { archivedCopyOf, type Copy } from '../../domain/images/image-copy.ts';
import { shownTimeOf } from '../../domain/images/local-time.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import { safeEntryNames } from '../../media/zip/zip-entry-names.ts';
import { zipLength } from '../../media/zip/zip-layout.ts';
import { manifestKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { sourceOfCopy } from '../images/draw-copy.ts';
import { keepRoomForExport, type RoomDeps, takeRoomForExport } from './archive-room.ts';
import { withChecksums } from './archive-stream.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

/**
 * Returns the manifest of an archive of a batch's images. The same images give the same archive, byte for byte.
 *
 * @param asEdited whether copies stand for the images that have edits; otherwise all are originals
 */
export function manifestOf(batch: Batch, images: readonly ReadyImage[], asEdited = false): Manifest {
  const copies = images.map((image) => (asEdited ? archivedCopyOf(image) : undefined));
  const names = safeEntryNames(images.map((image, index) => nameOf(image, copies[index])));
  const entries = images.map((image, index) => ({
    key: image.key,
    name: names[index] as string,
    bytes: image.fileSize,
    modified: new Date(`${shownTimeOf(image)}Z`),
    ...contentOf(image, copies[index]),
  }));
  return { batchId: batch.id, fileName: `${batch.name}.zip`, entries };
}

const nameOf = (image: ReadyImage, copy: Copy | undefined): string =>
  copy ? copyFileName(image.fileName, copy) : outgoingFileName(image);

function contentOf(image: ReadyImage, copy: Copy | undefined): Pick<ManifestEntry, 'copy' | 'crc32'> {
  if (!copy?.edit) return { crc32: Buffer.from(image.crc32, 'base64').readUInt32BE() };
  const { width, quality, edit } = copy;
  return { copy: { source: sourceOfCopy(image, copy), width, quality, edit } };
}

/** The size of a copy is known only when it is made, and a stream says its length before its first byte. */
export const hasCopies = ({ entries }: Manifest): boolean => copiesIn(entries) > 0;

const copiesIn = (entries: readonly ManifestEntry[]): number =>
  entries.filter(({ copy }) => copy !== undefined).length;

/**
 * Selects the requested images of a batch, or all that are ready.
 *
 * @throws DomainError as `selectForArchive` does
 */
export async function selectImages(
  images: Pick<Images, 'allInBatch' | 'getMany'>,
  batch: Batch,
  asked: readonly string[] | undefined,
): Promise<ReadyImage[]> {
  const found = asked ? await images.getMany(asked) : await Array.fromAsync(images.allInBatch(batch.id));
  return selectForArchive(batch, found, asked);
}

export interface StartDeps extends RoomDeps {
  exports: Pick<Exports, 'begin' | 'get'>;
  objects: Pick<SignedObjects, 'create'>;
  newId: () => string;
}

/**
 * Starts an export, or returns the current one of the same archive.
 *
 * The manifests are written each time, under the keys of their run. If an earlier request failed before that, this repairs
 * its waiting archives. If a manifest exists already, the write fails and nothing starts again.
 */
export async function startExport(
  { patientId, requestedBy }: Pick<Export, 'patientId' | 'requestedBy'>,
  manifest: Manifest,
  deps: StartDeps,
) {
  const { exports, objects, limits, newId, now } = deps;
  const parts = inArchives(manifest, limits);
  const manifests = manifest.batchId === undefined ? parts.map(withChecksums) : parts;
  const started = now();
  const wanted = {
    id: idOf(JSON.stringify(manifest.batchId === undefined ? [manifests, requestedBy] : manifests)),
    run: newId(),
    patientId,
    requestedBy,
    batchId: manifest.batchId,
    archives: manifests.map(({ fileName, entries }) => ({
      status: 'waiting' as const,
      fileName,
      images: entries.length,
      ...(copiesIn(entries) > 0 && { copies: copiesIn(entries) }),
      bytes: zipLength(entries),
      bytesDone: 0,
    })),
    createdAt: started.toISOString(),
    expiresAt: epochSeconds(started) + limits.exportSeconds,
  };
  // An existing export is no additional work, so it may be requested at any time.
  if (!isLiving(await exports.get(wanted.id, started))) await takeRoomForExport(requestedBy, wanted.id, deps);
  const begun = await exports.begin(wanted, started);
  if (begun.run === wanted.run) await keepRoomForExport(requestedBy, begun.id, deps);
  await Promise.all(
    manifests.map(async (each, archive) => {
      if (begun.archives[archive]?.status !== 'waiting') return;
      const bytes = Buffer.from(JSON.stringify(each));
      const object = { bytes, mimeType: 'application/json', crc32: base64Crc32(bytes) };
      await objects.create(manifestKey(begun, archive), object);
    }),
  );
  return { id: begun.id, status_url: statusUrl(begun.id) };
}

/** Divides the images into archives of which one invocation can write each. An image larger than the limit is an archive of its own. */
export function inArchives(
  manifest: Manifest,
  { archiveBytes, archiveImages, archiveCopies }: Limits,
): Manifest[] {
  const parts: Manifest['entries'][] = [];
  let [bytes, copies] = [0, 0];
  for (const entry of manifest.entries) {
    const last = parts.at(-1);
    const copy = entry.copy ? 1 : 0;
    if (
      !last ||
      last.length >= archiveImages ||
      bytes + entry.bytes > archiveBytes ||
      copies + copy > archiveCopies
    ) {
      parts.push([entry]);
      bytes = entry.bytes;
      copies = copy;
    } else {
      last.push(entry);
      bytes += entry.bytes;
      copies += copy;
    }
  }
  if (parts.length === 1) return [manifest];
  const name = manifest.fileName.replace(/\.zip$/, '');
  return parts.map((entries, index) => ({
    ...manifest,
    fileName: `${name} (${index + 1} of ${parts.length}).zip`,
    entries,
  }));
}

const isLiving = (found: Export | undefined) => found !== undefined && found.status !== 'failed';

/** A version 8 UUID (RFC 9562, 5.8) derived from the archive's manifest. */
function idOf(manifest: string): string {
  const hash = createHash('sha256').update(manifest).digest('hex');
  const variant = ((Number.parseInt(hash[16] as string, 16) & 3) | 8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    variant + hash.slice(17, 20),
    hash.slice(20, 32),
  ].join('-');
}
