import type { NewDicom, StoredIn } from '../../domain/dicom/dicom-instance.ts';
import { patientKey } from '../../domain/dicom/named-patient.ts';
import type { StorageQuotas } from '../../domain/limits/storage-quota.ts';
import type { DicomItems } from './dicom-items.ts';

/** A file to store. */
export interface FileToStore {
  dicom: NewDicom;
  quotas: StorageQuotas | undefined;
  /** What was read of its series and its study. */
  items: DicomItems | undefined;
}

interface Waiting extends FileToStore {
  resolve: (stored: StoredIn) => void;
  reject: (error: unknown) => void;
}

/** Files that one transaction stores at most. Their items may have 400 KB each, and a transaction 4 MB. */
const AT_ONCE = 10;

/**
 * Groups files of one series that are stored at the same time: those that arrive while others are being stored wait, and
 * share the next transaction. On their own, they would update the numbers of their series and study one after the other.
 */
export class StoreGroups {
  readonly #storeGroup: (group: readonly FileToStore[]) => Promise<PromiseSettledResult<StoredIn>[]>;
  readonly #lines = new Map<string, Waiting[]>();

  /** @param storeGroup stores files of one series, one uploader and one patient, and says of each what came of it */
  constructor(storeGroup: (group: readonly FileToStore[]) => Promise<PromiseSettledResult<StoredIn>[]>) {
    this.#storeGroup = storeGroup;
  }

  store(file: FileToStore): Promise<StoredIn> {
    return new Promise((resolve, reject) => {
      const key = groupOf(file);
      const line = this.#lines.get(key);
      const waiting = { ...file, resolve, reject };
      if (line) {
        // What was read before others were stored is outdated.
        line.push({ ...waiting, items: undefined });
        return;
      }
      const begun = [waiting];
      this.#lines.set(key, begun);
      void this.#serve(key, begun);
    });
  }

  async #serve(key: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) {
      const group = line.splice(0, AT_ONCE);
      try {
        const outcomes = await this.#storeGroup(group);
        for (const [index, outcome] of outcomes.entries()) {
          if (outcome.status === 'fulfilled') group[index]?.resolve(outcome.value);
          else group[index]?.reject(outcome.reason);
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#lines.delete(key);
  }
}

/** Files with the same text can be stored and counted together. */
const groupOf = ({ dicom: { instance, series, study }, quotas }: FileToStore): string =>
  JSON.stringify([
    series.studyUid,
    series.seriesUid,
    instance.uploadedBy,
    instance.source,
    patientKey(instance.namedPatient),
    study.patientId,
    quotas,
  ]);
