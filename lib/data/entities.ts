import * as z from 'zod';
import { ApiKey } from '../domain/access/api-key.ts';
import { Annotation, AnnotationCount } from '../domain/annotations/annotation.ts';
import { AuditEvent, CoveredRead } from '../domain/audit/audit-event.ts';
import { Batch } from '../domain/batches/batch.ts';
import { Case } from '../domain/cases/case.ts';
import { DicomDeletion } from '../domain/dicom/dicom-deletion.ts';
import { DicomInstance, DicomSeries, DicomStudy } from '../domain/dicom/dicom-instance.ts';
import { DicomUpload, UPLOAD_TRANSITIONS } from '../domain/dicom/dicom-upload.ts';
import { ExamImage } from '../domain/exams/exam-image.ts';
import { StoredExport } from '../domain/exports/export.ts';
import { EXAMPLE_ID, Timestamp } from '../domain/identifiers.ts';
import { Image } from '../domain/images/image.ts';
import { ImageEdit } from '../domain/images/image-edit.ts';
import { TRANSITIONS } from '../domain/images/image-status.ts';
import { Erasure } from '../domain/patients/erasure.ts';
import { Patient } from '../domain/patients/patient.ts';
import { Connection } from '../domain/sockets/connection.ts';
import { ScanVerdict } from '../domain/uploads/scan-verdict.ts';
import { CheckAttempt } from './check-attempts.ts';
import { StudyEntry } from './dicom/dicom-search.ts';
import { FirstAttempt } from './first-attempts.ts';
import { HeldValue } from './holdings.ts';
import { ErasedImage } from './images/erased-images.ts';
import { RecordLink } from './images/images.ts';
import { KeyUse } from './key-uses.ts';
import * as keys from './keys.ts';
import { PatientTerm } from './patients.ts';
import { ReconciliationProgress, ReconciliationSums } from './reconcile/progress.ts';
import { ReconciliationReport, VerificationReport } from './reconcile/run-reports.ts';
import { RestoreProgress } from './restore/restore-progress.ts';
import { StoredFiles } from './stored-amounts.ts';

/** An entity of the table: its attributes, and the keys under which it is found. */
export interface Entity {
  name: string;
  /** The attributes of its items apart from their keys, under the name by which the schema is declared. */
  schema: Readonly<Record<string, z.ZodObject>>;
  /** The table it is in. */
  table: keyof typeof TABLES;
  keys: readonly EntityKey[];
  /** The changes of its `status`: from which states to which one. Without `to`, the item is removed. */
  transitions?: Readonly<Record<string, { from: readonly string[]; to: string | undefined }>>;
  /** The attributes that refer to another entity. */
  refersTo?: Readonly<Record<string, string>>;
}

/** The key of an item as `keys.ts` makes it, and what is found by it in the table or in an index. */
type EntityKey = readonly [
  key: Readonly<Record<string, string | undefined>>,
  finds: Partial<Record<'table' | keys.IndexName, string>>,
];

/** The tables by their ids in `lib/stack/storage.ts`, with their indexes. */
export const TABLES = {
  Table: keys.TABLE_SCHEMA.indexes,
  Audit: keys.TABLE_SCHEMA.auditIndexes,
  Connections: keys.TABLE_SCHEMA.connectionIndexes,
  Requests: [],
} as const satisfies Readonly<Record<string, readonly keys.IndexName[]>>;

// Entities of the domain with the attributes that only their items have.

const StoredImage = Image.extend({
  /** When the client reported that its upload is complete. */
  arrivedAt: Timestamp.optional(),
  /** When the item is removed: an expired image, or a deleted one for good; seconds since 1970. */
  expiresAt: z.int().optional(),
});

const StoredConnection = Connection.extend({
  /** When the item is removed, some time after the end of its connection. */
  expiresAt: z.int(),
});

/** Refers to an exam image by its sort key, and has no other attribute. */
const ExamOfInstance = z.object({});

/** The rate limit slots that a caller occupies: an attribute for each slot, with the time until it is occupied. */
const OccupiedSlots = z
  .object({
    /** When the item is removed, long after the last slot is free. */
    expiresAt: z.int(),
  })
  .catchall(z.int());

/** What a person holds at the same time: an attribute for each, by its id. */
const HeldByPerson = z
  .object({
    /** When the item is removed, long after the last one ended. */
    expiresAt: z.int(),
  })
  .catchall(HeldValue);

/** A stored response by `Idempotency-Key`, as AWS Lambda Powertools writes it. */
const StoredResponse = z.object({
  status: z.enum(['INPROGRESS', 'COMPLETED', 'EXPIRED']),
  /** The response, with the patients and resources in it for the audit log. */
  data: z.unknown().optional(),
  /** The hash of the request. */
  validation: z.string().optional(),
  /** Milliseconds since 1970 until which the first request counts as in progress. */
  in_progress_expiration: z.int().optional(),
  /** When the item is removed. */
  expiresAt: z.int(),
});

const patientId = '<patient>';
const studyUid = '<study UID>';
const seriesUid = '<series UID>';
const sopUid = '<SOP UID>';
const terms = {
  namedId: '<Patient ID>',
  dateTime: '<date and time>',
  accession: '<number>',
  names: ['<name>'],
};
const ofBatch = { id: '<image>', batchId: '<batch>', order: 7, uploadedLocal: '' };
const ofCase = { ...ofBatch, batchId: undefined, caseId: '<case>', uploadedLocal: '<shown time>' };
const deleted = { id: '<image>', patientId, deletedAt: '<time>' };
const directoryEntry = { patientId: '<number>', name: { alphabetic: 'Yamada^Tarou' } };
const seconds = 1_762_423_200;
const connection = { id: '<id>', caller: { role: 'staff', subject: '<subject>' } as const, until: seconds };
const [accessionKey = {}, nameKey = {}] = keys.studyEntryKeys(studyUid, terms);

/** Every entity that is stored. `docs/data.md` is made of this list, and a test finds keys that are not in it. */
export const ENTITIES: readonly Entity[] = [
  {
    name: 'Patient',
    schema: { Patient },
    table: 'Table',
    keys: [
      [keys.directoryKey('<number>'), { table: 'a patient of the directory' }],
      [keys.directoryListKey(directoryEntry), { gsi1: 'all patients, by name' }],
    ],
  },
  {
    name: 'PatientTerm',
    schema: { PatientTerm },
    table: 'Table',
    keys: [
      [
        keys.directoryTermKey('<number>', 0),
        { table: 'the index items of a patient, by the place of the term' },
      ],
      [
        keys.directoryTermListKey(directoryEntry, 'TAROU'),
        { gsi1: 'the patients of a term, or of its prefix' },
      ],
    ],
    refersTo: { patientId: 'Patient' },
  },
  {
    name: 'PatientErasure',
    schema: { Erasure },
    table: 'Table',
    keys: [
      [keys.patientErasureKey('<id>'), { table: 'the erasure of a patient' }],
      [keys.patientErasureListKey({ id: '<id>' }), { gsi1: 'all erasures of patients, newest first' }],
    ],
    refersTo: { patientId: 'Patient' },
  },
  {
    name: 'Batch',
    schema: { Batch },
    table: 'Table',
    keys: [
      [keys.batchKey('<id>'), { table: 'a batch' }],
      [keys.batchListKey({ id: '<id>', patientId }), { gsi1: 'the batches of a patient, newest first' }],
      [
        keys.deletedBatchKeys({ ...deleted, id: '<id>' }),
        { gsi1: 'the deleted batches of a patient, the last deleted first' },
      ],
    ],
    refersTo: { patientId: 'Patient' },
  },
  {
    name: 'Case',
    schema: { Case },
    table: 'Table',
    keys: [
      [keys.caseKey('<id>'), { table: 'a case' }],
      [
        keys.caseListKey({ id: '<id>', patientId, lastImageAt: '<last image>' }),
        { gsi1: 'the cases of a patient, that with the latest image first' },
      ],
    ],
    refersTo: { patientId: 'Patient' },
  },
  {
    name: 'Image',
    schema: { StoredImage },
    table: 'Table',
    keys: [
      [keys.imageKey('<id>'), { table: 'an image' }],
      [keys.imageListKey(ofBatch), { gsi1: 'the images of a batch, in their order' }],
      [keys.imageListKey(ofCase), { gsi1: 'the images of a case, oldest first' }],
      [keys.patientListKey({ id: '<image>', patientId }), { gsi2: 'the images of a patient, newest first' }],
      [
        keys.uploadListKey({ id: EXAMPLE_ID, uploadedLocal: '2025-11-06T10:00:00' }),
        { gsi3: 'the images that were uploaded on a day, in shards' },
      ],
      [
        keys.deletedImageKeys({ ...deleted, deletedWith: '<batch>' }),
        { gsi1: 'the images that were deleted with a batch' },
      ],
      [keys.deletedImageKeys(deleted), { gsi2: 'the deleted images of a patient, the last deleted first' }],
    ],
    transitions: TRANSITIONS,
    refersTo: { patientId: 'Patient', batchId: 'Batch', caseId: 'Case' },
  },
  {
    name: 'ErasedImage',
    schema: { ErasedImage },
    table: 'Table',
    keys: [[keys.erasureKey('<image>'), { table: 'whether an image was erased' }]],
    refersTo: { id: 'Image' },
  },
  {
    name: 'StoredFiles',
    schema: { StoredFiles },
    table: 'Table',
    keys: [
      [keys.uploaderAmountKey('<subject>'), { table: 'what the files of a person who uploads occupy' }],
      [keys.patientAmountKey(patientId), { table: 'what the files of a patient occupy' }],
    ],
  },
  {
    name: 'ImageEdit',
    schema: { ImageEdit },
    table: 'Table',
    keys: [[keys.editKey('<image>', 1), { table: 'the edits of an image, by their version' }]],
    refersTo: { imageId: 'Image' },
  },
  {
    name: 'Annotation',
    schema: { Annotation },
    table: 'Table',
    keys: [
      [
        keys.annotationKey({ of: '<image, batch or study UID>', id: '<annotation>' }),
        { table: 'the annotations and notes of an image, a batch or a study' },
      ],
      [
        keys.annotationVersionKey({ of: '<image, batch or study UID>', id: '<annotation>', version: 1 }),
        { table: 'the versions of an annotation, also of a removed one' },
      ],
    ],
    refersTo: { of: 'Image' },
  },
  {
    name: 'AnnotationCount',
    schema: { AnnotationCount },
    table: 'Table',
    keys: [
      [
        keys.annotationCountKey({ of: '<image, batch or study UID>', instance: '<SOP UID or nothing>' }),
        { table: 'how many annotations an image, a batch, a study or an instance has' },
      ],
    ],
    refersTo: { instance: 'DicomInstance' },
  },
  {
    name: 'RecordLink',
    schema: { RecordLink },
    table: 'Table',
    keys: [
      [keys.linkKey('<image>', '<type>', '<record>'), { table: 'a link of an image to a record' }],
      [
        keys.linkListKey({ id: '<image>', patientId }, '<type>', '<record>'),
        { gsi2: 'the images of a record, newest first', gsi1: 'those of one patient' },
      ],
    ],
    refersTo: { id: 'Image' },
  },
  {
    name: 'Export',
    schema: { StoredExport },
    table: 'Table',
    keys: [
      [keys.exportKey('<id>'), { table: 'an export' }],
      [keys.exportListKey({ id: '<id>', batchId: '<batch>', patientId }), { gsi1: 'the exports of a batch' }],
      [keys.exportListKey({ id: '<id>', patientId }), { gsi1: 'the exports of everything of a patient' }],
    ],
    refersTo: { batchId: 'Batch', patientId: 'Patient' },
  },
  {
    name: 'DicomStudy',
    schema: { DicomStudy },
    table: 'Table',
    keys: [[keys.studyKey(studyUid), { table: 'a study' }]],
    refersTo: { patientId: 'Patient' },
  },
  {
    name: 'StudyEntry',
    schema: { StudyEntry },
    table: 'Table',
    keys: [
      [
        keys.studyListKey({ studyUid, patientId }, terms),
        {
          table: 'the index item of every study',
          gsi1: 'all studies, by date and time',
          gsi2: 'the studies of a patient, by date and time',
        },
      ],
      [
        keys.studyListKey({ studyUid, patientId: null }, terms),
        {
          table: 'the index item of every study',
          gsi1: 'all studies, by date and time',
          gsi2: 'the unassigned studies with a Patient ID, by date and time',
        },
      ],
      [
        keys.unassignedStudyKey(studyUid, terms),
        {
          table: 'the index item of an unassigned study',
          gsi1: 'the unassigned studies, by date and time',
        },
      ],
      [accessionKey, { table: 'an index item of a study', gsi1: 'the studies of an accession number' }],
      [
        keys.modalityOfStudyKey(studyUid, terms, '<modality>'),
        { table: 'an index item of a study', gsi1: 'the studies of a modality' },
      ],
      [nameKey, { table: 'an index item of a study', gsi1: 'the studies of a name, or of its prefix' }],
    ],
    refersTo: { studyUid: 'DicomStudy' },
  },
  {
    name: 'DicomSeries',
    schema: { DicomSeries },
    table: 'Table',
    keys: [[keys.seriesKey(studyUid, seriesUid), { table: 'a series, beside its study' }]],
    refersTo: { studyUid: 'DicomStudy' },
  },
  {
    name: 'DicomDeletion',
    schema: { DicomDeletion },
    table: 'Table',
    keys: [
      [keys.deletionKey('<id>'), { table: 'a deletion of a study, a series or an instance' }],
      [keys.deletionListKey({ id: '<id>' }), { gsi1: 'all deletions, newest first' }],
    ],
    refersTo: { studyUid: 'DicomStudy' },
  },
  {
    name: 'DicomInstance',
    schema: { DicomInstance },
    table: 'Table',
    keys: [
      [keys.instanceKey(sopUid), { table: 'a DICOM instance' }],
      [
        keys.instanceListKey({ studyUid, seriesUid, sopUid, instanceNumber: 1 }),
        { gsi1: 'the instances of a series, by number' },
      ],
    ],
    refersTo: { seriesUid: 'DicomSeries' },
  },
  {
    name: 'DicomUpload',
    schema: { DicomUpload },
    table: 'Table',
    transitions: UPLOAD_TRANSITIONS,
    keys: [[keys.dicomUploadKey('<id>'), { table: 'a DICOM file to be uploaded' }]],
    refersTo: { patientId: 'Patient' },
  },
  {
    name: 'ExamImage',
    schema: { ExamImage },
    table: 'Table',
    keys: [
      [keys.examImageKey('<id>'), { table: 'a registered image of an exam' }],
      [
        keys.examImageListKey({ id: '<id>', examId: '<exam>', registeredAt: '<time>' }),
        { gsi1: 'the images of an exam, as they were registered' },
      ],
    ],
    refersTo: { sopInstanceUid: 'DicomInstance' },
  },
  {
    name: 'ExamOfInstance',
    schema: { ExamOfInstance },
    table: 'Table',
    keys: [
      [
        keys.examOfInstanceKey({ id: '<exam image>', sopInstanceUid: sopUid }),
        { table: 'the exam images of a SOP instance' },
      ],
    ],
  },
  {
    name: 'ApiKey',
    schema: { ApiKey },
    table: 'Table',
    keys: [
      [keys.apiKeyKey('<id>'), { table: 'an API key' }],
      [keys.apiKeyListKey({ id: '<id>' }), { gsi1: 'all API keys, newest first' }],
    ],
  },
  {
    name: 'KeyUse',
    schema: { KeyUse },
    table: 'Requests',
    keys: [[keys.keyUseKey('<id>'), { table: 'the last use of an API key' }]],
    refersTo: { keyId: 'ApiKey' },
  },
  {
    name: 'CheckAttempt',
    schema: { CheckAttempt },
    table: 'Requests',
    keys: [[keys.checkAttemptsKey('<S3 key>'), { table: 'the attempts to check an upload' }]],
  },
  {
    name: 'ScanVerdict',
    schema: { ScanVerdict },
    table: 'Requests',
    keys: [[keys.scanVerdictKey('<S3 key>'), { table: 'what the malware scanner said of an upload' }]],
  },
  {
    name: 'ReconciliationProgress',
    schema: { ReconciliationProgress },
    table: 'Requests',
    keys: [[keys.RECONCILIATION_KEY, { table: 'how far the reconciliation has come' }]],
  },
  {
    name: 'ReconciliationReport',
    schema: { ReconciliationReport },
    table: 'Requests',
    keys: [[keys.RECONCILIATION_REPORT_KEY, { table: 'what the last run of the reconciliation found' }]],
  },
  {
    name: 'VerificationReport',
    schema: { VerificationReport },
    table: 'Requests',
    keys: [[keys.AUDIT_VERIFICATION_KEY, { table: 'what the last verification of the audit log found' }]],
  },
  {
    name: 'ReconciliationSums',
    schema: { ReconciliationSums },
    table: 'Requests',
    keys: [
      [
        keys.reconciliationSumsKey(seconds * 1000, 0),
        { table: 'what a run of the reconciliation has added up, in parts' },
      ],
    ],
  },
  {
    name: 'RestoreProgress',
    schema: { RestoreProgress },
    table: 'Requests',
    keys: [[keys.RESTORE_KEY, { table: 'how far a restore has come' }]],
  },
  {
    name: 'FirstAttempt',
    schema: { FirstAttempt },
    table: 'Requests',
    keys: [
      [keys.firstAttemptKey('<key>'), { table: 'the first attempt of a request with an Idempotency-Key' }],
    ],
  },
  {
    name: 'AuditEvent',
    schema: { AuditEvent },
    table: 'Audit',
    keys: [
      [keys.auditKey('<id>'), { table: 'an event of the audit log' }],
      [keys.auditEndKey('<id>'), { table: 'the end of an opened event' }],
      [
        keys.auditMentionKey(keys.auditKey('<id>'), patientId),
        { table: 'an event in the list of a further patient' },
      ],
      [
        keys.auditListKeys(EXAMPLE_ID, '<subject>', false),
        { gsi1: 'all events of a day, in shards', gsi3: 'the events of a person, in shards' },
      ],
      [
        keys.auditPatientKeys(EXAMPLE_ID, patientId, false) || {},
        { gsi2: 'the events of a patient, in shards' },
      ],
    ],
  },
  {
    name: 'CoveredRead',
    schema: { CoveredRead },
    table: 'Audit',
    keys: [
      [
        keys.auditReadKey('<id>', sopUid, '1,2'),
        { table: 'a read that an event of a series covers, in one of four parts' },
      ],
    ],
  },
  {
    name: 'Connection',
    schema: { StoredConnection },
    table: 'Connections',
    keys: [
      [keys.connectionKey(connection), { table: 'an open WebSocket connection' }],
      [keys.connectionEndKey(connection), { gsi2: 'all connections, by their end' }],
      [
        keys.connectionListKey({ ...connection, shows: patientId }),
        { gsi1: 'the connections that show a patient' },
      ],
      [
        keys.connectionListKey({ ...connection, shows: null }),
        { gsi1: 'the connections that show no patient' },
      ],
      [
        keys.connectionListKey(connection),
        { gsi1: 'the connections of the clinic that have not said what they show' },
      ],
    ],
  },
  {
    name: 'HeldConnections',
    schema: { HeldByPerson },
    table: 'Connections',
    keys: [[keys.heldConnectionsKey('<subject>'), { table: 'the connections that a person holds' }]],
  },
  {
    name: 'HeldArchives',
    schema: { HeldByPerson },
    table: 'Requests',
    keys: [[keys.heldArchivesKey('<subject>'), { table: 'the archives that are made for a caller' }]],
  },
  {
    name: 'OccupiedSlots',
    schema: { OccupiedSlots },
    table: 'Requests',
    keys: [
      [keys.rateLimitKey('<subject>'), { table: 'the rate limit slots that a caller occupies' }],
      [keys.framesKey('<subject>'), { table: 'the blocks of frames that are reserved for a caller' }],
    ],
  },
  {
    name: 'StoredResponse',
    schema: { StoredResponse },
    table: 'Requests',
    keys: [
      [
        { pk: keys.STORED_RESPONSES, sk: '<function>#<hash of subject, operation and key>' },
        { table: 'a response' },
      ],
    ],
  },
];
