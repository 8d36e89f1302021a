import { Readable } from 'node:stream';
import type { DicomInstance } from '../../lib/domain/dicom-instance.ts';
import { disposition } from '../../lib/http/disposition.ts';
import type { EncapsulatedDocument } from '../../lib/media/dicom/encapsulated-document.ts';
import { KEPT } from './files.ts';

/** Whether an instance may encapsulate a document: it has no pixels (PS3.3 A.45 and those that follow it). */
export const mayBeDocument = ({ rows }: DicomInstance): boolean => rows === undefined;

/** The document as it is. As of any upload, a browser saves it, and shows nothing of it in our origin. */
export function answerDocument({ mimeType, bytes }: EncapsulatedDocument, { sopUid }: DicomInstance) {
  const extension = mimeType === 'application/pdf' ? '.pdf' : '';
  return {
    headers: {
      'content-type': mimeType,
      'content-length': String(bytes.length),
      'content-disposition': disposition('attachment', `${sopUid}${extension}`),
      ...KEPT,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}
