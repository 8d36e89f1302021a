import type { ServerResponse } from 'node:http';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { loseAnswer, truncateBody } from '../faults/broken-answer.ts';
import type { CallFault } from '../faults/faults.ts';

/** Throws the error that S3 answers for a fault, before the call has an effect, or prepares what becomes of its answer. */
export function applyS3Fault(fault: CallFault, response: ServerResponse): void {
  switch (fault.name) {
    case 'throttling':
      throw new S3Error('SlowDown', 'Please reduce your request rate.');
    case 'internal-error':
      throw new S3Error('InternalError', 'We encountered an internal error. Please try again.');
    case 'kms-throttling':
      throw kmsThrottling();
    case 'truncated-body':
      truncateBody(response);
      break;
    case 'kill-after':
      loseAnswer(response, fault.kill);
      break;
    case 'lost-acknowledgement':
      loseAnswer(response);
  }
}

/** S3 passes on the error of KMS, with its status (AWS KMS API reference, "Common errors": ThrottlingException, 400). */
function kmsThrottling(): S3Error {
  const error = new S3Error(
    'KMS.ThrottlingException',
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  );
  return Object.assign(error, { status: 400 });
}
