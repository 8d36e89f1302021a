/**
 * The only place where a key of the table is spelled.
 *
 * | what is asked                           | index | partition key       | sort key                    |
 * |-----------------------------------------|-------|---------------------|-----------------------------|
 * | an image                                | table | `IMAGE#<id>`        | `IMAGE`                     |
 * | a batch                                 | table | `BATCH#<id>`        | `BATCH`                     |
 * | a case                                  | table | `CASE#<id>`         | `CASE`                      |
 * | an export                               | table | `EXPORT#<id>`       | `EXPORT`                    |
 * | the images of a batch, in their order   | gsi1  | `BATCH#<id>`        | `<order>#<image id>`        |
 * | the images of a case, oldest first      | gsi1  | `CASE#<id>`         | `<order>#<image id>`        |
 * | the batches of a patient, newest first  | gsi1  | `PATIENT#<id>`      | `BATCH#<batch id>`          |
 * | the exports of a batch                  | gsi1  | `EXPORTS#<batch>`   | `<export id>`               |
 * | the images of a patient, newest first   | gsi2  | `PATIENT#<id>`      | `IMAGE#<image id>`          |
 *
 * Image and batch ids are UUIDs of version 7, so that they sort by the time of their making.
 */
export const imageKey = (id: string) => ({ pk: `IMAGE#${id}`, sk: 'IMAGE' });
export const batchKey = (id: string) => ({ pk: `BATCH#${id}`, sk: 'BATCH' });
export const exportKey = (id: string) => ({ pk: `EXPORT#${id}`, sk: 'EXPORT' });
export const caseKey = (id: string) => ({ pk: `CASE#${id}`, sk: 'CASE' });

/** Where an image stands in the list of its batch or case. */
export const imageListKey = (image: { id: string; order: number; batchId?: string; caseId?: string }) => ({
  gsi1pk: image.batchId === undefined ? imagesOfCase(image.caseId ?? '') : imagesOfBatch(image.batchId),
  gsi1sk: `${String(image.order).padStart(10, '0')}#${image.id}`,
});
export const imagesOfBatch = (batchId: string) => `BATCH#${batchId}`;
export const imagesOfCase = (caseId: string) => `CASE#${caseId}`;

/** Where an image stands in the list of its patient, whatever it hangs in. */
export const patientListKey = (image: { id: string; patientId: string }) => ({
  gsi2pk: imagesOfPatient(image.patientId),
  gsi2sk: `IMAGE#${image.id}`,
});
export const imagesOfPatient = (patientId: string) => `PATIENT#${patientId}`;

/** Where a batch stands in the list of its patient. */
export const batchListKey = (batch: { id: string; patientId: string }) => ({
  gsi1pk: batchesOfPatient(batch.patientId),
  gsi1sk: `BATCH#${batch.id}`,
});
export const batchesOfPatient = (patientId: string) => `PATIENT#${patientId}`;

/** Where an export stands in the list of its batch. */
export const exportListKey = (each: { id: string; batchId: string }) => ({
  gsi1pk: exportsOfBatch(each.batchId),
  gsi1sk: each.id,
});
export const exportsOfBatch = (batchId: string) => `EXPORTS#${batchId}`;

/** Beginnings of partition keys, for filters on the table's stream. */
export const IMAGE_KEYS = 'IMAGE#';
export const BATCH_KEYS = 'BATCH#';
export const EXPORT_KEYS = 'EXPORT#';

/** Pending images whose client says that the bytes are there, for filters on the table's stream. */
export const ARRIVED_IMAGES = { keys: IMAGE_KEYS, attribute: 'arrivedAt', status: 'pending' } as const;

/** The index and attribute names that the stack creates and the queries use. */
export const TABLE_SCHEMA = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAt',
  lists: {
    /** What is in a batch, in a case, in a patient's list of batches. */
    main: { index: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
    /** The images of a patient. */
    patient: { index: 'gsi2', partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
  },
} as const;
