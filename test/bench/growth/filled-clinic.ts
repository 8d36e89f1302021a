import { crc32 } from 'node:zlib';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { writeMany } from '../../../lib/data/dynamodb/batch-requests.ts';
import { auditKey, auditListKeys, auditPatientKeys } from '../../../lib/data/keys.ts';
import type { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import { filledBatch, PATIENT } from '../clinic.ts';
import { itemsOfStudies } from '../dicom/archive-of-studies.ts';
import { importItems } from '../dicom/import-items.ts';
import { functionOf, type StackAddress, s3Of, withTableOnly } from '../stack.ts';

/** What a data directory was filled with. */
export interface FilledClinic {
  /** Images of the batch, studies, and audit events of one patient. */
  items: number;
  batchId: string;
  /** A batch whose images have objects. */
  small: { items: number; batchId: string; keys: string[] };
}

const OBJECT = Buffer.from('image');

/** Writes so many items into the tables, without the service. */
export async function fillClinic(cdkOut: string, dataDir: string, items: number): Promise<FilledClinic> {
  const large = filledBatch(items);
  const small = filledBatch(items / 100, { bytes: OBJECT.length, crc32: crc32Of(OBJECT) });
  await importItems(cdkOut, dataDir, all(large.items, small.items, itemsOfStudies(items)));
  await withTableOnly(cdkOut, dataDir, async (dynamoDb) => fillAuditLog(cdkOut, dynamoDb, items));
  return {
    items,
    batchId: large.batchId,
    small: { items: items / 100, batchId: small.batchId, keys: small.imageKeys },
  };
}

function* all<T>(...lists: Iterable<T>[]): Generator<T> {
  for (const list of lists) yield* list;
}

/** As an image keeps it: base64 of the four bytes. */
function crc32Of(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

async function fillAuditLog(cdkOut: string, dynamoDb: DynamoDBClient, items: number): Promise<void> {
  const name = functionOf(cdkOut, 'http://localhost', 'get-image').environment.AUDIT_TABLE_NAME ?? '';
  const marshallOptions = { removeUndefinedValues: true };
  const client = DynamoDBDocumentClient.from(dynamoDb, { marshallOptions });
  const requests = Array.from({ length: items }, () => ({ PutRequest: { Item: eventItem() } }));
  await writeMany({ name, client }, requests);
}

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

/** Stores the objects of the small batch. */
export async function putObjects(
  stack: StackAddress,
  cdkOut: string,
  { small }: FilledClinic,
): Promise<void> {
  const s3 = s3Of(stack);
  const { BUCKET_NAME: Bucket } = functionOf(cdkOut, stack.url, 'download-batch').environment;
  const keys = small.keys.values();
  const put = async () => {
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: OBJECT }));
  };
  await Promise.all(Array.from({ length: 8 }, put));
  s3.destroy();
}
