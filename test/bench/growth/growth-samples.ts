import { setTimeout as sleep } from 'node:timers/promises';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { INDEXES, imagesOfBatch } from '../../../lib/data/keys.ts';
import { PATIENT } from '../clinic.ts';
import { sliceOf } from '../dicom/archive-of-studies.ts';
import type { FilledClinic } from '../filled-clinics.ts';
import { dynamoDbOf, functionOf, type StackAddress } from '../stack.ts';

export type Send = (method: 'GET' | 'DELETE', path: string) => Promise<Response>;

/** One kind of request whose cost is measured in tables of several sizes. */
export interface GrowthSample {
  /** The functions whose AWS calls count. */
  functions: readonly string[];
  /** It cannot be repeated. */
  isOnce?: boolean;
  /** @returns the number of items that were returned or deleted */
  perform(): Promise<number>;
}

const PAGE = 100;
/** Pages of one walk: those of the smallest table. */
const PAGES = 10;

/** The requests. The last one deletes what the others need. */
export function growthSamples(clinic: FilledClinic, stack: StackAddress, cdkOut: string, send: Send) {
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, checked by the tests of the service
  const json = async (path: string): Promise<any> => (await send('GET', path)).json();
  const listed = async (path: string, list: string): Promise<number> => (await json(path))[list].length;
  const images = `/api/images?batch_id=${clinic.batch.batchId}&limit=${PAGE}`;
  let next = '';
  let study = 0;
  const nextStudy = () => {
    study = (study + 7919) % clinic.studies;
    return sliceOf(study, clinic.studies);
  };
  return {
    'first page of images': { functions: ['list-images'], perform: () => listed(images, 'images') },
    // From where the one before ended: so the pages come from all parts of a large table.
    'pages of images': {
      functions: ['list-images'],
      perform: async () => {
        let found = 0;
        for (let page = 0; page < PAGES; page++) {
          const answer = await json(next ? `${images}&cursor=${next}` : images);
          found += answer.images.length;
          next = answer.next ?? '';
        }
        return found;
      },
    },
    'studies of a patient': {
      functions: ['search-studies'],
      perform: async () => (await json(`/dicom-web/studies?PatientID=${nextStudy().patientId}`)).length,
    },
    'study by accession number': {
      functions: ['search-studies'],
      perform: async () => (await json(`/dicom-web/studies?AccessionNumber=${nextStudy().accession}`)).length,
    },
    'search of the page by accession number': {
      functions: ['search-all'],
      perform: () => listed(`/api/search?q=${nextStudy().accession}`, 'studies'),
    },
    'audit events of a patient': {
      functions: ['list-audit-events'],
      perform: () => listed(`/api/audit?patient_id=${PATIENT}&limit=${PAGE}`, 'events'),
    },
    ZIP: {
      functions: ['download-batch'],
      perform: async () => {
        await (await send('GET', `/api/images/batches/${clinic.small.batchId}/download`)).arrayBuffer();
        return clinic.small.imageIds.length;
      },
    },
    deletion: {
      functions: ['delete-batch', 'complete-changes'],
      isOnce: true,
      perform: async () => {
        await send('DELETE', `/api/images/batches/${clinic.small.batchId}/`);
        await untilNoneIsListed(stack, cdkOut, clinic.small.batchId);
        return clinic.small.imageIds.length;
      },
    },
  } satisfies Record<string, GrowthSample>;
}

async function untilNoneIsListed(stack: StackAddress, cdkOut: string, batchId: string): Promise<void> {
  const dynamoDb = dynamoDbOf(stack);
  const IndexName = 'gsi1';
  const query = new QueryCommand({
    TableName: functionOf(cdkOut, stack.url, 'get-image').environment.TABLE_NAME,
    IndexName,
    KeyConditionExpression: `${INDEXES[IndexName].partitionKey} = :batch`,
    ExpressionAttributeValues: { ':batch': { S: imagesOfBatch(batchId) } },
    Limit: 1,
  });
  while ((await dynamoDb.send(query)).Count !== 0) await sleep(20);
  dynamoDb.destroy();
}
