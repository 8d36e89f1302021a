import { json } from 'node:stream/consumers';
import type { Export } from '../../../lib/domain/exports/export.ts';
import { archives, exports, images, now, objects } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { zipStream } from '../../../lib/media/zip/zip.ts';
import { Manifest } from '../../../lib/services/exports/start-export.ts';
import { archiveKey, imageIdOfOriginal, runOfManifest } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<
  {
    exports: 'get' | 'markRunning' | 'markProgress' | 'markReady' | 'markFailed';
    images: 'getMany';
    objects: 'read';
    archives: 'begin' | 'write' | 'abort' | 'delete';
  },
  'now'
>;

/**
 * Idempotent by the run of the export: what is ready, expired or another run's by now is left alone.
 *
 * A function that died has left an unfinished upload, of which nothing is to be seen: the next one takes it away and
 * begins anew, since a stored ZIP is written as fast as its parts could be compared with what is there.
 */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { id, run } = runOfManifest(key);
  const found = await deps.exports.get(id, deps.now());
  if (found?.run !== run || found.status === 'ready') return;
  try {
    await build(key, found, deps);
  } catch (error) {
    await deps.exports.markFailed(found);
    throw error;
  }
}

async function build(manifest: string, found: Export, { exports, images, objects, archives, now }: Deps) {
  const { entries } = Manifest.parse(await json(await objects.read(manifest)));
  const key = archiveKey(found);
  if (found.uploadId) await archives.abort(key, found.uploadId);
  const uploadId = await archives.begin(key, 'application/zip');
  if (!(await exports.markRunning(found, uploadId))) return archives.abort(key, uploadId);
  const zip = zipStream(entries, (_entry, index) =>
    objects.read((entries[index] as (typeof entries)[number]).key),
  );
  try {
    await archives.write(key, uploadId, zip, base64Crc32, (bytes) => exports.markProgress(found, bytes));
  } catch (error) {
    zip.destroy();
    await archives.abort(key, uploadId);
    throw error;
  }
  // Deleted while the archive was written, perhaps too soon for the list of exports to show this one.
  const there = await images.getMany(entries.map((entry) => imageIdOfOriginal(entry.key)));
  if (there.length < entries.length) {
    await archives.delete(key);
    throw new Error(
      `${entries.length - there.length} of the images in export ${found.id} were deleted meanwhile`,
    );
  }
  if (await exports.markReady(found)) return;
  // Another event of this run was faster, or the run ended as something in it was deleted: then this is nobody's.
  const current = await exports.get(found.id, now());
  if (current?.run !== found.run) await archives.delete(key);
}

export const handler = serveObjects(trigger, handle, { exports, images, objects, archives, now });
