import { DomainError } from '../../../lib/domain/errors.ts';
import { NOT_WRITTEN } from '../../../lib/domain/exports/export.ts';
import { archiving } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type BuildDeps, buildArchive } from '../../../lib/services/exports/build-archive.ts';
import { archiveOfManifest } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = BuildDeps & Needs<{ exports: 'markFailed' }>;

/**
 * Idempotent for each archive of a run: one that is ready, or whose export has expired or has a newer run, is not changed.
 *
 * An invocation that crashed leaves an unfinished multipart upload, which is invisible. The next invocation aborts it
 * and starts again: writing an uncompressed ZIP takes no longer than comparing the parts that are already uploaded.
 */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { id, run, archive } = archiveOfManifest(key);
  const found = await deps.exports.get(id, deps.now());
  if (found?.run !== run || found.archives[archive]?.status === 'ready') return;
  try {
    await buildArchive(key, found, archive, deps);
  } catch (error) {
    const reason = error instanceof DomainError ? error.message : NOT_WRITTEN;
    await deps.exports.markFailed(found, archive, reason);
    throw error;
  }
}

export const handler = serveObjects(trigger, handle, archiving);
