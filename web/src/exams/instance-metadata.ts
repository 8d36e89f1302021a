import { ApiError } from '../api/api-error.ts';
import type { Frame } from '../dicom-viewer/frame.ts';
import { text } from '../messages/text.ts';
import type { Attributes } from './dicom-json.ts';
import { instancePath, readDataSets } from './dicomweb.ts';

/** The metadata of instances, by their UIDs. Frames of one instance read them once. */
const reads = new Map<string, Promise<Attributes>>();

/**
 * The frame with all metadata of its instance. Reads them if only those of the search are known.
 *
 * @throws DOMException `AbortError` if the frame was given up, unless the instance has others
 */
export async function withMetadata(frame: Frame, signal: AbortSignal): Promise<Frame> {
  if (frame.isComplete) return frame;
  const { instance } = frame.path;
  const coming = reads.get(instance) ?? readMetadata(frame, frame.of === 1 ? signal : undefined);
  reads.set(instance, coming);
  try {
    return { ...frame, attributes: await coming, isComplete: true };
  } catch (error) {
    reads.delete(instance);
    throw error;
  }
}

async function readMetadata({ path }: Frame, signal: AbortSignal | undefined): Promise<Attributes> {
  // At once: who wants it again reads it again.
  signal?.addEventListener('abort', () => reads.delete(path.instance), { once: true });
  const [attributes] = await readDataSets(`${instancePath(path)}/metadata`, signal);
  if (!attributes) throw new ApiError(404, text('exams.bad-list'));
  return attributes;
}
