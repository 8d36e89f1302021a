import {
  DeletedDicom,
  DicomAttributes,
  type DicomInstance,
  PatientMismatch,
} from '../../domain/dicom/dicom-instance.ts';
import type { DomainError } from '../../domain/errors.ts';
import { StorageFull } from '../../domain/limits/storage-quota.ts';
import { dicomUploadUrl } from './dicom-upload.ts';

/** Why an instance was not stored (PS3.18 table I.2-2; the first three by PS3.7 annex C, as C-STORE has them). */
export const FAILURE = {
  processing: 0x0110,
  duplicate: 0x0111,
  notAuthorized: 0x0124,
  outOfResources: 0xa700,
  doesNotMatch: 0xa900,
  cannotUnderstand: 0xc000,
} as const;
type Failure = (typeof FAILURE)[keyof typeof FAILURE];

/** The result for one instance. An unreadable instance has no identifiers. One with an upload waits for the malware scanner. */
export type StowResult =
  | { stored: DicomInstance; uploadId?: string | undefined }
  | { failed: Failure; reason: string; sopUid?: string | undefined; sopClassUid?: string | undefined };

/** Maps an error to a Failure Reason. */
export const failureOf = (error: DomainError): Failure => {
  // Who sends a file again may not undo a deletion.
  if (error.code === 'FORBIDDEN' || error instanceof DeletedDicom) return FAILURE.notAuthorized;
  if (error instanceof PatientMismatch) return FAILURE.doesNotMatch;
  if (error instanceof StorageFull) return FAILURE.outOfResources;
  return error.code === 'CONFLICT' ? FAILURE.duplicate : FAILURE.processing;
};

/** The Store Instances Response Module (PS3.18 I.2). */
export const StowResponse = DicomAttributes.meta({
  examples: [
    {
      '00081199': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
            '00081155': { vr: 'UI', Value: ['1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1'] },
          },
        ],
      },
    },
  ],
});

/** The response for all instances, with the URLs of the stored ones. */
export function toStowResponse(results: readonly StowResult[], origin: string): DicomAttributes {
  const stored = results.flatMap((each) => ('stored' in each ? [each] : []));
  const failed = results.flatMap((each) => ('failed' in each ? [each] : []));
  const studies = [...new Set(stored.map(({ stored: { studyUid } }) => studyUid))];
  const studyUrl = (uid: string) => `${origin}/dicom-web/studies/${uid}`;
  return {
    ...(studies.length === 1 && { '00081190': one('UR', studyUrl(studies[0] ?? '')) }),
    ...sequence(
      '00081198',
      failed.flatMap(({ sopUid, sopClassUid, failed: code, reason }) =>
        sopUid && sopClassUid
          ? [
              {
                ...comment(reason),
                '00081150': one('UI', sopClassUid),
                '00081155': one('UI', sopUid),
                ...why(code),
              },
            ]
          : [],
      ),
    ),
    ...sequence(
      '00081199',
      stored.map(({ stored: { sopUid, sopClassUid, studyUid, seriesUid }, uploadId }) => ({
        ...(uploadId !== undefined && comment(`see ${dicomUploadUrl(uploadId)}`)),
        '00081150': one('UI', sopClassUid),
        '00081155': one('UI', sopUid),
        '00081190': one('UR', `${studyUrl(studyUid)}/series/${seriesUid}/instances/${sopUid}`),
      })),
    ),
    // I.2.2: instances whose identifiers could not be read.
    ...sequence(
      '0008119A',
      failed.flatMap(({ sopUid, failed: code, reason }) =>
        sopUid ? [] : [{ ...comment(reason), ...why(code) }],
      ),
    ),
  };
}

const one = (vr: string, value: string | number) => ({ vr, Value: [value] });
const why = (code: Failure) => ({ '00081197': one('US', code) });
/** The Error Comment of a C-STORE response (PS3.7 annex E); LO, at most 64 characters. */
const comment = (reason: string) => ({ '00000902': one('LO', [...reason].slice(0, 64).join('')) });
const sequence = (tag: string, items: DicomAttributes[]) =>
  items.length > 0 ? { [tag]: { vr: 'SQ', Value: items } } : {};
