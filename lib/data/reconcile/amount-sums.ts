import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { DicomInstance, DicomStudy } from '../../domain/dicom/dicom-instance.ts';
import { Image } from '../../domain/images/image.ts';
import type { StoredAmount } from '../../domain/limits/storage-quota.ts';
import { chunks } from '../dynamodb/batch-requests.ts';
import { STORED } from '../keys.ts';
import { type StoredFile, totalsOf } from '../stored-amounts.ts';

/**
 * What each person who uploads and each patient has stored, added up from all items of the table while the reconciliation
 * examines them anyway.
 */
export class AmountSums {
  readonly #sums = new Map<string, StoredAmount>();
  /** When the first item was read. */
  readonly since: Date;

  constructor(since: Date, known: readonly Sum[] = []) {
    this.since = since;
    for (const [pk, bytes, files] of known) this.#sums.set(pk, { bytes, files });
  }

  /** Adds an item, whatever else in it may be damaged. */
  add(item: Record<string, unknown>): void {
    // An amount of whose files none may be left.
    if (item.sk === STORED) this.#add(String(item.pk), { bytes: 0, files: 0 });
    const file = FILE_OF[String(item.sk)]?.safeParse(item).data;
    if (file) for (const { key, ...added } of totalsOf([file])) this.#add(key.pk, added);
  }

  #add(pk: string, { bytes, files }: StoredAmount) {
    const known = this.#sums.get(pk) ?? { bytes: 0, files: 0 };
    this.#sums.set(pk, { bytes: known.bytes + bytes, files: known.files + files });
  }

  /** The keys of the amounts, each with what it should be. */
  all(): { key: { pk: string; sk: string }; sum: StoredAmount }[] {
    return [...this.#sums].map(([pk, sum]) => ({ key: { pk, sk: STORED }, sum }));
  }

  /** The sums as text, in parts that fit into an item each. */
  toParts(): string[] {
    const sums = [...this.#sums].map(([pk, { bytes, files }]) => [pk, bytes, files]);
    return chunks(sums, SUMS_OF_PART).map((some) => gzipSync(JSON.stringify(some)).toString('base64'));
  }

  static fromParts(since: Date, parts: readonly string[]): AmountSums {
    const read = (part: string) => JSON.parse(gunzipSync(Buffer.from(part, 'base64')).toString());
    return new AmountSums(
      since,
      parts.flatMap((part) => z.array(Sum).parse(read(part))),
    );
  }
}

const Sum = z.tuple([z.string(), z.int(), z.int()]);
type Sum = z.infer<typeof Sum>;

/** An item has 400 KB (DynamoDB quotas); a subject has 128 characters at most, and 2,000 of them 350 KB in base64. */
const SUMS_OF_PART = 2000;

/**
 * The files that an item stands for, by its sort key. A DICOM file belongs to the patient of its study, which has the totals of
 * its files: so an instance is counted for who uploaded it, and a study for its patient.
 */
const FILE_OF: Record<string, z.ZodType<StoredFile>> = {
  IMAGE: Image.pick({ uploadedBy: true, patientId: true, fileSize: true }),
  INSTANCE: DicomInstance.pick({ uploadedBy: true, bytes: true }).transform(({ uploadedBy, bytes }) => ({
    uploadedBy,
    fileSize: bytes,
  })),
  STUDY: DicomStudy.pick({ patientId: true, keptBytes: true, keptInstances: true }).transform(
    ({ patientId, keptBytes: fileSize, keptInstances: files }) => ({ patientId, fileSize, files }),
  ),
};
