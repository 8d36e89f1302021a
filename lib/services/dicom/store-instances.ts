import { FAILURE, failureOf, type StowResult, toStowResponse } from '../../api/views/stow-response.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { DomainError } from '../../domain/errors.ts';
import { logger } from '../../lambda/http/response.ts';
import { AllFailed, PartialSuccess } from '../../lambda/http/serve.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { inspectDicom } from './ingest-dicom.ts';
import { type ReceiveDeps, receiveDicom } from './receive-dicom.ts';

/** Instances stored in parallel. Most are of one series: what is known of it is read once, and one transaction stores several. */
const AT_ONCE = 10;

/**
 * Stores the instances independently: a failed one does not stop the others (PS3.18 10.5).
 *
 * @throws the error that prevented all of them, if it is internal: the client should retry
 */
export async function storeAll(
  { caller, parts, origin }: { caller: Caller; parts: readonly Uint8Array[]; origin: string },
  deps: ReceiveDeps,
  studyUid?: string,
) {
  const results: StowResult[] = [];
  const faults: unknown[] = [];
  const waiting = parts.entries();
  const work = async () => {
    for (const [index, bytes] of waiting)
      results[index] = await storeOne(caller, bytes, deps, studyUid).catch((error: unknown) => {
        logger.error('an instance is not stored', { error: error as Error });
        faults.push(error);
        return { failed: FAILURE.processing, reason: 'Something went wrong on our side.' };
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (faults.length === parts.length) throw faults[0];
  const answer = toStowResponse(results, origin);
  const taken = results.filter((result) => 'stored' in result);
  // What waits for the malware scanner is not stored yet.
  if (taken.length === parts.length && taken.every(({ uploadId }) => uploadId === undefined)) return answer;
  return taken.length > 0 ? new PartialSuccess(answer) : new AllFailed(answer);
}

async function storeOne(
  caller: Caller,
  bytes: Uint8Array,
  deps: ReceiveDeps,
  studyUid: string | undefined,
): Promise<StowResult> {
  let known: { sopUid?: string; sopClassUid?: string } = {};
  try {
    const dicom = inspectDicom(caller, bytes, deps);
    const { instance } = dicom;
    known = { sopUid: instance.sopUid, sopClassUid: instance.sopClassUid };
    if (studyUid !== undefined && instance.studyUid !== studyUid)
      return { ...known, failed: FAILURE.doesNotMatch, reason: 'it is of another study than the request' };
    const { uploadId } = await receiveDicom(caller, dicom, bytes, deps);
    return { stored: instance, uploadId };
  } catch (error) {
    if (error instanceof RejectedImage)
      return { ...known, failed: FAILURE.cannotUnderstand, reason: error.reason };
    if (error instanceof DomainError)
      return { ...known, failed: failureOf(error), reason: error.details[0] ?? error.message };
    throw error;
  }
}
