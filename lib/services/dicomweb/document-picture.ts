import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { chooseOffer, type NegotiableRequest } from '../../lambda/http/content-negotiation.ts';
import { type RenderOptions, renderPixels } from '../../media/dicom/draw/render-frame.ts';
import type { EncapsulatedDocument } from '../../media/dicom/parse/encapsulated-document.ts';
import { decodePdf } from '../../media/pdf/decode-pdf.ts';
import { throwNotAcceptable } from './dicom-files.ts';
import { answerPicture, formatOf, PICTURES, refuseToRender } from './rendered.ts';

/** Responds with an image of the first page of an encapsulated PDF. */
export async function answerFirstPage(
  asked: NegotiableRequest,
  instance: DicomInstance,
  { bytes }: EncapsulatedDocument,
  options: Pick<RenderOptions, 'viewport' | 'enlarge'>,
) {
  const format = formatOf(chooseOffer(asked, PICTURES).type);
  const { pixels } = await decodePdf(bytes).catch(throwNotAcceptable);
  return answerPicture(await renderPixels(pixels, { ...options, format }).catch(refuseToRender), instance);
}
