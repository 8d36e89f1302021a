import { DomainError } from '../errors.ts';
import type { DicomInstance } from './dicom-instance.ts';

/** The media types in which a DICOM file is available. */
const TYPES = ['application/dicom', 'image/png', 'image/jpeg'] as const;

/**
 * Returns the first requested media type that is available (PS3.18 9.1.2.2.1: a list in the order of preference).
 *
 * @throws DomainError NOT_ACCEPTABLE
 */
export function contentTypeOf(requested: string): (typeof TYPES)[number] {
  const wanted = requested.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const found = wanted
    .map((type) => (type === '*/*' ? TYPES[0] : TYPES.find((each) => each === type)))
    .find((type) => type !== undefined);
  if (found) return found;
  throw new DomainError('NOT_ACCEPTABLE', 'There is no such representation.', {
    details: [`contentType must be one of ${TYPES.join(', ')}; received ${requested}`],
  });
}

export interface RequestedView {
  frameNumber: number;
  windowCenter?: number | undefined;
  windowWidth?: number | undefined;
}

/**
 * Returns the requested frame and window.
 *
 * @throws DomainError NOT_FOUND if the frame does not exist, BAD_REQUEST if the window lacks its center or width
 */
export function viewOf({ frames }: DicomInstance, { frameNumber, windowCenter, windowWidth }: RequestedView) {
  if (frameNumber > frames)
    throw new DomainError('NOT_FOUND', 'There is no such frame.', {
      details: [`frameNumber must be 1 to ${frames}; received ${frameNumber}`],
    });
  const frame = frameNumber - 1;
  if (windowCenter === undefined && windowWidth === undefined) return { frame };
  if (windowCenter === undefined || windowWidth === undefined)
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: ['windowCenter and windowWidth must be given together'],
    });
  return { frame, window: { center: windowCenter, width: windowWidth } };
}
