import * as z from 'zod';
import type { Journal } from './journal.ts';
import { RefusedRequest, type ServiceClient } from './service-client.ts';

const Made = z.object({ id: z.string() });

/** Returns the batch that an earlier run created for this folder, or creates one: also if it was deleted. */
export async function batchOfFolder(
  journal: Journal,
  client: ServiceClient,
  { patient, name }: { patient: string; name: string },
): Promise<string> {
  if (journal.batchId === undefined || !(await exists(journal.batchId, client))) {
    const body = { name, content_type: 'patients.patient', object_id: patient };
    journal.batchId = (await client.json(Made, 'POST', '/api/images/batches', body)).id;
  }
  return journal.batchId;
}

async function exists(batchId: string, client: ServiceClient): Promise<boolean> {
  try {
    await client.json(Made, 'GET', `/api/images/batches/${batchId}`);
    return true;
  } catch (error) {
    if (error instanceof RefusedRequest && error.status === 404) return false;
    throw error;
  }
}
