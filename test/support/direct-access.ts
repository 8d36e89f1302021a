import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { inject } from 'vitest';
import { AnnotationList } from '../../lib/data/annotations/annotation-list.ts';
import { Annotations } from '../../lib/data/annotations/annotations.ts';
import { ApiKeys } from '../../lib/data/api-keys.ts';
import { AuditLog } from '../../lib/data/audit/audit-log.ts';
import { AuditReader } from '../../lib/data/audit/audit-reader.ts';
import { Batches } from '../../lib/data/batches.ts';
import { Cases } from '../../lib/data/cases.ts';
import { CheckAttempts } from '../../lib/data/check-attempts.ts';
import { Connections } from '../../lib/data/connections.ts';
import { DicomDeletions } from '../../lib/data/dicom/dicom-deletions.ts';
import { DicomErasure } from '../../lib/data/dicom/dicom-erasure.ts';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import { DicomSearch } from '../../lib/data/dicom/dicom-search.ts';
import { DicomStore } from '../../lib/data/dicom/dicom-store.ts';
import { DicomUploads } from '../../lib/data/dicom/dicom-uploads.ts';
import { connectTable } from '../../lib/data/dynamodb/table.ts';
import { PatientErasures } from '../../lib/data/erasure/patient-erasures.ts';
import { PatientInventories } from '../../lib/data/erasure/patient-inventories.ts';
import { ExamImages } from '../../lib/data/exam-images.ts';
import { ExamLinks } from '../../lib/data/exam-links.ts';
import { Exports } from '../../lib/data/exports.ts';
import { Holdings } from '../../lib/data/holdings.ts';
import { DeletedImages } from '../../lib/data/images/deleted-images.ts';
import { ErasedImages } from '../../lib/data/images/erased-images.ts';
import { ImageDecisions } from '../../lib/data/images/image-decisions.ts';
import { ImageIntake } from '../../lib/data/images/image-intake.ts';
import { ImageRemovals } from '../../lib/data/images/image-removals.ts';
import { Images } from '../../lib/data/images/images.ts';
import { KeyAdministration } from '../../lib/data/key-administration.ts';
import { heldArchivesKey } from '../../lib/data/keys.ts';
import { LegalHolds } from '../../lib/data/legal-holds.ts';
import { Patients } from '../../lib/data/patients.ts';
import { UserPool } from '../../lib/data/people/user-pool.ts';
import { RateLimits } from '../../lib/data/rate-limits.ts';
import { ScanVerdicts } from '../../lib/data/scan-verdicts.ts';
import { Limits } from '../../lib/domain/limits/limits.ts';
import { loadFunctions, loadSecret } from '../../lib/local/lambda/functions.ts';
import { loadTemplate } from '../../lib/local/template.ts';
import { ArchiveWriter } from '../../lib/storage/archive-writer.ts';
import { Objects } from '../../lib/storage/objects.ts';
import { SignedObjects } from '../../lib/storage/signed-objects.ts';
import { SignedUrls } from '../../lib/storage/signed-urls.ts';
import type { Service } from './service.ts';

/** The dependencies of functions, with all permissions: for tests that call a handler directly. */
export async function directAccess({ stack, dataDir }: Service) {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: stack.s3Endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamoDbEndpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `${stack.url}/local/cognito`,
  });
  const template = loadTemplate(inject('cdkOut'), stack.url);
  const functions = loadFunctions(template, loadSecret(dataDir));
  const functionOf = (id: string) => {
    const found = functions.find(({ environment }) => environment.POWERTOOLS_SERVICE_NAME === id);
    if (!found) throw new Error(`there is no function ${id}`);
    return found;
  };
  const {
    TABLE_NAME = '',
    BUCKET_NAME = '',
    REQUESTS_TABLE_NAME = '',
    AUDIT_TABLE_NAME = '',
    CONNECTIONS_TABLE_NAME = '',
    USER_POOL_ID = '',
  } = Object.assign({}, ...functions.map(({ environment }) => environment));
  const table = connectTable(TABLE_NAME);
  return {
    table,
    credentialsOf: (id: string) => functionOf(id).credentials,
    requestsTableName: REQUESTS_TABLE_NAME,
    rateLimits: new RateLimits(connectTable(REQUESTS_TABLE_NAME)),
    connections: new Connections(connectTable(CONNECTIONS_TABLE_NAME)),
    auditLog: new AuditLog(connectTable(AUDIT_TABLE_NAME), { days: 365 }),
    auditReader: new AuditReader(connectTable(AUDIT_TABLE_NAME), { days: 365 }),
    checkAttempts: new CheckAttempts(connectTable(REQUESTS_TABLE_NAME)),
    scanVerdicts: new ScanVerdicts(connectTable(REQUESTS_TABLE_NAME)),
    scans: false,
    annotations: new Annotations(table),
    annotationList: new AnnotationList(table),
    images: new Images(table),
    imageIntake: new ImageIntake(table),
    imageDecisions: new ImageDecisions(table),
    imageRemovals: new ImageRemovals(table),
    deletedImages: new DeletedImages(table),
    erasedImages: new ErasedImages(table),
    batches: new Batches(table),
    cases: new Cases(table),
    exports: new Exports(table),
    heldArchives: new Holdings(connectTable(REQUESTS_TABLE_NAME), heldArchivesKey),
    dicomDeletions: new DicomDeletions(table),
    dicomErasure: new DicomErasure(table),
    dicomSearch: new DicomSearch(table),
    dicomStore: new DicomStore(table),
    dicomIntake: new DicomIntake(table),
    dicomUploads: new DicomUploads(table),
    keys: new ApiKeys(table),
    keyAdministration: new KeyAdministration(table),
    patients: new Patients(table),
    people: new UserPool(USER_POOL_ID),
    patientErasures: new PatientErasures(table),
    patientInventories: new PatientInventories(table),
    legalHolds: new LegalHolds(table),
    examImages: new ExamImages(table),
    examLinks: new ExamLinks(table),
    /** Whether the table has an item with this key. */
    hasItem: async (Key: Record<string, string>) =>
      (await table.client.send(new GetCommand({ TableName: TABLE_NAME, Key }))).Item !== undefined,
    /** Stores an item as it is. */
    putItem: (Item: Record<string, unknown>) =>
      table.client.send(new PutCommand({ TableName: TABLE_NAME, Item })),
    removeItem: (Key: Record<string, string>) =>
      table.client.send(new DeleteCommand({ TableName: TABLE_NAME, Key })),
    bucket: new Objects(BUCKET_NAME),
    objects: new SignedObjects(BUCKET_NAME),
    urls: new SignedUrls(BUCKET_NAME),
    archives: new ArchiveWriter(BUCKET_NAME),
    limits: Limits.parse({}),
    timeZone: 'UTC',
    categories: ['other', 'posterior'],
    newId: () => newId(),
    abandonIds: async () => undefined,
    now: () => new Date(),
  };
}
