import { type Asked, chooseOffer } from '../../lib/domain/accept.ts';
import type { DicomInstance } from '../../lib/domain/dicom-instance.ts';
import { decodePdf } from '../../lib/media/decode-pdf.ts';
import type { EncapsulatedDocument } from '../../lib/media/dicom/encapsulated-document.ts';
import { type RenderOptions, renderPixels } from '../../lib/media/dicom/render-frame.ts';
import { refuse } from './files.ts';
import { answerPicture, formatOf, PICTURES, refuseToRender } from './rendered.ts';

/** Answers with a picture of the first page of a PDF that an instance encapsulates. */
export async function answerFirstPage(
  asked: Asked,
  instance: DicomInstance,
  { bytes }: EncapsulatedDocument,
  options: Pick<RenderOptions, 'viewport' | 'enlarge'>,
) {
  const format = formatOf(chooseOffer(asked, PICTURES).type);
  const { pixels } = await decodePdf(bytes).catch(refuse);
  return answerPicture(await renderPixels(pixels, { ...options, format }).catch(refuseToRender), instance);
}
