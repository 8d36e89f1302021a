import { archives, exports, images, now, objects } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type BuildDeps, buildArchive } from '../../../lib/services/exports/build-archive.ts';
import { runOfManifest } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = BuildDeps & Needs<{ exports: 'markFailed' }>;

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
    await buildArchive(key, found, deps);
  } catch (error) {
    await deps.exports.markFailed(found);
    throw error;
  }
}

export const handler = serveObjects(trigger, handle, { exports, images, objects, archives, now });
