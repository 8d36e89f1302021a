import { chunks } from '../../data/dynamodb/batch-requests.ts';
import type { UploadQueue } from '../../lambda/events/upload-queues.ts';
import {
  allKeysOf,
  INCOMING,
  INCOMING_DICOM,
  imageIdOfIncoming,
  uploadIdOfIncomingDicom,
} from '../../storage/object-keys.ts';
import type { ListedObject } from '../../storage/objects.ts';
import { AT_ONCE, type Run } from './run.ts';

/** An upload is checked within seconds. Later, its event may have been lost. */
const CHECKED_WITHIN_MS = 15 * 60_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/** Examines the uploads that were not deleted yet: normally they are checked, and deleted, within seconds. */
export async function reconcileUploads(run: Run): Promise<void> {
  const { storedItems } = run;
  await examineUploads(run, {
    prefix: INCOMING,
    queue: 'make-thumbnail',
    idOf: imageIdOfIncoming,
    statesOf: (ids) => storedItems.statesOfImages(ids),
    keysOf: (id) => allKeysOf({ id }),
  });
  await examineUploads(run, {
    prefix: INCOMING_DICOM,
    queue: 'ingest-dicom',
    idOf: uploadIdOfIncomingDicom,
    statesOf: (ids) => storedItems.statesOfDicomUploads(ids),
    keysOf: (id) => [INCOMING_DICOM + id],
  });
}

interface Kind {
  prefix: string;
  queue: UploadQueue;
  idOf: (key: string) => string;
  statesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** All objects that may have been made of an upload. */
  keysOf: (id: string) => readonly string[];
}

async function examineUploads(run: Run, kind: Kind): Promise<void> {
  const { bucket, findings, now } = run;
  for await (const page of bucket.list(kind.prefix)) {
    const late = page.filter(({ modifiedAt }) => now().getTime() - modifiedAt.getTime() > CHECKED_WITHIN_MS);
    const states = await kind.statesOf(late.map(({ key }) => kind.idOf(key)));
    for (const some of chunks(late, AT_ONCE)) {
      await Promise.all(
        some.map((upload) =>
          findings.examine(upload.key, () =>
            examineUpload(run, kind, upload, states.get(kind.idOf(upload.key))),
          ),
        ),
      );
    }
    if (run.isOver()) return;
  }
}

async function examineUpload(run: Run, kind: Kind, upload: ListedObject, state: string | undefined) {
  const { bucket, findings, retriesFailed } = run;
  const { key } = upload;
  switch (state) {
    case undefined:
      return findings.add('unknownUpload', key);
    case 'erased':
      return findings.add('erasedObject', key, () => bucket.delete(kind.keysOf(kind.idOf(key))));
    case 'failed': {
      const isScanned = !run.scans || (await run.scanVerdicts.get(key))?.result === 'NO_THREATS_FOUND';
      const again = () => (isScanned ? queueAgain(run, kind, key) : rescan(run, key));
      return findings.add('failedUpload', key, retriesFailed ? again : undefined);
    }
    case 'pending':
    case 'scanning':
    case 'expired':
      if (run.scans && !(await run.scanVerdicts.get(key)))
        return findings.add('unscannedUpload', key, retriesFailed ? () => rescan(run, key) : undefined);
      if (retriesFailed || (await isDue(upload, run)))
        await findings.add('uncheckedUpload', key, () => queueAgain(run, kind, key));
      return;
    default:
      return findings.add('checkedUpload', key, () => bucket.delete([key]));
  }
}

async function queueAgain({ checkAttempts, uploadQueues, now }: Run, { queue }: Kind, key: string) {
  await checkAttempts.queued(key, now());
  await uploadQueues.send(queue, key);
}

/** Has an upload scanned again: for the scanner, its copy onto itself is a new object. */
async function rescan({ bucket, scanVerdicts }: Run, key: string): Promise<void> {
  const head = await bucket.head(key);
  if (!head) return;
  await scanVerdicts.forget(key);
  await bucket.copy(key, head.etag, key, 'application/octet-stream');
}

/** Whether an upload is to be queued again: after growing pauses, because its first message may still be in the queue. */
async function isDue({ key, modifiedAt }: ListedObject, { checkAttempts, now }: Run): Promise<boolean> {
  const queuedAt = await checkAttempts.queuedAt(key);
  if (!queuedAt) return true;
  const pauseMs = Math.min(2 * (queuedAt.getTime() - modifiedAt.getTime()), LONGEST_PAUSE_MS);
  return now().getTime() - queuedAt.getTime() > Math.max(pauseMs, CHECKED_WITHIN_MS);
}
