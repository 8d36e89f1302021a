import { Readable } from 'node:stream';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import type { EncapsulatedDocument } from '../../media/dicom/parse/encapsulated-document.ts';
import { IMMUTABLE_CACHE } from './dicom-files.ts';

/** Whether an instance may encapsulate a document: it has no pixels (PS3.3 A.45 and the following sections). */
export const mayBeDocument = ({ rows }: DicomInstance): boolean => rows === undefined;

/**
 * Responds with the unchanged document. As for every upload, a browser saves it and does not display it in our origin.
 */
export function documentResponse({ mimeType, bytes }: EncapsulatedDocument, { sopUid }: DicomInstance) {
  const extension = mimeType === 'application/pdf' ? '.pdf' : '';
  return {
    headers: {
      'content-type': mimeType,
      'content-length': String(bytes.length),
      'content-disposition': contentDisposition('attachment', `${sopUid}${extension}`),
      ...IMMUTABLE_CACHE,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}
