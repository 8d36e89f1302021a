import { Readable } from 'node:stream';
import { type Asked, chooseOffer, type Offer } from '../../lib/domain/accept.ts';
import type { DicomInstance } from '../../lib/domain/dicom-instance.ts';
import { DomainError } from '../../lib/domain/errors.ts';
import { disposition } from '../../lib/http/disposition.ts';
import { collectYoung } from '../../lib/media/collect-young.ts';
import {
  OutsideOfFrame,
  type RenderedFrame,
  type RenderOptions,
  renderFrame,
} from '../../lib/media/dicom/render-frame.ts';
import { DECODING, type FileDeps, KEPT, openFile, refuse } from './files.ts';

/**
 * Answers with a frame as a picture (PS3.18 10.4.1.1.3), counted from 1.
 *
 * @throws DomainError NOT_FOUND where there is no such frame, NOT_ACCEPTABLE where it can't be shown
 */
export async function answerRendered(
  asked: Asked,
  instance: DicomInstance,
  frame: number,
  options: Omit<RenderOptions, 'format' | 'frame'>,
  deps: FileDeps,
) {
  const format = formatOf(chooseOffer(asked, PICTURES).type);
  if (frame > instance.frames) {
    throw new DomainError('NOT_FOUND', 'There is no such frame.', {
      details: [`frames must be 1 to ${instance.frames}; received ${frame}`],
    });
  }
  const file = await openFile(instance, deps);
  const work = renderFrame(file, { ...options, format, frame: frame - 1 }, DECODING);
  return answerPicture(await work.catch(refuseToRender), instance);
}

/** What a picture is given as, the first being the default. */
export const PICTURES: readonly Offer[] = [{ type: 'image/jpeg' }, { type: 'image/png' }];

export const formatOf = (type: string) => (type === 'image/png' ? 'png' : 'jpeg');

/** The answer that has a picture of an instance in it. */
export function answerPicture({ bytes, mimeType }: RenderedFrame, { sopUid }: DicomInstance) {
  // Else a full collection every four pictures finds their megabytes: a third of the time that a picture takes.
  collectYoung();
  return {
    headers: {
      'content-type': mimeType,
      'content-length': String(bytes.length),
      'content-disposition': disposition('inline', `${sopUid}.${mimeType === 'image/png' ? 'png' : 'jpeg'}`),
      ...KEPT,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}

export function refuseToRender(error: unknown): never {
  if (!(error instanceof OutsideOfFrame)) return refuse(error);
  const details = [`viewport: ${error.message}`];
  throw new DomainError('BAD_REQUEST', 'There is no such part of this frame.', { details, cause: error });
}
