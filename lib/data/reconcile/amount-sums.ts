import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
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

  /**
   * Adds an item, whatever else in it may be damaged.
   *
   * @param patients those of studies, by their UIDs: a DICOM file belongs to the patient of its study
   */
  add(item: Record<string, unknown>, patients: ReadonlyMap<string, string | null>): void {
    // An amount of whose files none may be left.
    if (item.sk === STORED) this.#add(String(item.pk), { bytes: 0, files: 0 });
    const file = fileOf(item, patients);
    // Each file once: those of an API key have no amount of an uploader, and unassigned ones none of a patient.
    if (file) this.#add(TOTAL, { bytes: file.fileSize, files: 1 });
    if (file) for (const { key, ...added } of totalsOf([file])) this.#add(key.pk, added);
  }

  #add(pk: string, { bytes, files }: StoredAmount) {
    const known = this.#sums.get(pk) ?? { bytes: 0, files: 0 };
    this.#sums.set(pk, { bytes: known.bytes + bytes, files: known.files + files });
  }

  /** The keys of the amounts, each with what it should be. */
  all(): { key: { pk: string; sk: string }; sum: StoredAmount }[] {
    return [...this.#sums]
      .filter(([pk]) => pk !== TOTAL)
      .map(([pk, sum]) => ({ key: { pk, sk: STORED }, sum }));
  }

  /** What all files together occupy. */
  get total(): StoredAmount {
    return this.#sums.get(TOTAL) ?? { bytes: 0, files: 0 };
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

/** Beside the keys of the amounts, so that it is kept between runs as they are; no key of an item. */
const TOTAL = 'TOTAL';

const Sum = z.tuple([z.string(), z.int(), z.int()]);
type Sum = z.infer<typeof Sum>;

/** An item has 400 KB (DynamoDB quotas); a subject has 128 characters at most, and 2,000 of them 350 KB in base64. */
const SUMS_OF_PART = 2000;

const ImageFile = Image.pick({ uploadedBy: true, patientId: true, fileSize: true });
const DicomFile = DicomInstance.pick({ uploadedBy: true, studyUid: true, bytes: true });

/** The file that an item stands for. */
function fileOf(
  item: Record<string, unknown>,
  patients: ReadonlyMap<string, string | null>,
): StoredFile | undefined {
  if (item.sk === 'IMAGE') return ImageFile.safeParse(item).data;
  if (item.sk !== 'INSTANCE') return undefined;
  const { uploadedBy, studyUid = '', bytes } = DicomFile.safeParse(item).data ?? {};
  return bytes === undefined ? undefined : { uploadedBy, patientId: patients.get(studyUid), fileSize: bytes };
}
