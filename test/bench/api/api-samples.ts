import { randomUUID } from 'node:crypto';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { v7 as newId } from 'uuid';
import {
  auditEndKey,
  auditKey,
  auditListKeys,
  auditPatientKeys,
  batchKey,
  caseKey,
  INDEXES,
  imageKey,
  imageListKey,
  imagesOfBatch,
} from '../../../lib/data/keys.ts';
import type { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import { PATIENT } from '../clinic.ts';

/** The place where the samples find their images. */
export interface ApiTask {
  tableName: string;
  auditTableName: string;
  batchId: string;
  imageIds: readonly string[];
}

/** One request, for HTTP and for a function alike. */
export interface ApiRequest {
  method: 'GET' | 'POST';
  path: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

/** A request with other data at each call, and the DynamoDB calls that it needs at least, those of its audit event included. */
export interface ApiSample {
  request(index: number): ApiRequest;
  floor(index: number): Promise<unknown>;
  /** Called with the answer to the request. */
  answered?(body: string): void;
}

const PAGE = 100;

/** The operations whose speed is measured. */
export function apiSamples(
  dynamoDb: DynamoDBClient,
  { tableName, auditTableName, batchId, imageIds }: ApiTask,
) {
  /** Writes an event into the audit log, or the end of the one that was opened with this id. */
  const audit = (outcome: 'opened' | 'success', id: string = newId(), isEnd = false) => {
    const event: AuditEvent = {
      id,
      at: new Date().toISOString(),
      subject: 'bench',
      role: 'doctor',
      action: 'bench',
      method: 'GET',
      path: '/api/images/0192d5a0-0000-7000-8000-000000000000',
      patientIds: [PATIENT],
      resources: ['image 0192d5a0-0000-7000-8000-000000000000'],
      status: 200,
      outcome,
      requestId: id,
      address: '127.0.0.1',
    };
    const Item = marshall({
      ...event,
      ...(isEnd ? auditEndKey(id) : auditKey(id)),
      ...auditListKeys(id, 'bench', isEnd),
      ...auditPatientKeys(id, PATIENT, isEnd),
    });
    const ConditionExpression = 'attribute_not_exists(pk)';
    return dynamoDb.send(new PutItemCommand({ TableName: auditTableName, Item, ConditionExpression }));
  };
  const get = (key: Record<string, string>) =>
    dynamoDb.send(new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true }));
  const imageId = (index: number) => imageIds[(index * 7919) % imageIds.length] ?? '';
  /** The last image of the page before, another page at each call. */
  const before = (index: number) => {
    const order = (index * 7919 * PAGE) % Math.max(1, imageIds.length - PAGE);
    const id = imageIds[order] ?? '';
    return { id, ...imageListKey({ id, order, batchId, uploadedLocal: '2025-11-06T10:00:00' }) };
  };
  let cursor: string | null = null;
  return {
    'get-image': {
      request: (index) => ({
        method: 'GET',
        path: `/api/images/${imageId(index)}`,
        params: { id: imageId(index) },
      }),
      floor: async (index) => {
        await get(imageKey(imageId(index)));
        await audit('success');
      },
    },
    'list-images': {
      request: () => {
        const query = { batch_id: batchId, limit: String(PAGE), ...(cursor && { cursor }) };
        return { method: 'GET', path: `/api/images?${new URLSearchParams(query)}`, query };
      },
      // Page after page, because a cursor is valid only for the caller who got it; from the start after the
      // last.
      answered: (body) => {
        cursor = JSON.parse(body).next;
      },
      floor: async (index) => {
        const { id, gsi1pk, gsi1sk } = before(index);
        const IndexName = 'gsi1';
        const { partitionKey } = INDEXES[IndexName];
        await Promise.all([
          get(batchKey(batchId)),
          dynamoDb.send(
            new QueryCommand({
              TableName: tableName,
              IndexName,
              KeyConditionExpression: `${partitionKey} = :partition`,
              ExpressionAttributeValues: marshall({ ':partition': imagesOfBatch(batchId) }),
              ExclusiveStartKey: marshall({ ...imageKey(id), gsi1pk, gsi1sk }),
              Limit: PAGE,
            }),
          ),
        ]);
        await audit('success');
      },
    },
    'create-case-upload': {
      request: () => ({
        method: 'POST',
        path: '/api/v1/images/upload-url',
        body: {
          fileName: 'fundus.jpg',
          mimeType: 'image/jpeg',
          fileSize: 1_834_201,
          caseId: `C-${randomUUID()}`,
          patientId: PATIENT,
          eyeSide: 'left',
        },
      }),
      floor: async () => {
        const caseId = randomUUID();
        const eventId = newId();
        await audit('opened', eventId);
        await get(caseKey(caseId));
        const put = (Item: Record<string, AttributeValue>) => ({
          Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' },
        });
        const id = randomUUID();
        // Expired, so that no function works on it.
        const expiresAt = 1;
        await dynamoDb.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              put(
                marshall({
                  ...imageKey(id),
                  ...imageListKey({ id, order: 0, caseId, uploadedLocal: '2025-11-06T10:00:00' }),
                  id,
                  caseId,
                  patientId: PATIENT,
                  fileName: 'fundus.jpg',
                  mimeType: 'image/jpeg',
                  fileSize: 1_834_201,
                  status: 'pending',
                  expiresAt,
                }),
              ),
              put(marshall({ ...caseKey(caseId), id: caseId, patientId: PATIENT, expiresAt })),
            ],
          }),
        );
        await audit('success', eventId, true);
      },
    },
  } satisfies Record<string, ApiSample>;
}
