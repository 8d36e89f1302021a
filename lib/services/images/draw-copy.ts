import { applyEdits } from '../../domain/images/apply-edits.ts';
import type { ReadyImage } from '../../domain/images/image.ts';
import type { Copy } from '../../domain/images/image-copy.ts';
import type { Pixels } from '../../media/image/pixels.ts';
import { renditionKey } from '../../storage/object-keys.ts';

/** The key of the object of which a copy is drawn: the first page of a PDF is drawn from its preview. */
export const sourceOfCopy = (
  { key, mimeType }: Pick<ReadyImage, 'key' | 'mimeType'>,
  { page }: Pick<Copy, 'page'>,
): string => (mimeType === 'application/pdf' && page === 1 ? renditionKey(key, 'preview') : key);

/**
 * Draws a copy of the bytes that `sourceOfCopy` names, with its edits. The same bytes give the same copy.
 *
 * @throws RejectedImage as `makeCopy` does
 */
export async function drawCopy(source: Uint8Array, { edit: steps, ...options }: Copy): Promise<Buffer> {
  // Loaded only here: otherwise requests for originals, which the same functions serve, would wait until libvips is loaded.
  const { makeCopy } = await import('../../media/image/make-copy.ts');
  const redraw = steps && ((pixels: Pixels) => applyEdits(pixels, steps));
  const made = await makeCopy(source, { ...options, redraw });
  return Buffer.from(made.buffer, made.byteOffset, made.length);
}
