import { json } from 'node:stream/consumers';
import { Exports } from '../../../lib/data/exports.ts';
import { connectTable } from '../../../lib/data/table.ts';
import type { Export } from '../../../lib/domain/export.ts';
import { environment } from '../../../lib/http/environment.ts';
import { type CreatedObject, serveObjects } from '../../../lib/http/serve-objects.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { zipStream } from '../../../lib/media/zip.ts';
import { ArchiveWriter } from '../../../lib/storage/archive-writer.ts';
import { archiveKey, runOfManifest } from '../../../lib/storage/object-keys.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { Manifest } from '../../batches/archive.ts';
import { trigger } from './trigger.ts';

interface Deps {
  exports: Pick<Exports, 'get' | 'markRunning' | 'markProgress' | 'markReady' | 'markFailed'>;
  objects: Pick<ObjectReader, 'read'>;
  archives: Pick<ArchiveWriter, 'begin' | 'write' | 'abort' | 'delete'>;
  now: () => Date;
}

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

async function build(manifest: string, found: Export, { exports, objects, archives, now }: Deps) {
  const { entries } = Manifest.parse(await json(await objects.read(manifest)));
  const key = archiveKey(found);
  if (found.uploadId) await archives.abort(key, found.uploadId);
  const uploadId = await archives.begin(key, 'application/zip');
  if (!(await exports.markRunning(found, uploadId))) return archives.abort(key, uploadId);
  const zip = zipStream(entries, (_, index) =>
    objects.read((entries[index] as (typeof entries)[number]).key),
  );
  try {
    await archives.write(key, uploadId, zip, base64Crc32, (bytes) => exports.markProgress(found, bytes));
  } catch (error) {
    zip.destroy();
    await archives.abort(key, uploadId);
    throw error;
  }
  if (await exports.markReady(found)) return;
  // Another event of this run was faster, or the run ended as something in it was deleted: then this is nobody's.
  const current = await exports.get(found.id, now());
  if (current?.run !== found.run) await archives.delete(key);
}

export const handler = serveObjects(trigger, handle, () => ({
  exports: new Exports(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
  archives: new ArchiveWriter(environment.bucketName),
  now: () => new Date(),
}));
