import { createHash } from 'node:crypto';
import { v5 as uuidV5 } from 'uuid';
import { dayOfEvent } from '../domain/audit/event-id.ts';
import type { Image } from '../domain/images/image.ts';
import { shownTimeOf } from '../domain/images/local-time.ts';
import { listedName, type Patient } from '../domain/patients/patient.ts';
import type { Connection } from '../domain/sockets/connection.ts';

/**
 * The only place where a key of the table is spelled. `lib/data/entities.ts` says what is found by each, from which
 * `docs/data.md` is made.
 *
 * Image, batch, deletion and key ids are UUIDs of version 7, so that they sort by creation time.
 */
export const imageKey = (id: string) => ({ pk: `IMAGE#${id}`, sk: 'IMAGE' });
export const batchKey = (id: string) => ({ pk: `BATCH#${id}`, sk: 'BATCH' });
export const exportKey = (id: string) => ({ pk: `EXPORT#${id}`, sk: 'EXPORT' });
export const caseKey = (id: string) => ({ pk: `CASE#${id}`, sk: 'CASE' });

/** The position of an image in the list of its batch or case. */
export const imageListKey = (image: Listed) =>
  image.caseId === undefined
    ? {
        ...(image.batchId !== undefined && { gsi1pk: imagesOfBatch(image.batchId) }),
        gsi1sk: `${sortableOrder(image.order)}#${image.id}`,
      }
    : { gsi1pk: imagesOfCase(image.caseId), gsi1sk: `${shownTimeOf(image)}#${image.id}` };
type Listed = Pick<Image, 'id' | 'order' | 'batchId' | 'caseId' | 'capturedLocal' | 'uploadedLocal'>;
/** As text that sorts like the numbers: `-` sorts before all digits, and negative numbers count up from −10¹⁰. */
const sortableOrder = (order: number): string =>
  order < 0 ? `-${10_000_000_000 + order}` : String(order).padStart(10, '0');
export const imagesOfBatch = (batchId: string) => `BATCH#${batchId}`;
export const imagesOfCase = (caseId: string) => `CASE#${caseId}`;

/** The position of an image in the list of its patient, in a batch or a case or neither. */
export const patientListKey = (image: { id: string; patientId?: string | undefined }) => ({
  ...(image.patientId !== undefined && { gsi2pk: imagesOfPatient(image.patientId) }),
  gsi2sk: `IMAGE#${image.id}`,
});
export const imagesOfPatient = (patientId: string) => `PATIENT#${patientId}`;

/**
 * The position of an image in the list of the day on which it was uploaded, by the clinic's clock.
 *
 * A partition of an index takes 1,000 write units in a second, and a batch of 200 uploads is written at once: so the list has
 * shards, as that of the audit log.
 */
export const uploadListKey = (image: Pick<Image, 'id' | 'uploadedLocal'>) => {
  const shards = uploadsOfDay(image.uploadedLocal.slice(0, 10));
  return { gsi3pk: shards[Number.parseInt(image.id.slice(-2), 16) % shards.length], gsi3sk: image.id };
};
const UPLOAD_SHARDS = 4;
export const uploadsOfDay = (day: string) =>
  Array.from({ length: UPLOAD_SHARDS }, (_value, shard) => `UPLOADS#${day}#${shard}`);

/** The position of a batch in the list of its patient. */
export const batchListKey = (batch: { id: string; patientId: string }) => ({
  gsi1pk: batchesOfPatient(batch.patientId),
  gsi1sk: `BATCH#${batch.id}`,
});
export const batchesOfPatient = (patientId: string) => `PATIENT#${patientId}`;

/** The positions of a deleted image: with its batch if that was deleted, else in the list of its patient. */
export const deletedImageKeys = (image: DeletedItem & { deletedWith?: string | undefined }) => {
  if (image.deletedWith !== undefined)
    return { gsi1pk: imagesDeletedWith(image.deletedWith), gsi1sk: image.id };
  return image.patientId === undefined
    ? {}
    : { gsi2pk: deletedOfPatient(image.patientId), gsi2sk: deletedSortKey(image) };
};
export const imagesDeletedWith = (batchId: string) => `DELETED#BATCH#${batchId}`;

/** The position of a deleted batch in the list of its patient. */
export const deletedBatchKeys = (batch: DeletedItem & { patientId: string }) => ({
  gsi1pk: deletedOfPatient(batch.patientId),
  gsi1sk: deletedSortKey(batch),
});
export const deletedOfPatient = (patientId: string) => `DELETED#PATIENT#${patientId}`;
interface DeletedItem {
  id: string;
  patientId?: string | undefined;
  deletedAt: string;
}
const deletedSortKey = ({ deletedAt, id }: DeletedItem) => `${deletedAt}#${id}`;

/** The position of a case in the list of its patient, from its first image on. */
export const caseListKey = (each: { id: string; patientId: string; lastImageAt: string }) => ({
  gsi1pk: casesOfPatient(each.patientId),
  gsi1sk: `${each.lastImageAt}#${each.id}`,
});
export const casesOfPatient = (patientId: string) => `CASES#PATIENT#${patientId}`;

/** The position of an export in the list of its batch, or of those of everything of its patient. */
export const exportListKey = (each: { id: string; batchId?: string | undefined; patientId: string }) => ({
  gsi1pk: each.batchId === undefined ? exportsOfPatient(each.patientId) : exportsOfBatch(each.batchId),
  gsi1sk: each.id,
});
export const exportsOfBatch = (batchId: string) => `EXPORTS#${batchId}`;
export const exportsOfPatient = (patientId: string) => `EXPORTS#PATIENT#${patientId}`;

/**
 * The id of an exam image is derived from its exam and SOP Instance UID (version 5, RFC 9562, 5.5). So one conditional
 * put prevents a second registration, without an additional item.
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

/** The item that finds an exam image by its SOP instance with a consistent read, which an index does not offer. */
export const examOfInstanceKey = (image: { id: string; sopInstanceUid: string }) => ({
  pk: examsOfInstance(image.sopInstanceUid),
  sk: image.id,
});
export const examsOfInstance = (sopUid: string) => `EXAMSOP#${sopUid}`;

/**
 * A version of the edits of an image. They, and annotations, are not in the partition of the image: what the table's stream does with
 * an image is chosen by the prefix of the partition key.
 */
export const editKey = (imageId: string, version: number) => ({
  pk: editsOf(imageId),
  sk: sortableVersion(version),
});
export const editsOf = (imageId: string) => `EDITS#${imageId}`;

/** An annotation as it is now. All of an image, batch or study are in one partition, with their versions and their number. */
export const annotationKey = ({ of, id }: { of: string; id: string }) => ({
  pk: annotationsOf(of),
  sk: `${CURRENT_ANNOTATION}${id}`,
});
/** The prefix of the sort keys of annotations as they are now. */
export const CURRENT_ANNOTATION = 'CURRENT#';
export const annotationVersionKey = ({ of, id, version }: { of: string; id: string; version: number }) => ({
  pk: annotationsOf(of),
  sk: `${versionsOfAnnotation(id)}${sortableVersion(version)}`,
});
/** The prefix of the sort keys of the versions of an annotation. */
export const versionsOfAnnotation = (id: string) => `VERSION#${id}#`;
/** How many annotations an image, a batch, a study as a whole or an instance has. */
export const annotationCountKey = ({ of, instance = '' }: { of: string; instance?: string | undefined }) => ({
  pk: annotationsOf(of),
  sk: `COUNT#${instance}`,
});
/** The partition of an image or batch by its id, or of a study by its UID. */
export const annotationsOf = (of: string) => `ANNOTATIONS#${of}`;
const sortableVersion = (version: number) => String(version).padStart(6, '0');

export const apiKeyKey = (id: string) => ({ pk: `KEY#${id}`, sk: 'KEY' });
/** The last use of an API key; in the table of requests. */
export const keyUseKey = (id: string) => ({ pk: `KEY#${id}`, sk: 'USE' });
export const API_KEYS = 'KEYS';
export const apiKeyListKey = ({ id }: { id: string }) => ({ gsi1pk: API_KEYS, gsi1sk: id });

/** A connection, beside the others of its person; in the table of connections. */
export const connectionKey = ({ id, caller: { subject } }: Pick<Connection, 'id' | 'caller'>) => ({
  pk: connectionsOfPerson(subject),
  sk: `${CONNECTION_OF_PERSON}${id}`,
});
export const connectionsOfPerson = (subject: string) => `PERSON#${subject}`;
/** The prefix of the sort keys of the connections of a person. */
export const CONNECTION_OF_PERSON = 'CONNECTION#';
/** The position of a connection in the list of all by expiry. */
export const connectionEndKey = ({ id, until }: Pick<Connection, 'id' | 'until'>) => ({
  gsi2pk: CONNECTIONS,
  gsi2sk: `${connectionEnd(until)}#${id}`,
});
/** The position of a connection in the list of those that receive the same messages. */
export const connectionListKey = (connection: Pick<Connection, 'id' | 'caller' | 'shows'>) => ({
  gsi1pk: listOf(connection),
  gsi1sk: connection.id,
});
function listOf({ caller, shows }: Pick<Connection, 'caller' | 'shows'>): string {
  if (shows !== undefined) return connectionsShowing(shows);
  return caller.role === 'patient' ? connectionsShowing(caller.patientId) : CLINIC_CONNECTIONS;
}
/** The connections that a person holds; in the table of connections. */
export const heldConnectionsKey = (subject: string) => ({
  pk: connectionsOfPerson(subject),
  sk: 'CONNECTIONS',
});
/** The list of the clinic's connections that have not said what they show. */
export const CLINIC_CONNECTIONS = 'CONNECTIONS#CLINIC';
/** The list of the connections that show a patient, or nothing of any. */
export const connectionsShowing = (patientId: string | null) =>
  patientId === null ? 'CONNECTIONS#NOBODY' : `CONNECTIONS#PATIENT#${patientId}`;
export const CONNECTIONS = 'CONNECTIONS';
/** @param seconds since 1970, as text that sorts like the numbers */
export const connectionEnd = (seconds: number) => String(seconds).padStart(12, '0');

/**
 * A link, and its position in the lists of its record: that of all images, and that of the patient's, for patients see
 * only theirs.
 */
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

export const instanceKey = (sopUid: string) => ({ pk: `INSTANCE#${sopUid}`, sk: 'INSTANCE' });
export const studyKey = (studyUid: string) => ({ pk: `STUDY#${studyUid}`, sk: 'STUDY' });

/** A series, beside its study, so that one consistent Query reads all series of a study. */
export const seriesKey = (studyUid: string, seriesUid: string) => ({
  pk: studyKey(studyUid).pk,
  sk: `${SERIES_OF_STUDY}${seriesUid}`,
});
/** The prefix of the sort keys of the series of a study. */
export const SERIES_OF_STUDY = 'SERIES#';

/** The position of an instance in its series; one without a number comes first. */
export const instanceListKey = (instance: {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  instanceNumber?: number | undefined;
}) => ({
  gsi1pk: instancesOfSeries(instance.studyUid, instance.seriesUid),
  gsi1sk: `${sortable(instance.instanceNumber)}#${instance.sopUid}`,
});
export const instancesOfSeries = (studyUid: string, seriesUid: string) => `SERIES#${studyUid}#${seriesUid}`;

/** A number of a file as text that sorts like the number: 32 bits with a sign (PS3.5 6.2, IS), shifted above zero. */
const sortable = (number = -(2 ** 31)) =>
  String(Math.min(Math.max(Math.trunc(number), -(2 ** 31)), 2 ** 31) + 2 ** 31).padStart(10, '0');

/**
 * A deletion of a study, a series or an instance, and its position in the list of all. A clinic deletes some a day, and
 * DynamoDB removes them after some days, so that one partition holds them.
 */
export const deletionKey = (id: string) => ({ pk: `DELETION#${id}`, sk: 'DELETION' });
export const deletionListKey = ({ id }: { id: string }) => ({ gsi1pk: DELETIONS, gsi1sk: id });
export const DELETIONS = 'DELETIONS';

/** A DICOM file to be uploaded by a signed URL. */
export const dicomUploadKey = (id: string) => ({ pk: `DICOMUPLOAD#${id}`, sk: 'DICOMUPLOAD' });

interface SearchTerms {
  namedId: string;
  /** `YYYYMMDDHHMMSS`, without the components that are missing. */
  dateTime: string;
  accession: string;
  /** One for each component group of each name. */
  names: readonly string[];
}

/**
 * The index item of a study in the list of all, and in that of its patient, or of unassigned studies with the Patient ID
 * in its files.
 *
 * It holds only the UID: the study itself changes with each of its instances, and would then be written again into each
 * list. So each list is written once for a new study. A clinic has some thousands of these a day, and a partition of an
 * index takes 1,000 writes in a second (DynamoDB Developer Guide, "Best practices for designing and using partition keys
 * effectively"), so that one partition holds the list of all.
 */
export const studyListKey = (
  { studyUid, patientId }: { studyUid: string; patientId: string | null },
  { namedId, dateTime }: Pick<SearchTerms, 'namedId' | 'dateTime'>,
) => ({
  ...studyKey(studyUid),
  sk: 'LISTED',
  gsi1pk: STUDIES,
  gsi1sk: `${dateTime}#${studyUid}`,
  gsi2pk: patientId === null ? unassignedStudiesOf(namedId) : studiesOfPatient(patientId),
  gsi2sk: `${dateTime}#${studyUid}`,
});
export const STUDIES = 'STUDIES';
export const studiesOfPatient = (patientId: string) => `STUDIES#PATIENT#${term(patientId)}`;
export const unassignedStudiesOf = (namedId: string) => `STUDIES#UNASSIGNED#${term(namedId)}`;

/** The index item of an unassigned study. */
export const unassignedStudyKey = (studyUid: string, { dateTime }: Pick<SearchTerms, 'dateTime'>) => ({
  ...studyKey(studyUid),
  sk: 'UNASSIGNED',
  gsi1pk: UNASSIGNED_STUDIES,
  gsi1sk: `${dateTime}#${studyUid}`,
});
export const UNASSIGNED_STUDIES = 'STUDIES#UNASSIGNED';

/** The index item of a study with a modality. */
export const modalityOfStudyKey = (
  studyUid: string,
  { dateTime }: Pick<SearchTerms, 'dateTime'>,
  modality: string,
) => ({
  ...studyKey(studyUid),
  sk: `MODALITY#${term(modality)}`,
  gsi1pk: studiesOfModality(modality),
  gsi1sk: `${dateTime}#${studyUid}`,
});

/** The index items of a study by accession number and names; none for attributes that it does not have. */
export const studyEntryKeys = (
  studyUid: string,
  { accession, names, dateTime }: Omit<SearchTerms, 'namedId'>,
) => {
  const { pk } = studyKey(studyUid);
  return [
    ...(accession
      ? [
          {
            pk,
            sk: `ACCESSION#${term(accession)}`,
            gsi1pk: studiesOfAccession(accession),
            gsi1sk: `${dateTime}#${studyUid}`,
          },
        ]
      : []),
    ...[...new Set(names.map(term))].map((name) => ({
      pk,
      sk: `NAME#${name}`,
      gsi1pk: STUDIES_BY_NAME,
      gsi1sk: `${name}#${studyUid}`,
    })),
  ];
};
export const studiesOfAccession = (accession: string) => `STUDIES#ACCESSION#${term(accession)}`;
export const studiesOfModality = (modality: string) => `STUDIES#MODALITY#${term(modality)}`;
export const STUDIES_BY_NAME = 'STUDIES#NAME';

/**
 * The first and the last sort key of names with this prefix; undefined for all. No character sorts after the last one.
 */
export const namesFrom = (prefix: string) =>
  prefix === '' ? undefined : ([term(prefix), `${term(prefix)}\u{10FFFF}`] as const);

/** The name in a sort key of the list of names, and whether it may have been truncated. */
export const nameIn = (sortKey: string) => {
  const name = sortKey.slice(0, sortKey.lastIndexOf('#'));
  return { name, isCut: [...name].length === TERM_CHARACTERS };
};

/** A key holds 1,024 bytes, four for each character. No standard value is so long (PS3.5 table 6.2-1). */
const TERM_CHARACTERS = 200;
const term = (text: string) => [...text].slice(0, TERM_CHARACTERS).join('');

/** An entry of the directory of patients, and its position in the list of all by name. */
export const directoryKey = (patientId: string) => ({ pk: `PATIENT#${patientId}`, sk: 'PATIENT' });
export const directoryListKey = (patient: Pick<Patient, 'patientId' | 'name'>) => ({
  gsi1pk: PATIENTS_BY_NAME,
  gsi1sk: [part(listedName(patient)), patient.patientId].join(SEPARATOR),
});
export const PATIENTS_BY_NAME = 'PATIENTS#NAME';

/** The index item of a term, and its position in the list by term. Its key has the term's place, which no name exceeds. */
export const directoryTermKey = (patientId: string, place: number) => ({
  pk: directoryKey(patientId).pk,
  sk: `TERM#${place}`,
});
export const directoryTermListKey = (patient: Pick<Patient, 'patientId' | 'name'>, term: string) => ({
  gsi1pk: PATIENTS_BY_TERM,
  gsi1sk: [part(term), part(listedName(patient)), patient.patientId].join(SEPARATOR),
});
export const PATIENTS_BY_TERM = 'PATIENTS#TERM';

/** The first and the last sort key of terms with this prefix. No character sorts after the last one. */
export const termsFrom = (prefix: string) => [part(prefix), `${part(prefix)}\u{10FFFF}`] as const;

/** A tab sorts before all that a name can have, so that `Ann` comes before `Ann Marie`. */
const SEPARATOR = '\t';

/** Two parts of a sort key and a number have at most 578 of its 1,024 bytes. A component has as many characters at most. */
const PART_CHARACTERS = 64;
const part = (text: string) => [...text].slice(0, PART_CHARACTERS).join('');

/** The erasure of everything of a patient, and its position in the list of all, which is short. */
export const patientErasureKey = (id: string) => ({
  pk: `${PATIENT_ERASURE_KEYS}${id}`,
  sk: 'PATIENTERASURE',
});
export const patientErasureListKey = ({ id }: { id: string }) => ({ gsi1pk: PATIENT_ERASURES, gsi1sk: id });
export const PATIENT_ERASURES = 'PATIENTERASURES';

/** That an image was erased. Not in the partition of the image: see `editKey`. */
export const erasureKey = (imageId: string) => ({ pk: `ERASED#${imageId}`, sk: 'ERASED' });

/** What the files of a person who uploads occupy, and what those of a patient do. */
export const uploaderAmountKey = (subject: string) => ({ pk: `UPLOADER#${subject}`, sk: STORED });
export const patientAmountKey = (patientId: string) => ({ pk: directoryKey(patientId).pk, sk: STORED });
/** The sort key of these amounts. */
export const STORED = 'STORED';

/** The attempts to check an upload, by its key in S3; in the table of requests. */
export const checkAttemptsKey = (upload: string) => ({ pk: `CHECK#${upload}`, sk: 'CHECK' });

/** What the malware scanner said of an upload, by its key in S3; in the table of requests. */
export const scanVerdictKey = (upload: string) => ({ pk: `SCAN#${upload}`, sk: 'SCAN' });

/** How far the reconciliation has come; in the table of requests. */
export const RECONCILIATION_KEY = { pk: 'RECONCILIATION', sk: 'PROGRESS' };

/** What the last run of the reconciliation found, and that of the verification of the audit log; in the table of requests. */
export const RECONCILIATION_REPORT_KEY = { pk: RECONCILIATION_KEY.pk, sk: 'REPORT' };
export const AUDIT_VERIFICATION_KEY = { pk: 'AUDITVERIFICATION', sk: 'REPORT' };

/** A part of what a run of the reconciliation has added up; in the table of requests. */
export const reconciliationSumsKey = (id: number, part: number) => ({
  pk: RECONCILIATION_KEY.pk,
  sk: `SUMS#${id}#${part}`,
});

/** How far a restore has come; in the table of requests. */
export const RESTORE_KEY = { pk: 'RESTORE', sk: 'PROGRESS' };

/** The time of the first attempt of a request with an Idempotency-Key; in the table of requests. */
export const firstAttemptKey = (request: string) => ({ pk: `ATTEMPT#${request}`, sk: 'ATTEMPT' });

/** The occupied rate limit slots of a caller; in the table of requests. */
export const rateLimitKey = (subject: string) => ({ pk: `CALLER#${subject}`, sk: 'ALLOWANCES' });

/** The blocks of frames that processes have reserved for a caller; in the table of requests. */
export const framesKey = (subject: string) => ({ pk: `CALLER#${subject}`, sk: 'FRAMES' });

/** The archives that are made for a caller at the moment; in the table of requests. */
export const heldArchivesKey = (subject: string) => ({ pk: `CALLER#${subject}`, sk: 'ARCHIVES' });

/** The partition key of the responses by `Idempotency-Key`; in the table of requests. Powertools makes the sort key. */
export const STORED_RESPONSES = 'RESPONSES';

/**
 * The keys of the audit log, in a table of its own.
 *
 * | access pattern                            | index | partition key                | sort key        |
 * |-------------------------------------------|-------|------------------------------|-----------------|
 * | an event: opened, or a whole one          | table | `EVENT#<id>`                 | `EVENT`         |
 * | the end of an opened event                | table | `EVENT#<id>`                 | `END`           |
 * | an event in the list of a further patient | table | `EVENT#<id>`                 | `EVENT#<patient>`, `END#<patient>` |
 * | what an event of a series covers          | table | `EVENT#<id>#<part>`          | `<SOP UID>#<frames>` |
 * | all events, newest first                  | gsi1  | `EVENTS#<day>#<shard>`       | `<id>`, `<id>#END` |
 * | the events of a patient, newest first     | gsi2  | `PATIENT#<id>#<shard>`       | the same        |
 * | the events of a person, newest first      | gsi3  | `PERSON#<subject>#<shard>`   | the same        |
 *
 * The rates. DynamoDB takes 1,000 write units a second for each value of a partition key of a table or an index
 * (developer guide, "Designing partition keys to distribute your workload"), one for each begun KB of an item. An event
 * is 0.6 KB, one about a page of 200 images 9 KB. The design counts on half of that, 500 units, for shards are not hit
 * evenly. So each list (all events, one patient, one person) takes 8 × 500 = 4,000 small events a second, or 400 pages
 * of 200 images. The table itself has a partition for each event. What an event of a series covers is split into 4
 * parts: 2,000 frames a second for one reader of one series. `test/data/load-on-keys.test.ts` computes the load.
 *
 * Keys of patients and persons have no day: nobody would find the last event of a patient without reading a year of
 * empty days. The list of all events has the day, because it never has such gaps, and so that a later version can change
 * the number of shards from some day on.
 */
export const AUDIT_SHARDS = 8;
/** Ids end with random bits. */
const shardOf = (id: string) => Number.parseInt(id.slice(-2), 16) % AUDIT_SHARDS;
const shards = Array.from({ length: AUDIT_SHARDS }, (_value, shard) => shard);

export const auditKey = (id: string) => ({ pk: `EVENT#${id}`, sk: 'EVENT' });
export const auditEndKey = (id: string) => ({ pk: `EVENT#${id}`, sk: 'END' });
/** The item of a further patient, beside the event or its end. */
export const auditMentionKey = ({ pk, sk }: ReturnType<typeof auditKey>, patientId: string) => ({
  pk,
  sk: `${sk}#${patientId}`,
});

/** The sort key of an event in each list. The end of an event follows the event itself. */
const auditPlace = (id: string, isEnd: boolean) => (isEnd ? `${id}#END` : id);
export const auditListKeys = (id: string, subject: string | null, isEnd: boolean) => ({
  gsi1pk: `EVENTS#${dayOfEvent(id)}#${shardOf(id)}`,
  gsi1sk: auditPlace(id, isEnd),
  ...(subject !== null && { gsi3pk: `PERSON#${subject}#${shardOf(id)}`, gsi3sk: auditPlace(id, isEnd) }),
});
export const auditPatientKeys = (id: string, patientId: string | undefined, isEnd: boolean) =>
  patientId !== undefined && {
    gsi2pk: `PATIENT#${patientId}#${shardOf(id)}`,
    gsi2sk: auditPlace(id, isEnd),
  };
export const auditOfDay = (day: string) => shards.map((shard) => `EVENTS#${day}#${shard}`);
export const auditOfPatient = (patientId: string) => shards.map((shard) => `PATIENT#${patientId}#${shard}`);
export const auditOfPerson = (subject: string) => shards.map((shard) => `PERSON#${subject}#${shard}`);

/** Loads zlib at the first use: every function contains this module, and zlib would take 3 ms of its start. */
const crc32 = (text: string): number => process.getBuiltinModule('node:zlib').crc32(text);

/** A read that an event of a series covers: the same read of the same minute has the same key. */
export const auditReadKey = (id: string, sopUid: string, frames: string) => ({
  pk: auditReadsOf(id)[crc32(sopUid) % AUDIT_READ_PARTS] ?? '',
  // A sort key has at most 1,024 bytes; a list of frames may be longer.
  sk: `${sopUid}#${frames.length <= FRAMES_CHARACTERS ? frames : createHash('sha256').update(frames).digest('hex')}`,
});
export const auditReadsOf = (id: string) =>
  Array.from({ length: AUDIT_READ_PARTS }, (_value, part) => `EVENT#${id}#${part}`);
const AUDIT_READ_PARTS = 4;
const FRAMES_CHARACTERS = 900;

/** Prefixes of partition keys, for filters on the table's stream. */
export const IMAGE_KEYS = 'IMAGE#';
export const BATCH_KEYS = 'BATCH#';
export const CASE_KEYS = 'CASE#';
export const EXPORT_KEYS = 'EXPORT#';
export const EXAM_IMAGE_KEYS = 'EXAMIMAGE#';
export const AUDIT_KEYS = 'EVENT#';
export const INSTANCE_KEYS = 'INSTANCE#';
export const DELETION_KEYS = 'DELETION#';
export const PATIENT_ERASURE_KEYS = 'PATIENTERASURE#';

/** Images without a decision whose upload the client has reported as complete, for filters on the table's stream. */
export const ARRIVED_IMAGES = {
  keys: IMAGE_KEYS,
  attribute: 'arrivedAt',
  statuses: ['pending', 'expired'],
} as const;

/** The global secondary indexes by their names. */
export const INDEXES = {
  /** The images of a batch or a case, the batches and the cases of a patient; in the audit log, all events. */
  gsi1: { partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
  /** The images of a patient, or of another record; in the audit log, the events of a patient. */
  gsi2: { partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
  /** The images that were uploaded on a day; in the audit log, the events of a person. */
  gsi3: { partitionKey: 'gsi3pk', sortKey: 'gsi3sk' },
} as const;
export type IndexName = keyof typeof INDEXES;

/** The attribute and index names that the stack creates and the queries use. */
export const TABLE_SCHEMA = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAt',
  indexes: ['gsi1', 'gsi2', 'gsi3'],
  connectionIndexes: ['gsi1', 'gsi2'],
  auditIndexes: ['gsi1', 'gsi2', 'gsi3'],
} as const;
