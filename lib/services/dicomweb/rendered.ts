import { Readable } from 'node:stream';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { chooseOffer, type NegotiableRequest, type Offer } from '../../lambda/http/content-negotiation.ts';
import {
  OutsideOfFrame,
  type RenderedFrame,
  type RenderOptions,
  renderFrame,
} from '../../media/dicom/draw/render-frame.ts';
import { runMinorGc } from '../../media/minor-gc.ts';
import {
  DECODE_LIMITS,
  type FileDeps,
  IMMUTABLE_CACHE,
  openFile,
  throwNotAcceptable,
} from './dicom-files.ts';

/**
 * Answers with a frame as a picture (PS3.18 10.4.1.1.3), counted from 1.
 *
 * @throws DomainError NOT_FOUND where there is no such frame, NOT_ACCEPTABLE where it can't be shown
 */
export async function renderedResponse(
  request: NegotiableRequest,
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
  const file = await openFile(instance, deps);
  const work = renderFrame(file, { ...options, format, frame: frame - 1 }, DECODE_LIMITS);
  return answerPicture(await work.catch(refuseToRender), instance);
}

/** What a picture is given as, the first being the default. */
export const PICTURES: readonly Offer[] = [{ type: 'image/jpeg' }, { type: 'image/png' }];

export const formatOf = (type: string) => (type === 'image/png' ? 'png' : 'jpeg');

/** The answer that has a picture of an instance in it. */
export function answerPicture({ bytes, mimeType }: RenderedFrame, { sopUid }: DicomInstance) {
  // Else a full collection every four pictures finds their megabytes: a third of the time that a picture takes.
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
