import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { ApiError } from '../api/api-error.ts';
import { fetchBytes } from '../api/client.ts';
import { instancePath, readOctets, renderedPath } from '../exams/dicomweb.ts';
import { text } from '../messages/text.ts';
import type { Frame } from './frame.ts';
import { type GreyImage, greyPixelsOf, readGreyImage } from './grey-image.ts';
import { JsonReader } from './json-reader.ts';

/** A frame that can be drawn: grey values, or an image rendered by the service. */
export type LoadedFrame =
  | (GreyImage & { kind: 'grey' })
  | { kind: 'picture'; width: number; height: number; canvas: HTMLCanvasElement; rgba: Uint8ClampedArray };

/**
 * Loads a frame. The service decodes it: it supports more transfer syntaxes than codecs in a browser, and refuses damaged data
 * with a reason, where those hang or draw noise. The page needs no WebAssembly, which its Content Security Policy forbids.
 *
 * Grey images come as values, so that they can be windowed. The service renders everything else.
 *
 * @throws ApiError with the reason where the frame cannot be shown
 */
export async function loadFrame(frame: Frame, signal: AbortSignal): Promise<LoadedFrame> {
  const { path, attributes, number } = frame;
  const image = readerOf(frame);
  const pixels = greyPixelsOf(image, attributes['7FE00010'] === undefined);
  if (!pixels) return loadPicture(renderedPath(path, number), signal);
  try {
    const octets = await readOctets(`${instancePath(path)}/frames/${number}`, signal);
    return { kind: 'grey', ...(await readGreyImage(image, number - 1, pixels, octets)) };
  } catch (error) {
    // A frame without values may still be rendered; if not, the service says why.
    const isRefused = error instanceof ApiError && error.status === 406;
    if (!isRefused && !(error instanceof RangeError || error instanceof RejectedImage)) throw error;
    return loadPicture(renderedPath(path, number), signal);
  }
}

/** Reads the attributes of a frame's instance. */
export const readerOf = ({ attributes }: Pick<Frame, 'attributes'>) =>
  new JsonReader(attributes, readBulkData);

/** Uses only the path: the page sends requests to its own origin, whatever host is in the metadata. */
const readBulkData = (uri: string) => readOctets(new URL(uri, location.origin).pathname);

async function loadPicture(path: string, signal: AbortSignal): Promise<LoadedFrame> {
  const bitmap = await createImageBitmap(await fetchBytes(path, signal));
  const { width, height } = bitmap;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(text('dicom-viewer.no-canvas'));
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { kind: 'picture', width, height, canvas, rgba: context.getImageData(0, 0, width, height).data };
}
