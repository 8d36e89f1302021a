import type * as z from 'zod';
import { bareEtag } from '../../../lib/domain/uploads/scan-verdict.ts';
import { now, scanVerdicts, uploadQueues } from '../../../lib/lambda/dependencies.ts';
import { ScanResultEvent } from '../../../lib/lambda/events/scan-result-event.ts';
import { serveMessages } from '../../../lib/lambda/events/serve-messages.ts';
import { uploadQueueOf } from '../../../lib/lambda/events/upload-queues.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<{ scanVerdicts: 'record'; uploadQueues: 'send' }, 'now'>;

/** The function that checks the upload acts on the verdict, so that an upload is decided in one place only. */
export async function handle({ time, detail }: z.output<typeof ScanResultEvent>, deps: Deps) {
  const { scanVerdicts, uploadQueues, now } = deps;
  const { objectKey, eTag } = detail.s3ObjectDetails;
  const { scanResultStatus: result, threats } = detail.scanResultDetails;
  const verdict = {
    result,
    etag: bareEtag(eTag),
    threats: (threats ?? []).map(({ name }) => name),
    scannedAt: new Date(time).toISOString(),
  };
  await scanVerdicts.record(objectKey, verdict, now());
  await uploadQueues.send(uploadQueueOf(objectKey), objectKey);
}

export const handler = serveMessages(trigger, ScanResultEvent, handle, { scanVerdicts, uploadQueues, now });
