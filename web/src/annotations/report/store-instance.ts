import { ApiError, errorOf } from '../../api/api-error.ts';
import { authorizedFetch } from '../../api/client.ts';
import { isDataSets, itemsOf, textOf } from '../../exams/dicom-json.ts';
import { studyPath } from '../../exams/dicomweb.ts';

/**
 * Stores a DICOM file in a study (STOW-RS), with the rights of the person.
 *
 * @returns whether it is stored already, or waits for the scanner
 * @throws ApiError with the reason why it is not stored
 */
export async function storeInstance(study: string, file: BlobPart): Promise<'stored' | 'waiting'> {
  const boundary = crypto.randomUUID();
  const response = await authorizedFetch(studyPath(study), {
    method: 'POST',
    headers: {
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
    body: new Blob([
      `--${boundary}\r\ncontent-type:application/dicom\r\n\r\n`,
      file,
      `\r\n--${boundary}--\r\n`,
    ]),
  });
  if (response.ok) return response.status === 202 ? 'waiting' : 'stored';
  if (response.status !== 409) throw await errorOf(response);
  // PS3.18 I.2: one item for each file that is not stored.
  const answer: unknown = [await response.json()];
  const [failed] = isDataSets(answer) ? itemsOf(answer[0] ?? {}, '00081198') : [];
  throw new ApiError(response.status, failed ? textOf(failed, '00000902') : response.statusText);
}
