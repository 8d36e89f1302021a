import { DomainError } from '../../lib/domain/errors.ts';
import { describePixels, type PixelDescription } from '../../lib/media/dicom/describe-pixels.ts';
import type { DicomFile } from '../../lib/media/dicom/read-dicom.ts';
import { refuse } from './files.ts';

/**
 * What the file's pixels are.
 *
 * @throws DomainError NOT_FOUND where it has none, NOT_ACCEPTABLE where nothing can be made of them
 */
export function pixelsOf(file: DicomFile): PixelDescription {
  let pixels: PixelDescription | undefined;
  try {
    pixels = describePixels(file);
  } catch (error) {
    refuse(error);
  }
  if (pixels) return pixels;
  throw new DomainError('NOT_FOUND', 'There is no such frame.', { details: ['this instance has no pixels'] });
}
