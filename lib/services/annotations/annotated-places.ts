import type { Annotations } from '../../data/annotations/annotations.ts';
import type { Batches } from '../../data/batches.ts';
import type { DicomStore } from '../../data/dicom/dicom-store.ts';
import type { Images } from '../../data/images/images.ts';
import { requireVisible } from '../../domain/access/access.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { Annotation } from '../../domain/annotations/annotation.ts';
import type { AnnotatedPlace } from '../../domain/annotations/annotation-rules.ts';
import { recordAccess } from '../../domain/audit/audit-context.ts';
import { studyName } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import { requireReady } from '../../domain/images/image.ts';
import { instanceAt } from '../dicomweb/dicom-resources.ts';

export interface PlaceDeps {
  images: Pick<Images, 'get'>;
  batches: Pick<Batches, 'get'>;
  dicomStore: Pick<DicomStore, 'getAt' | 'getStudy'>;
}

/** The parameters of the paths of annotations: one of them. */
export interface PlaceParams {
  /** Of an image. */
  id?: string | undefined;
  batch?: string | undefined;
  study?: string | undefined;
}

/**
 * Returns the image, batch or study of a path, if the caller may access it.
 *
 * @throws DomainError NOT_FOUND
 */
export async function placeAt(
  caller: Caller,
  { id, batch, study }: PlaceParams,
  { images, batches, dicomStore }: PlaceDeps,
): Promise<AnnotatedPlace> {
  if (id !== undefined) {
    const { pages } = requireReady(requireVisible(caller, await images.get(id), 'image'));
    return { place: 'image', of: id, pages };
  }
  if (batch !== undefined) {
    requireVisible(caller, await batches.get(batch), 'batch');
    return { place: 'batch', of: batch };
  }
  const found = study === undefined ? undefined : await dicomStore.getStudy(study);
  const named = found && { ...found, id: found.studyUid, name: studyName(found) };
  return { place: 'study', of: requireVisible(caller, named, 'study').studyUid };
}

/**
 * Returns the instance that is annotated, or undefined if it is the study as a whole.
 *
 * @throws DomainError NOT_FOUND if it is not there, as one that was deleted
 */
export const annotatedInstance = async (
  caller: Caller,
  { place, of: study }: Pick<AnnotatedPlace, 'place' | 'of'>,
  { series, instance }: Pick<Annotation, 'series' | 'instance'>,
  { dicomStore }: Pick<PlaceDeps, 'dicomStore'>,
) =>
  place === 'study' && instance !== undefined
    ? instanceAt(caller, { study, series, instance }, dicomStore)
    : undefined;

/**
 * Returns the annotation of a path as it is now.
 *
 * @throws DomainError NOT_FOUND
 */
export async function annotationAt(
  caller: Caller,
  params: PlaceParams & { annotation: string },
  deps: PlaceDeps & { annotations: Pick<Annotations, 'get'> },
): Promise<Annotation> {
  const place = await placeAt(caller, params, deps);
  const found = requireAnnotation(await deps.annotations.get(place.of, params.annotation));
  await annotatedInstance(caller, place, found, deps);
  recordAccess(caller, 'annotation', found);
  return found;
}

/** @throws DomainError NOT_FOUND if there is none */
export function requireAnnotation(found: Annotation | undefined): Annotation {
  if (found) return found;
  throw new DomainError('NOT_FOUND', 'There is no such annotation.');
}

/** The annotations whose instance is not deleted, and those of the study as a whole. */
export async function withoutDeleted(
  study: string,
  annotations: readonly Annotation[],
  { dicomStore }: Pick<PlaceDeps, 'dicomStore'>,
): Promise<Annotation[]> {
  const paths = new Map(annotations.map(({ series, instance }) => [instance, { study, series, instance }]));
  const found = await Promise.all([...paths.values()].map((path) => dicomStore.getAt(path)));
  const there = new Set(found.map(({ instance }) => instance?.sopUid));
  return annotations.filter(({ instance }) => instance === undefined || there.has(instance));
}
