import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import type { Annotation, Person, Place, WrittenContent, WrittenPosition } from './annotation.ts';
import { MOST_ANNOTATIONS } from './annotation.ts';

/** The image, batch or study that is annotated. */
export interface AnnotatedPlace {
  place: Place;
  /** Its id or UID. */
  of: string;
  /** The number of pages of the image. */
  pages?: number | undefined;
}

const personOf = ({ subject, name }: Caller): Person => ({ subject, name });

/** The first version of an annotation. */
export const newAnnotation = (
  { place, of }: AnnotatedPlace,
  position: WrittenPosition,
  content: WrittenContent,
  caller: Caller,
  id: string,
  now: Date,
): Annotation => ({
  id,
  place,
  of,
  ...positionOf(place, position),
  version: 1,
  ...contentOf(content),
  author: personOf(caller),
  createdAt: now.toISOString(),
  changedBy: personOf(caller),
  changedAt: now.toISOString(),
});

/** The next version of an annotation, with another content. */
export const changedAnnotation = (
  known: Annotation,
  content: WrittenContent,
  caller: Caller,
  now: Date,
): Annotation => ({ ...nextVersion(known, caller, now), ...contentOf(content) });

/** The last version of an annotation: it says who removed it, and has what was removed. */
export const removedAnnotation = (known: Annotation, caller: Caller, now: Date): Annotation => ({
  ...nextVersion(known, caller, now),
  isRemoved: true,
});

const nextVersion = (known: Annotation, caller: Caller, now: Date): Annotation => ({
  ...known,
  version: known.version + 1,
  changedBy: personOf(caller),
  changedAt: now.toISOString(),
});

const contentOf = ({ shape, text, link }: WrittenContent) => ({ shape, text, link: link ?? undefined });

function positionOf(place: Place, { page = 1, series, instance, frame = 1 }: WrittenPosition) {
  if (place === 'image') return { page };
  return instance === undefined ? {} : { series, instance, frame };
}

/**
 * Refuses a position that the image, batch or study does not have.
 *
 * @param frames the number of frames of the instance; undefined without one
 * @throws DomainError BAD_REQUEST with all faults
 */
export function requirePosition(
  { place, pages = 1 }: AnnotatedPlace,
  { page, series, instance, frame = 1 }: WrittenPosition,
  frames: number | undefined,
): void {
  const isStudy = place === 'study';
  const faults = [
    ...(page !== undefined && place !== 'image' ? ['page is for images only'] : []),
    ...(place === 'image' && (page ?? 1) > pages ? [`page must be at most ${pages}; received ${page}`] : []),
    ...((series ?? instance) !== undefined && !isStudy ? ['series and instance are for studies only'] : []),
    ...((series === undefined) !== (instance === undefined)
      ? ['series and instance must be given together']
      : []),
    ...(frame !== 1 && instance === undefined ? ['frame must be given with series and instance'] : []),
    ...(frames !== undefined && frame > frames ? [`frame must be at most ${frames}; received ${frame}`] : []),
  ];
  requireNone(faults);
}

/**
 * Refuses a content that its position does not allow.
 *
 * @throws DomainError BAD_REQUEST with all faults
 */
export function requireContent(
  { place, instance }: Pick<Annotation, 'place' | 'instance'>,
  { shape, text }: WrittenContent,
): void {
  const hasPicture = place === 'image' || instance !== undefined;
  const saysNothing = text.trim() === '';
  requireNone([
    ...(shape && !hasPicture ? ['shape must be null: a batch or a study has notes only'] : []),
    // DICOM has its own spacing, and two truths about the size of a pixel would be one too many.
    ...(shape?.kind === 'calibration' && place !== 'image'
      ? ['shape.kind calibration is for images only']
      : []),
    ...((shape === null || shape.kind === 'text') && saysNothing ? ['text must not be empty'] : []),
  ]);
}

function requireNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new DomainError('BAD_REQUEST', 'Validation failed', { details: faults });
}

/**
 * Refuses people who would change what somebody else wrote: only its author and admins may. Call `requireVisible` first.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayChange({ role, subject }: Caller, { author }: Annotation): void {
  if (role === 'admin' || subject === author.subject) return;
  throw new DomainError('FORBIDDEN', 'Only its author and admins may change or remove an annotation.');
}

/**
 * Refuses a change that is based on another version than the newest one, so that nobody overwrites what somebody else did meanwhile.
 *
 * @throws DomainError CONFLICT
 */
export function requireNewestVersion({ version }: Annotation, basedOn: number): void {
  if (version === basedOn) return;
  throw new DomainError('CONFLICT', 'The annotation was changed meanwhile.', {
    details: [`version must be ${version}, the newest; received ${basedOn}`],
  });
}

/** The error for one annotation more than `MOST_ANNOTATIONS`. */
export const tooManyAnnotations = ({ place, instance }: Annotation) =>
  new DomainError('CONFLICT', 'There are too many annotations.', {
    details: [
      `${instance === undefined ? place : 'instance'} must have at most ${MOST_ANNOTATIONS}; remove some of them first`,
    ],
  });
