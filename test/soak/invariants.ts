import type { KnownImage, KnownResponse, Ledger } from './ledger.ts';

/** What the checker needs of a service. */
export interface ServiceUnderTest {
  /** Sends a request as a doctor or an admin, and returns the response. */
  send: (user: 'doctor' | 'admin', method: string, path: string) => Promise<Response>;
  /** Reconciles everything, and returns the number of each finding. */
  reconcile: () => Promise<Readonly<Record<string, number>>>;
}

/**
 * Checks what must be true after any load and any faults, once the pipeline has come to rest:
 *
 * 1. each upload that S3 acknowledged has reached a final state;
 * 2. `ready` means that the objects exist and are those that were sent;
 * 3. what was deleted is served by nothing, and is in no list;
 * 4. counts are those of a recount;
 * 5. each answered request has exactly one audit event;
 * 6. records and objects belong to each other;
 * 7. each effect happened once.
 *
 * @returns a sentence for each violation
 */
export async function violationsOf(ledger: Ledger, service: ServiceUnderTest): Promise<string[]> {
  const violations: string[] = [];
  for (const [finding, number] of Object.entries(await service.reconcile()))
    violations.push(`reconciliation: ${number} ${finding}`);
  for (const [patientId, { batches, instances }] of ledger.patients) {
    const listed = await itemsOf(service, `/api/images/batches/?patient_id=${patientId}`, 'batches');
    violations.push(...differences(`batches of ${patientId}`, idsOf(listed), [...batches.keys()]));
    for (const [batchId, { images }] of batches) {
      const count = listed.find(({ id }) => id === batchId)?.image_count;
      violations.push(...(await violationsOfBatch(service, batchId, images, count)));
    }
    for (const { uids, bytes } of instances) {
      const response = await service.send('doctor', 'GET', `/dicom/wado/${uids.sop}`);
      const found = Buffer.from(await response.arrayBuffer());
      if (response.status !== 200 || !found.equals(bytes))
        violations.push(`the instance ${uids.sop} is ${response.status}, or another file`);
    }
  }
  violations.push(...(await violationsOfAudit(service, ledger.responses)));
  return violations;
}

async function violationsOfBatch(
  service: ServiceUnderTest,
  batchId: string,
  images: ReadonlyMap<string, KnownImage>,
  count: number | undefined,
): Promise<string[]> {
  const violations: string[] = [];
  const listed = await itemsOf(service, `/api/images/?batch_id=${batchId}`, 'images');
  const ready = listed.filter(({ status }) => status === 'ready');
  if (count !== ready.length)
    violations.push(`the batch ${batchId} counts ${count} images of ${ready.length}`);
  const unknown = listed.filter(({ id }) => !images.has(id));
  // An upload that was announced, and whose answer was lost, may have a record without bytes.
  for (const { id, status } of unknown)
    if (status === 'ready') violations.push(`the batch ${batchId} has the image ${id}, which nobody sent`);
  for (const [id, image] of images) {
    const found = listed.find((each) => each.id === id);
    if (image.state === 'deleted') {
      const { status } = await service.send('doctor', 'GET', `/api/images/${id}/data/`);
      if (found || status !== 404) violations.push(`the image ${id} was deleted, and is served (${status})`);
    } else if (image.state === 'there' && image.isUploaded) {
      const response = await service.send('doctor', 'GET', `/api/images/${id}/data/`);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (found?.status !== 'ready') violations.push(`the upload ${id} is ${found?.status ?? 'lost'}`);
      else if (!bytes.equals(image.bytes))
        violations.push(`the image ${id} is ready, and its bytes are others (${response.status})`);
    }
  }
  return violations;
}

async function violationsOfAudit(
  service: ServiceUnderTest,
  responses: readonly KnownResponse[],
): Promise<string[]> {
  const events = new Map<string, number>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const path: string = `/api/audit/?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = await pageOf(service.send('admin', 'GET', path));
    for (const { request_id: id } of page.events) events.set(id, (events.get(id) ?? 0) + 1);
    cursor = page.next;
  }
  return responses.flatMap(({ requestId, request, status }) => {
    const number = events.get(requestId) ?? 0;
    // A request that failed may have failed before its event. One too many is refused before it.
    const mayLackEvents = status >= 500 || status === 429;
    if (number === 1 || (mayLackEvents && number === 0) || isShared(request)) return [];
    return [`${request} (${status}) has ${number} audit events`];
  });
}

/** Reads of DICOM instances by one person share an event for each minute. */
const isShared = (request: string) => request.startsWith('GET /dicom/wado/');

// biome-ignore lint/suspicious/noExplicitAny: each list has items of its own
const pageOf = async (response: Promise<Response>): Promise<any> => (await response).json();

/** All items of a list. */
// biome-ignore lint/suspicious/noExplicitAny: each list has items of its own
async function itemsOf(service: ServiceUnderTest, path: string, name: string): Promise<any[]> {
  const items = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page = await pageOf(service.send('doctor', 'GET', `${path}&limit=200${query}`));
    items.push(...(page[name] ?? []));
    cursor = page.next ?? null;
  }
  return items;
}

const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);

function differences(what: string, found: readonly string[], expected: readonly string[]): string[] {
  return [
    ...expected.filter((id) => !found.includes(id)).map((id) => `${what}: ${id} is lost`),
    ...found.filter((id) => !expected.includes(id)).map((id) => `${what}: ${id} was created by nobody`),
    ...found.filter((id, index) => found.indexOf(id) !== index).map((id) => `${what}: ${id} is there twice`),
  ];
}
