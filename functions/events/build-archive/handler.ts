import { archives, exports, images, now, objects } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type BuildDeps, buildArchive } from '../../../lib/services/exports/build-archive.ts';
import { runOfManifest } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = BuildDeps & Needs<{ exports: 'markFailed' }>;

/**
 * Idempotent for each run of the export: an export that is ready, expired or has a newer run is not changed.
 *
 * An invocation that crashed leaves an unfinished multipart upload, which is invisible. The next invocation aborts it
 * and starts again: writing an uncompressed ZIP takes no longer than comparing the parts that are already uploaded.
 */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { id, run } = runOfManifest(key);
  const found = await deps.exports.get(id, deps.now());
  if (found?.run !== run || found.status === 'ready') return;
  try {
    await buildArchive(key, found, deps);
  } catch (error) {
    await deps.exports.markFailed(found);
    throw error;
  }
}

export const handler = serveObjects(trigger, handle, { exports, images, objects, archives, now });
