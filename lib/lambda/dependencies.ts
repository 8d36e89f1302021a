// The dependencies of handlers: each is made by a function of its name, which reads its settings from the environment. A bundle
// contains only those that its handler names (`sideEffects` in package.json lets esbuild leave the rest out), and what the
// middleware of every operation makes for itself: the audit log, the rate limits and the stored responses.
import { v7 } from 'uuid';
import { AnnotationList } from '../data/annotations/annotation-list.ts';
import { Annotations } from '../data/annotations/annotations.ts';
import { ApiKeys } from '../data/api-keys.ts';
import { AuditLog } from '../data/audit/audit-log.ts';
import { AuditReader } from '../data/audit/audit-reader.ts';
import { Batches } from '../data/batches.ts';
import { Cases } from '../data/cases.ts';
import { CheckAttempts } from '../data/check-attempts.ts';
import { Connections } from '../data/connections.ts';
import { DicomDeletions } from '../data/dicom/dicom-deletions.ts';
import { DicomErasure } from '../data/dicom/dicom-erasure.ts';
import { DicomIntake } from '../data/dicom/dicom-intake.ts';
import { DicomSearch } from '../data/dicom/dicom-search.ts';
import { DicomStore } from '../data/dicom/dicom-store.ts';
import { DicomStudies } from '../data/dicom/dicom-studies.ts';
import { DicomUploads } from '../data/dicom/dicom-uploads.ts';
import { connectTable, probe, type Table } from '../data/dynamodb/table.ts';
import { ImageEdits } from '../data/edits/image-edits.ts';
import { PatientErasures } from '../data/erasure/patient-erasures.ts';
import { PatientInventories } from '../data/erasure/patient-inventories.ts';
import { ExamImages } from '../data/exam-images.ts';
import { ExamLinks } from '../data/exam-links.ts';
import { Exports } from '../data/exports.ts';
import { Holdings } from '../data/holdings.ts';
import { DeletedImages } from '../data/images/deleted-images.ts';
import { ErasedImages } from '../data/images/erased-images.ts';
import { ImageDecisions } from '../data/images/image-decisions.ts';
import { ImageIntake } from '../data/images/image-intake.ts';
import { ImageMoves } from '../data/images/image-moves.ts';
import { ImageRemovals } from '../data/images/image-removals.ts';
import { ImageUpdates } from '../data/images/image-updates.ts';
import { Images } from '../data/images/images.ts';
import { KeyAdministration } from '../data/key-administration.ts';
import { KeyUses } from '../data/key-uses.ts';
import { framesKey, heldArchivesKey, heldConnectionsKey } from '../data/keys.ts';
import { LegalHolds } from '../data/legal-holds.ts';
import { Patients } from '../data/patients.ts';
import { UserPool } from '../data/people/user-pool.ts';
import { RateLimits } from '../data/rate-limits.ts';
import { Progress } from '../data/reconcile/progress.ts';
import { Recounts } from '../data/reconcile/recounts.ts';
import { RunReports } from '../data/reconcile/run-reports.ts';
import { StoredItems } from '../data/reconcile/stored-items.ts';
import { Refusals } from '../data/refusals.ts';
import { ScanVerdicts } from '../data/scan-verdicts.ts';
import { ArchiveWriter } from '../storage/archive-writer.ts';
import { AuditHeads } from '../storage/audit-heads.ts';
import { AuditSegments } from '../storage/audit-segments.ts';
import { originalKey } from '../storage/object-keys.ts';
import { Objects } from '../storage/objects.ts';
import { SignedObjects } from '../storage/signed-objects.ts';
import { SignedUrls } from '../storage/signed-urls.ts';
import { environment } from './environment.ts';
import { MessageSender } from './events/message-sender.ts';
import { QueueLengths } from './events/queue-lengths.ts';
import { UploadQueues } from './events/upload-queues.ts';
import { FrameAllowance } from './frame-allowance.ts';
import { Readiness } from './readiness.ts';
import { Sockets } from './sockets/sockets.ts';

let connected: Table | undefined;
const table = (): Table => {
  connected ??= connectTable(environment.tableName);
  return connected;
};

export const annotations = () => new Annotations(table());
export const annotationList = () => new AnnotationList(table());
export const batches = () => new Batches(table());
export const cases = () => new Cases(table());
export const deletedImages = () => new DeletedImages(table());
export const dicomDeletions = () => new DicomDeletions(table());
export const dicomErasure = () => new DicomErasure(table());
export const dicomSearch = () => new DicomSearch(table());
export const dicomStore = () => new DicomStore(table());
export const dicomIntake = () => new DicomIntake(table());
export const dicomStudies = () => new DicomStudies(table());
export const dicomUploads = () => new DicomUploads(table());
export const erasedImages = () => new ErasedImages(table());
export const examImages = () => new ExamImages(table());
export const examLinks = () => new ExamLinks(table());
export const exports = () => new Exports(table());
export const imageDecisions = () => new ImageDecisions(table());
export const imageEdits = () => new ImageEdits(table());
export const imageIntake = () => new ImageIntake(table());
export const imageMoves = () => new ImageMoves(table());
export const imageRemovals = () => new ImageRemovals(table());
export const imageUpdates = () => new ImageUpdates(table());
export const images = () => new Images(table());
export const legalHolds = () => new LegalHolds(table());
export const patientErasures = () => new PatientErasures(table());
/** Everything of a patient, for its erasure. */
export const patientInventories = () => new PatientInventories(table());
/** The directory of patients. */
export const patients = () => new Patients(table());
/** The API keys of other systems, for each request with one. */
export const keys = () => new ApiKeys(table());
/** The same keys, for those who create and revoke them. */
export const keyAdministration = () => new KeyAdministration(table());
/** When the API keys were last used. */
export const keyUses = () => new KeyUses(connectTable(environment.requestsTableName));

export const auditLog = () =>
  new AuditLog(connectTable(environment.auditTableName), { days: environment.auditDays });
export const auditReader = () =>
  new AuditReader(connectTable(environment.auditTableName), { days: environment.auditDays });
/** Refused credentials in the audit log. */
export const refusals = () => new Refusals(auditLog());
/** The attempts to check uploads. */
export const checkAttempts = () => new CheckAttempts(connectTable(environment.requestsTableName));
/** What the malware scanner said of uploads. */
export const scanVerdicts = () => new ScanVerdicts(connectTable(environment.requestsTableName));
export const connections = () => new Connections(connectTable(environment.connectionsTableName));

/** The frames that may be decoded for each person. */
export const frameAllowance = () =>
  new FrameAllowance(
    new RateLimits(connectTable(environment.requestsTableName), framesKey),
    environment.limits,
  );
/** The connections that each person holds. */
export const heldConnections = () =>
  new Holdings(connectTable(environment.connectionsTableName), heldConnectionsKey);
/** The archives that are made for each person at the moment. */
export const heldArchives = () => new Holdings(connectTable(environment.requestsTableName), heldArchivesKey);

/** Accesses objects with signed requests, without an S3 client. */
export const objects = () => new SignedObjects(environment.bucketName);
export const urls = () => new SignedUrls(environment.bucketName);
/** Accesses objects with an S3 client, for the functions that process events. */
export const bucket = () => new Objects(environment.bucketName);

export const archives = () => new ArchiveWriter(environment.bucketName);
export const auditHeads = () => new AuditHeads(environment.auditBucketName);
export const auditSegments = () => new AuditSegments(environment.auditBucketName);

export const storedItems = () => new StoredItems(table());
export const recounts = () => new Recounts(table());
/** How far the reconciliation has come. */
export const progress = () => new Progress(connectTable(environment.requestsTableName));
/** The results of the last scheduled runs. */
export const runReports = () => new RunReports(connectTable(environment.requestsTableName));
/** How many messages wait in the queues. */
export const queueLengths = () => new QueueLengths(environment.allQueues);
/** The people who may sign in. */
export const people = () => new UserPool(environment.userPoolId);
/** Sends to the queues of other functions. */
export const messageSender = () => new MessageSender();
export const uploadQueues = () => new UploadQueues(environment.uploadQueues);

/** Whether the stores can be read. */
export const readiness = () => new Readiness(storeReads());

function storeReads() {
  const [requests, audit] = [environment.requestsTableName, environment.auditTableName].map(connectTable);
  const images = objects();
  return {
    'the table': () => probe(table()),
    'the table of requests': () => probe(requests as Table),
    'the audit log': () => probe(audit as Table),
    // An object that never exists: S3's answer is enough.
    'the bucket': () => images.has(originalKey({ id: 'probe' }, 'image/jpeg')),
  };
}

/** The WebSocket connections to open pages. */
export const sockets = () => new Sockets();

/** The clinic's own Issuers of Patient ID. */
export const ownIssuers = (): readonly string[] => environment.patientIdIssuers;
export const limits = () => environment.limits;
/** The clinic's time zone. */
export const timeZone = () => environment.timeZone;
export const now = () => () => new Date();
/** The ids of the clinic's categories of photographs. */
export const categories = () => environment.categories;
/** Whether uploads are scanned for malware. */
export const scans = () => environment.scan;
/** Generates identifiers that sort by time (UUID version 7, RFC 9562, 5.7). */
export const newId = () => (): string => v7();
/** Must be called with the ids of what will be removed again. Without Idempotency-Key it does nothing: no id is drawn twice. */
export const abandonIds =
  () =>
  async (_ids: readonly string[]): Promise<void> =>
    undefined;

/** The dependencies of storing a DICOM file. */
export const ingestion = { dicomIntake, objects, examLinks, patients, ownIssuers, limits, now };

/** The dependencies of receiving a DICOM file in the body of a request. A spread of the others would be part of every bundle. */
export const reception = {
  dicomIntake,
  objects,
  examLinks,
  patients,
  ownIssuers,
  dicomUploads,
  limits,
  newId,
  scans,
  now,
};

/** The dependencies of storing pending images. */
export const imageCreation = { imageIntake, imageRemovals };

/** The dependencies of creating images. */
export const creation = { limits, timeZone, categories, newId, abandonIds, now };

/** The dependencies of writing an archive of an export. */
export const archiving = { exports, images, dicomSearch, dicomStore, objects, bucket, archives, now };

/** The dependencies of the reconciliation. */
export const reconciling = {
  storedItems,
  recounts,
  progress,
  imageDecisions,
  dicomUploads,
  exports,
  checkAttempts,
  scanVerdicts,
  scans,
  auditLog,
  auditReader,
  auditSegments,
  bucket,
  uploadQueues,
  limits,
  now,
};

/** The dependencies of changes of a batch that its images follow. */
export const settling = { batches, deletedImages, imageMoves, imageRemovals, exports, now };

/** The dependencies of completing what a request has begun. A spread would be part of every bundle. */
export const completing = {
  annotations,
  batches,
  deletedImages,
  erasedImages,
  imageMoves,
  imageRemovals,
  exports,
  cases,
  dicomDeletions,
  dicomErasure,
  patientErasures,
  patientInventories,
  bucket,
  limits,
  newId,
  now,
};

/** The dependencies of starting an export. */
export const exporting = { exports, objects, heldArchives, limits, newId, now };

/** The dependencies of listing all that belongs to a patient. */
export const patientArchiving = { annotationList, batches, dicomSearch, dicomStore, images, patients };

/** Both for S3's events and for clients that complete an upload. */
export const forImageChecks = {
  images,
  imageDecisions,
  deletedImages,
  erasedImages,
  bucket,
  auditLog,
  checkAttempts,
  scanVerdicts,
  scans,
  limits,
  now,
};
