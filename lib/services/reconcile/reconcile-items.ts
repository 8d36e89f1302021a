import { chunks } from '../../data/dynamodb/batch-requests.ts';
import { isAbandoned } from '../../data/exports.ts';
import { SERIES_OF_STUDY, STORED } from '../../data/keys.ts';
import type { AmountSums } from '../../data/reconcile/amount-sums.ts';
import type { Recount } from '../../data/reconcile/recounts.ts';
import { StoredFiles } from '../../data/stored-amounts.ts';
import { Batch } from '../../domain/batches/batch.ts';
import { Case } from '../../domain/cases/case.ts';
import { DicomInstance, DicomSeries, DicomStudy } from '../../domain/dicom/dicom-instance.ts';
import { DicomUpload } from '../../domain/dicom/dicom-upload.ts';
import { Export, NOT_WRITTEN } from '../../domain/exports/export.ts';
import { Image } from '../../domain/images/image.ts';
import { uploadExpiry } from '../../domain/limits/limits.ts';
import { NEVER_ARRIVED } from '../../domain/uploads/upload-reasons.ts';
import { incomingDicomKey } from '../../storage/object-keys.ts';
import { examineImage } from './examine-image.ts';
import { examineInstance } from './examine-instance.ts';
import { AT_ONCE, type Run } from './run.ts';

type StoredItem = Record<string, unknown>;
type Key = Record<string, string>;

/**
 * Examines the items of the table, beginning after a key.
 *
 * @param sums to which each item is added, if all before it were
 * @returns the key of the last item that was examined, undefined after the last one of all
 */
export async function reconcileItems(
  run: Run,
  after: Key | undefined,
  sums: AmountSums | undefined,
): Promise<Key | undefined> {
  for await (const { items, last } of run.storedItems.scan(after)) {
    const patients = await run.storedItems.patientsOfStudies(items);
    for (const item of items) sums?.add(item, patients);
    for (const some of chunks(items, AT_ONCE)) {
      await Promise.all(some.map((item) => run.findings.examine(String(item.pk), () => examine(run, item))));
    }
    if (run.isOver()) return last;
  }
  return undefined;
}

async function examine(run: Run, item: StoredItem): Promise<void> {
  const sk = String(item.sk);
  const examination = sk.startsWith(SERIES_OF_STUDY) ? examineSeries : EXAMINATIONS[sk];
  try {
    await examination?.(run, item);
  } catch (error) {
    // Other errors are those of AWS services.
    if (!(error instanceof Error && UNREADABLE.includes(error.name))) throw error;
    await run.findings.add('unreadableItem', String(item.pk));
  }
}

const UNREADABLE = ['ZodError', 'DamagedItem'];

const examineSeries: Examination = (run, item) =>
  examineCounts(run, `series ${item.seriesUid}`, item, (found) =>
    run.recounts.ofSeries(DicomSeries.parse(found)),
  );

type Examination = (run: Run, item: StoredItem) => Promise<void>;

/** By sort key. */
const EXAMINATIONS: Record<string, Examination> = {
  IMAGE: (run, item) => examineImage(run, Image.parse(item)),
  INSTANCE: (run, item) => examineInstance(run, DicomInstance.parse(item)),
  [STORED]: async (_run, item) => void StoredFiles.parse(item),
  DICOMUPLOAD: (run, item) => examineUpload(run, DicomUpload.parse(item)),
  EXPORT: (run, item) => examineExport(run, Export.parse(item)),
  STUDY: (run, item) =>
    examineCounts(run, `study ${item.studyUid}`, item, (found) =>
      run.recounts.ofStudy(DicomStudy.parse(found)),
    ),
  BATCH: (run, item) =>
    examineCounts(run, `batch ${item.id}`, item, (found) => run.recounts.ofBatch(Batch.parse(found))),
  CASE: (run, item) =>
    examineCounts(run, `case ${item.id}`, item, (found) => run.recounts.ofCase(Case.parse(found))),
};

/**
 * Corrects the counts of an item. They are counted twice, because an item may have changed since it was read, or while its
 * contents were counted. While they follow a deletion, a restoration or a move, they are not counted.
 */
async function examineCounts(
  run: Run,
  resource: string,
  item: StoredItem,
  recount: (item: StoredItem) => Promise<Recount>,
): Promise<void> {
  if (item.unsettledSince !== undefined || isRight(await recount(item))) return;
  const again = await run.storedItems.get(item);
  if (!again || again.unsettledSince !== undefined) return;
  const second = await recount(again);
  if (isRight(second)) return;
  await run.findings.add('wrongCount', `${resource}: ${JSON.stringify(second)}`, () =>
    run.recounts.correct(second),
  );
}

const isRight = ({ before, after }: Recount) =>
  JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));

/** Zeros are left out: DynamoDB has no attribute in their place, or one of a former modality. */
const sorted = (counts: object): unknown =>
  Object.entries(counts)
    .map(([name, value]) => [name, typeof value === 'object' ? sorted(value) : value])
    .filter(([, value]) => value !== 0)
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));

/** Examines whether a DICOM upload never arrived, as `examineImage` does for an image. */
async function examineUpload(run: Run, upload: DicomUpload): Promise<void> {
  const { bucket, storedItems, dicomUploads, auditLog, findings, limits, now } = run;
  const expiry = uploadExpiry(limits, new Date(upload.uploadedAt));
  if (upload.status !== 'pending' || now() < expiry || (await bucket.head(incomingDicomKey(upload.id))))
    return;
  if ((await storedItems.statesOfDicomUploads([upload.id])).get(upload.id) !== 'pending') return;
  await findings.add('expiredUpload', `DICOM upload ${upload.id}`, async () => {
    if (await dicomUploads.decide(upload, { status: 'expired', reason: NEVER_ARRIVED }, now()))
      await auditLog.appendDecision('reconcile', upload, now(), 'upload');
  });
}

async function examineExport(run: Run, each: Export): Promise<void> {
  if (!isAbandoned(each, run.now())) return;
  const unfinished = each.archives.findIndex(({ status }) => status !== 'ready');
  await run.findings.add('abandonedExport', `export ${each.id}`, () =>
    run.exports.markFailed(each, unfinished, NOT_WRITTEN),
  );
}
