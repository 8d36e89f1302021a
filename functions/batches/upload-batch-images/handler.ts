import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { allCreated, FileDetails, withFailed } from '../../../lib/api/views/upload-result.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { PICTURE_TYPES, requireFileCount } from '../../../lib/domain/uploads/upload.ts';
import { batches, images, limits, newId, now, objects, timeZone } from '../../../lib/lambda/dependencies.ts';
import { describeIssues } from '../../../lib/lambda/http/describe-issues.ts';
import { PartialSuccess } from '../../../lib/lambda/http/serve.ts';
import { type FormRequest, serveForm } from '../../../lib/lambda/http/serve-form.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { inspectFile } from '../../../lib/media/image/inspect-file.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { batches: 'get'; images: 'createPending' | 'delete'; objects: 'create' },
  'limits' | 'timeZone' | 'newId' | 'now'
>;

export async function handle({ caller, params, body, files }: FormRequest<typeof operation>, deps: Deps) {
  const { batches, images, objects, limits, newId } = deps;
  const { id: batchId, patientId } = requireVisible(caller, await batches.get(params.id), 'batch');
  requireFileCount(files.length, limits);

  const now = deps.now();
  const checked = files.map(({ name, bytes }, index) => {
    const found = inspectFile(bytes, limits.imageBytes, PICTURE_TYPES);
    // An empty item of a list is one that has nothing to say.
    const given = { category: body.categories[index] || undefined, caption: body.captions[index] };
    const details = FileDetails.safeParse(given, { reportInput: true });
    const reasons = [
      ...(found instanceof RejectedImage ? [found.reason] : []),
      ...(details.success ? [] : describeIssues(details.error)),
    ];
    if (found instanceof RejectedImage || !details.success) return { name, reasons };
    const image = { id: newId(), patientId, batchId, fileName: name, ...found, ...details.data };
    return { name, bytes, crc32: found.crc32, image: newImage(image, caller, now, deps.timeZone) };
  });
  const results = checked.map(({ name, image, reasons = [] }) =>
    image
      ? { name, status: 'created' as const, image: toBatchImage(image, null) }
      : { name, status: 'refused' as const, reasons },
  );
  const allGood = allCreated(results);

  const good = checked.filter((file) => file.image !== undefined);
  // The items first: an object whose image is unknown is deleted by its event.
  await images.createPending(
    good.map(({ image }) => image),
    new Date(now.getTime() + limits.uploadExpirySeconds * 1000),
  );
  const stored = await Promise.allSettled(
    good.map(({ image, ...file }) => objects.create(incomingKey(image), { ...image, ...file })),
  );
  const lost = good.flatMap(({ image }, index) => {
    const outcome = stored[index];
    return outcome?.status === 'rejected' ? [{ image, reason: outcome.reason }] : [];
  });
  // Whoever sends it again shall not find it twice, should S3 have taken it and its answer got lost.
  await Promise.all(lost.map(({ image }) => images.delete(image, deps.now())));
  if (lost.length === good.length) throw lost[0]?.reason;
  if (allGood && lost.length === 0) return { results };
  return new PartialSuccess({ results: withFailed(results, new Set(lost.map(({ image }) => image.id))) });
}

export const handler = serveForm(operation, handle, {
  batches,
  images,
  objects,
  limits,
  timeZone,
  newId,
  now,
});
