import { Readable } from 'node:stream';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { chooseOffer, type Offer } from '../../lambda/http/content-negotiation.ts';
import {
  OutsideOfFrame,
  type RenderedFrame,
  type RenderOptions,
  renderFrame,
} from '../../media/dicom/draw/render-frame.ts';
import { runMinorGc } from '../../media/minor-gc.ts';
import {
  DECODE_LIMITS,
  type DecodingRequest,
  type FileDeps,
  IMMUTABLE_CACHE,
  openFile,
  throwNotAcceptable,
} from './dicom-files.ts';

/**
 * Responds with a rendered frame (PS3.18 10.4.1.1.3), counted from 1.
 *
 * @throws DomainError NOT_FOUND if the frame does not exist, NOT_ACCEPTABLE if it can't be rendered
 */
export async function renderedResponse(
  request: DecodingRequest,
  instance: DicomInstance,
  frame: number,
  options: Omit<RenderOptions, 'format' | 'frame'>,
  deps: FileDeps,
) {
  const format = formatOf(chooseOffer(request, PICTURES).type);
  if (frame > instance.frames) {
    throw new DomainError('NOT_FOUND', 'There is no such frame.', {
      details: [`frames must be 1 to ${instance.frames}; received ${frame}`],
    });
  }
  await deps.frameAllowance.take(request.caller, 1);
  const file = await openFile(instance, deps);
  const work = renderFrame(file, { ...options, format, frame: frame - 1 }, DECODE_LIMITS);
  return answerPicture(await work.catch(refuseToRender), instance);
}

/** The media types of rendered images; the first is the default. */
export const PICTURES: readonly Offer[] = [{ type: 'image/jpeg' }, { type: 'image/png' }];

export const formatOf = (type: string) => (type === 'image/png' ? 'png' : 'jpeg');

/** The response with a rendered image of an instance. */
export function answerPicture({ bytes, mimeType }: RenderedFrame, { sopUid }: DicomInstance) {
  // Otherwise a full garbage collection after every four images frees their buffers: a third of an image's time.
  runMinorGc();
  return {
    headers: {
      'content-type': mimeType,
      'content-length': String(bytes.length),
      'content-disposition': contentDisposition(
        'inline',
        `${sopUid}.${mimeType === 'image/png' ? 'png' : 'jpeg'}`,
      ),
      ...IMMUTABLE_CACHE,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}

export function refuseToRender(error: unknown): never {
  if (!(error instanceof OutsideOfFrame)) return throwNotAcceptable(error);
  const details = [`viewport: ${error.message}`];
  throw new DomainError('BAD_REQUEST', 'There is no such part of this frame.', { details, cause: error });
}
