import { logger } from '../../lambda/http/response.ts';

/** What the reconciliation finds. Its documentation is made of these texts. */
export const FINDINGS = {
  uncheckedUpload: 'An upload has arrived and is not checked: it is queued again.',
  unscannedUpload:
    'An upload has arrived, and the malware scanner has said nothing of it. It is kept, and nobody sees it. With `--retry-failed` it is scanned again.',
  checkedUpload: 'An upload is still there although it was checked: it is deleted.',
  failedUpload:
    'An upload could not be checked. With `--retry-failed` it is queued again, or scanned again if the scan failed.',
  unknownUpload: 'An upload has no record, as after a restore of the table. It is kept.',
  expiredUpload: 'The bytes of an upload never arrived: it is marked as expired.',
  missingObject: 'A record has no object.',
  otherObject: 'An object has another size or checksum than its record says.',
  erasedObject: 'An object belongs to an image that was erased: it is deleted.',
  unknownObject:
    'An object has no record, as after a restore of the table. With `--delete-orphans` it is deleted.',
  wrongCount: 'A count is wrong: it is corrected.',
  abandonedExport: 'An export was never completed: it is marked as failed.',
  openEvent: 'An audit event has no end: its end is recorded as unknown.',
  unsealedEvent: 'An audit event is in no segment: it is sealed.',
  unreadableItem: 'An item of the table can not be read.',
  notExamined: 'Something could not be examined, because of an error.',
} as const;
export type Finding = keyof typeof FINDINGS;

interface Count {
  found: number;
  repaired: number;
}

/** The findings of one run. Each is logged, and repaired unless this is a dry run. */
export class Findings {
  readonly counts = Object.fromEntries(
    Object.keys(FINDINGS).map((finding): [string, Count] => [finding, { found: 0, repaired: 0 }]),
  ) as Record<Finding, Count>;
  readonly #isDryRun: boolean;

  constructor({ isDryRun = false } = {}) {
    this.#isDryRun = isDryRun;
  }

  /** The number of findings. */
  get found(): number {
    return Object.values(this.counts).reduce((sum, { found }) => sum + found, 0);
  }

  /** The number of findings that were not repaired. */
  get unrepaired(): number {
    return Object.values(this.counts).reduce((sum, { found, repaired }) => sum + found - repaired, 0);
  }

  /**
   * Adds a finding.
   *
   * @param repair undefined if nothing can be repaired safely
   */
  async add(finding: Finding, resource: string, repair?: () => Promise<unknown>): Promise<void> {
    const count = this.counts[finding];
    count.found += 1;
    const isRepaired = repair !== undefined && !this.#isDryRun;
    logger.warn('reconciled', { finding, resource, isRepaired });
    if (!isRepaired) return;
    await repair();
    count.repaired += 1;
  }

  /** Examines something. If that fails, the rest is examined nevertheless. */
  async examine(resource: string, examination: () => Promise<unknown>): Promise<void> {
    try {
      await examination();
    } catch (error) {
      logger.error('not examined', { resource, error: error as Error });
      this.counts.notExamined.found += 1;
    }
  }
}
