import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { v7 as newId } from 'uuid';
import { auditKey, auditListKeys, auditPatientKeys } from '../../lib/data/keys.ts';
import type { AuditEvent } from '../../lib/domain/audit/audit-event.ts';
import { base64Crc32 } from '../../lib/media/base64-crc32.ts';
import { filledBatch, PATIENT } from './clinic.ts';
import { itemsOfStudies, STUDIES_OF_PATIENT } from './dicom/archive-of-studies.ts';
import { importItems } from './import-items.ts';
import { dataFileIn } from './stack.ts';

/** What the tables of a clinic have. */
export interface FilledClinic {
  /** Images of the batch, items of studies, and audit events of one patient: as many of each. */
  items: number;
  studies: number;
  batch: Batch;
  /** A batch of a hundredth of them, whose images have objects of these bytes. */
  small: Batch;
}
type Batch = Pick<ReturnType<typeof filledBatch>, 'batchId' | 'imageIds' | 'imageKeys'>;

/** What storing the only slice of a study writes. */
const ITEMS_OF_STUDY = 7;

/** The object of each image of the small batch. */
export const OBJECT = Buffer.from('image');

/** Clinics with many items, written straight into the tables. Each is made once, and copied into the data directories of several benchmarks. */
export class FilledClinics {
  readonly #cdkOut: () => Promise<string>;
  readonly #folder: string;
  readonly #made = new Map<number, Promise<FilledClinic>>();

  /** @param folder where they are kept */
  constructor(cdkOut: () => Promise<string>, folder: string) {
    this.#cdkOut = cdkOut;
    this.#folder = folder;
  }

  /** Writes the tables of a clinic with this number of items into a data directory. */
  async copyTo(dataDir: string, items: number): Promise<FilledClinic> {
    const source = path.join(this.#folder, `clinic-${items}`);
    const made = this.#made.get(items) ?? fill(await this.#cdkOut(), source, items);
    this.#made.set(items, made);
    const clinic = await made;
    copyFileSync(dataFileIn(source), dataFileIn(dataDir));
    return clinic;
  }
}

async function fill(cdkOut: string, dataDir: string, items: number): Promise<FilledClinic> {
  mkdirSync(dataDir, { recursive: true });
  const patients = Math.ceil(items / ITEMS_OF_STUDY / STUDIES_OF_PATIENT);
  const studies = patients * STUDIES_OF_PATIENT;
  const batch = filledBatch(items);
  const small = filledBatch(Math.ceil(items / 100), { bytes: OBJECT.length, crc32: base64Crc32(OBJECT) });
  await importItems(
    cdkOut,
    dataDir,
    all(batch.items, small.items, itemsOfStudies(studies)),
    Array.from({ length: items }, eventItem),
  );
  return { items, studies, batch: withoutItems(batch), small: withoutItems(small) };
}

function* all<T>(...lists: Iterable<T>[]): Generator<T> {
  for (const list of lists) yield* list;
}

/** The items would stay in memory while all is measured. */
const withoutItems = ({ items: _items, ...batch }: ReturnType<typeof filledBatch>): Batch => batch;

function eventItem() {
  const id = newId();
  const event: AuditEvent = {
    id,
    at: new Date().toISOString(),
    subject: 'bench',
    role: 'doctor',
    action: 'get-image',
    method: 'GET',
    path: `/api/images/${id}`,
    patientIds: [PATIENT],
    resources: [`image ${id}`],
    status: 200,
    outcome: 'success',
    requestId: id,
    address: '127.0.0.1',
  };
  return {
    ...event,
    ...auditKey(id),
    ...auditListKeys(id, 'bench', false),
    ...auditPatientKeys(id, PATIENT, false),
  };
}
