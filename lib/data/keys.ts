import { v5 as uuidV5 } from 'uuid';

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
 * | the unfinished exports of a person      | gsi2  | `EXPORTS#BY#<person>` | `<export id>`             |
 * | the images of a patient, newest first   | gsi2  | `PATIENT#<id>`      | `IMAGE#<image id>`          |
 * | a registered picture of an exam         | table | `EXAMIMAGE#<id>`    | `EXAMIMAGE`                 |
 * | the pictures of an exam, as registered  | gsi1  | `EXAM#<id>`         | `<time>#<picture id>`       |
 * | an API key                              | table | `KEY#<id>`          | `KEY`                       |
 * | all API keys, newest first              | gsi1  | `KEYS`              | `<key id>`                  |
 * | a link of an image to a record          | table | `LINK#<image id>`   | `<type>#<record id>`        |
 * | the images of a record, newest first    | gsi2  | `LINK#<type>#<id>`  | `<image id>`                |
 * | those of one patient                    | gsi1  | `LINK#<type>#<id>#<patient>` | `<image id>`       |
 *
 * Image, batch and key ids are UUIDs of version 7, so that they sort by the time of their making.
 */
export const imageKey = (id: string) => ({ pk: `IMAGE#${id}`, sk: 'IMAGE' });
export const batchKey = (id: string) => ({ pk: `BATCH#${id}`, sk: 'BATCH' });
export const exportKey = (id: string) => ({ pk: `EXPORT#${id}`, sk: 'EXPORT' });
export const caseKey = (id: string) => ({ pk: `CASE#${id}`, sk: 'CASE' });

/** Where an image stands in the list of its batch or case. */
export const imageListKey = (image: { id: string; order: number; batchId?: string; caseId?: string }) => ({
  ...(image.batchId !== undefined && { gsi1pk: imagesOfBatch(image.batchId) }),
  ...(image.caseId !== undefined && { gsi1pk: imagesOfCase(image.caseId) }),
  gsi1sk: `${String(image.order).padStart(10, '0')}#${image.id}`,
});
export const imagesOfBatch = (batchId: string) => `BATCH#${batchId}`;
export const imagesOfCase = (caseId: string) => `CASE#${caseId}`;

/** Where an image stands in the list of its patient, whatever it hangs in. */
export const patientListKey = (image: { id: string; patientId?: string | undefined }) => ({
  ...(image.patientId !== undefined && { gsi2pk: imagesOfPatient(image.patientId) }),
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

/** Where an export stands in the list of who asked for it, as long as it is not finished. */
export const unfinishedExportKey = (each: { id: string; requestedBy: string }) => ({
  gsi2pk: unfinishedExportsOf(each.requestedBy),
  gsi2sk: each.id,
});
export const unfinishedExportsOf = (person: string) => `EXPORTS#BY#${person}`;

/**
 * A picture's id comes from its exam and its SOP instance UID (version 5, RFC 9562, 5.5), so that the same one can't be
 * registered twice: one conditional put says so, and no second item has to guard it.
 */
export const examImageId = (examId: string, sopInstanceUid: string) =>
  uuidV5(`${examId}/${sopInstanceUid}`, EXAM_IMAGES);
const EXAM_IMAGES = '5b0e2a4f-83d1-4c0e-9d0e-6f3d2f0a7c51';
export const examImageKey = (id: string) => ({ pk: `EXAMIMAGE#${id}`, sk: 'EXAMIMAGE' });
export const examImageListKey = (image: { id: string; examId: string; registeredAt: string }) => ({
  gsi1pk: imagesOfExam(image.examId),
  gsi1sk: `${image.registeredAt}#${image.id}`,
});
export const imagesOfExam = (examId: string) => `EXAM#${examId}`;

export const apiKeyKey = (id: string) => ({ pk: `KEY#${id}`, sk: 'KEY' });
export const API_KEYS = 'KEYS';
export const apiKeyListKey = ({ id }: { id: string }) => ({ gsi1pk: API_KEYS, gsi1sk: id });

/** A connection; in the table of connections. */
export const connectionKey = (id: string) => ({ pk: `CONNECTION#${id}`, sk: 'CONNECTION' });
/** Where a connection stands among those of its patient, or of the clinic (gsi1), and among all, first to end first (gsi2). */
export const connectionListKey = (id: string, patientId: string | undefined, until: number) => ({
  gsi1pk: patientId === undefined ? CLINIC_CONNECTIONS : connectionsOfPatient(patientId),
  gsi1sk: id,
  gsi2pk: CONNECTIONS,
  gsi2sk: `${connectionEnd(until)}#${id}`,
});
export const CLINIC_CONNECTIONS = 'CONNECTIONS#CLINIC';
export const connectionsOfPatient = (patientId: string) => `CONNECTIONS#PATIENT#${patientId}`;
export const CONNECTIONS = 'CONNECTIONS';
/** @param seconds since 1970, as text that sorts as they do */
export const connectionEnd = (seconds: number) => String(seconds).padStart(12, '0');

/** A link, and where it stands among those of its record: of all, and of its patient's, for a patient sees only these. */
export const linkKey = (imageId: string, type: string, recordId: string) => ({
  pk: `LINK#${imageId}`,
  sk: `${type}#${recordId}`,
});
export const linkListKey = (
  { id, patientId }: { id: string; patientId?: string | undefined },
  type: string,
  recordId: string,
) => ({
  gsi2pk: linksOfRecord(type, recordId),
  gsi2sk: id,
  ...(patientId !== undefined && { gsi1pk: linksOfPatient(type, recordId, patientId), gsi1sk: id }),
});
export const linksOfRecord = (type: string, recordId: string) => `LINK#${type}#${recordId}`;
export const linksOfPatient = (type: string, recordId: string, patientId: string) =>
  `${linksOfRecord(type, recordId)}#${patientId}`;

/** What a caller has taken of their allowances; in the table of requests. */
export const allowanceKey = (subject: string) => ({ pk: `CALLER#${subject}`, sk: 'ALLOWANCES' });

/** An event of the audit log, and where it stands in its lists; in the table of the log. */
export const auditKey = (id: string) => ({ pk: `EVENT#${id}`, sk: 'EVENT' });
export const AUDIT_EVENTS = 'EVENTS';
export const auditOfPatient = (patientId: string) => `PATIENT#${patientId}`;
export const auditOfPerson = (subject: string) => `PERSON#${subject}`;

/** Beginnings of partition keys, for filters on the table's stream. */
export const IMAGE_KEYS = 'IMAGE#';
export const BATCH_KEYS = 'BATCH#';
export const EXPORT_KEYS = 'EXPORT#';
export const EXAM_IMAGE_KEYS = 'EXAMIMAGE#';
export const AUDIT_KEYS = 'EVENT#';

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
    /** The images of a patient, or of another record. */
    patient: { index: 'gsi2', partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
  },
} as const;

/** The indexes of the audit log's table: all events, those of a patient, and those of a person. */
export const AUDIT_LISTS = {
  ...TABLE_SCHEMA.lists,
  person: { index: 'gsi3', partitionKey: 'gsi3pk', sortKey: 'gsi3sk' },
} as const;
