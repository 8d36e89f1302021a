import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { chooseOffer } from '../../lambda/http/content-negotiation.ts';
import { type RenderOptions, renderPixels } from '../../media/dicom/draw/render-frame.ts';
import type { EncapsulatedDocument } from '../../media/dicom/parse/encapsulated-document.ts';
import { decodePdf } from '../../media/pdf/decode-pdf.ts';
import { type DecodingRequest, type FileDeps, throwNotAcceptable } from './dicom-files.ts';
import { answerPicture, formatOf, PICTURES, refuseToRender } from './rendered.ts';

/** Responds with an image of the first page of an encapsulated PDF. */
export async function answerFirstPage(
  asked: DecodingRequest,
  instance: DicomInstance,
  { bytes }: EncapsulatedDocument,
  options: Pick<RenderOptions, 'viewport' | 'enlarge'>,
  { frameAllowance }: Pick<FileDeps, 'frameAllowance'>,
) {
  const format = formatOf(chooseOffer(asked, PICTURES).type);
  await frameAllowance.take(asked.caller, 1);
  const { pixels } = await decodePdf(bytes).catch(throwNotAcceptable);
  return answerPicture(await renderPixels(pixels, { ...options, format }).catch(refuseToRender), instance);
}
