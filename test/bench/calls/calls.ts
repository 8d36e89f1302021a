import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { operations } from '../../../functions/operations.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import type { ServiceCall } from '../../../lib/local/iam/principals.ts';
import { startLocalStack } from '../../../lib/local/local-stack.ts';
import { PATIENT } from '../clinic.ts';
import { dicomSlice } from '../dicom/dicom-file.ts';
import { makePhoto } from '../images/photo.ts';
import { median } from '../measure.ts';
import { type Bench, headline, type Result, type Row, round } from '../result.ts';
import { functionsOf, tokensOf, withDataDir } from '../stack.ts';
import {
  ANNOTATION,
  type CallRequest,
  type CallResources,
  callSamples,
  newSlice,
  type OperationId,
  UPLOADS,
} from './call-samples.ts';
import { type Consumption, dollarsPerMillion, PRICES_AS_OF } from './prices.ts';

const full = { repeats: 3, photo: { width: 3000, height: 2000 }, imagesInBatch: 3 };
const CASE_ID = 'C-77';
const SETTLED_MS = 700;
/** A cold start, on a busy machine. */
const START_MS = 30_000;

/** A request takes a random slot of a rate limit, and another one if that is occupied: of many, few are. */
const SLOTS = 300;
const PEOPLE = 100;
const WIDE_RATE_LIMITS = {
  LIMITS: JSON.stringify(
    Limits.parse({ uploadsPerMinute: SLOTS, uploadsAtOnce: SLOTS, metadataPerMinute: SLOTS }),
  ),
};

type Call = ServiceCall & { at: number };

/** The AWS calls of each operation, counted in the local stack, and what a million of them cost. */
export async function calls({ cdkOut, progress }: Bench, size = full): Promise<Result> {
  const out = await cdkOut();
  return withDataDir(async (dataDir) => {
    const recorded: Call[] = [];
    const stack = await startLocalStack({
      cdkOut: out,
      dataDir,
      port: 0,
      environment: WIDE_RATE_LIMITS,
      onCall: (call) => recorded.push({ ...call, at: performance.now() }),
    });
    try {
      const functions = functionsOf(out, stack.url);
      const idOf = new Map([...functions].map(([id, { name }]) => [name, id]));
      const callsOf = (id: string, since: number) =>
        recorded.slice(since).filter(({ functionName }) => idOf.get(functionName) === id);
      /** A function that starts on a busy machine may be silent for longer than one that has ended. */
      const settledCallsOf = async (id: string, since: number) => {
        const signal = AbortSignal.timeout(START_MS);
        while (callsOf(id, since).length === 0) await sleep(20, undefined, { signal });
        await settled(recorded);
        return callsOf(id, since);
      };
      const consumption = (id: string, made: Call[], times: number, durationMs: number, source: Source) =>
        consumptionOf(made, times, { durationMs, source, memoryMb: functions.get(id)?.memoryMb ?? 0 });
      /** The row of a function that was invoked once. */
      const rowOfOne = (id: string, made: Call[], source: Source) =>
        rowOf(consumption(id, made, 1, median(spansMs(made)), source), made, 1);

      const send = clientOf(stack.url, await tokensOf(stack, 'admin', PEOPLE));
      progress('calls: uploading photos');
      const patient = clientOf(stack.url, await tokensOf(stack, 'patient-1'));
      const resources = await makeResources(send, patient, size);
      const photos = size.imagesInBatch + 1;
      const rows: Record<string, Row> = {};
      const thumbnails = callsOf('make-thumbnail', 0);
      for (const { id } of operations) {
        progress(`calls: ${size.repeats} times ${id}`);
        const runs: Call[][] = [];
        const durations: number[] = [];
        for (let repeat = 0; repeat <= size.repeats; repeat++) {
          const request = await callSamples[id as OperationId](resources);
          const since = recorded.length;
          const startedAt = performance.now();
          await send(request);
          const durationMs = performance.now() - startedAt;
          await sleep(20); // calls that the stack counts only after its answer
          // The first is a cold start.
          if (repeat === 0) continue;
          durations.push(durationMs);
          runs.push(callsOf(id, since));
        }
        // More calls are for a second try.
        const [fewest = []] = runs.sort((one, other) => one.length - other.length);
        rows[id] = rowOf(consumption(id, fewest, 1, median(durations), 'http'), fewest, 1);
      }

      progress('calls: what happens behind the scenes');
      rows['make-thumbnail'] = rowOf(
        consumption('make-thumbnail', thumbnails, photos, median(spansMs(thumbnails, 'GetItem')), 'queue'),
        thumbnails,
        photos,
      );
      // The same work, for a store without events: started by the table's stream.
      rows['process-arrived-image'] = rowOf(
        consumption(
          'process-arrived-image',
          thumbnails,
          photos,
          median(spansMs(thumbnails, 'GetItem')),
          'queue',
        ),
        thumbnails,
        photos,
      );
      await settled(recorded);
      const { batchId, imageId } = await resources.newBatch();
      await settled(recorded);
      const sinceExport = recorded.length;
      await send({ method: 'POST', path: `/api/images/batches/${batchId}/exports`, body: {} });
      const built = await settledCallsOf('build-archive', sinceExport);
      rows['build-archive'] = rowOfOne('build-archive', built, 'queue');
      const slice = dicomSlice(newSlice(), 512);
      const sinceDicom = recorded.length;
      const { uploadUrl, headers } = await send({
        method: 'POST',
        path: '/dicom/upload-url',
        body: { fileSize: slice.length },
      });
      await put(uploadUrl, headers, slice);
      const taken = await settledCallsOf('ingest-dicom', sinceDicom);
      rows['ingest-dicom'] = rowOfOne('ingest-dicom', taken, 'queue');
      const since = recorded.length;
      await send({ method: 'DELETE', path: `/api/images/${imageId}` });
      const followed = await settledCallsOf('complete-changes', since);
      rows['complete-changes'] = rowOfOne('complete-changes', followed, 'queue');
      const sinceErasure = recorded.length;
      await send({ method: 'DELETE', path: `/api/images/${imageId}?erase=true` });
      const erased = await settledCallsOf('erase-objects', sinceErasure);
      rows['erase-objects'] = rowOfOne('erase-objects', erased, 'queue');
      const sealed = await settledCallsOf('seal-audit', since);
      rows['seal-audit'] = rowOfOne('seal-audit', sealed, 'stream');
      const notified = await settledCallsOf('notify', since);
      rows.notify = rowOfOne('notify', notified, 'stream');
      const shown: Call[] = [];
      const showMs: number[] = [];
      const socket = await openSocket(stack.url, (await tokensOf(stack, 'staff'))[0] ?? '');
      for (let repeat = 0; repeat <= size.repeats; repeat++) {
        const sinceShow = recorded.length;
        const startedAt = performance.now();
        socket.send(JSON.stringify({ action: 'show', patient: PATIENT }));
        await once(socket, 'message');
        if (repeat === 0) continue;
        showMs.push(performance.now() - startedAt);
        await sleep(20);
        shown.push(...callsOf('show-patient', sinceShow));
      }
      socket.close();
      rows['show-patient'] = rowOf(
        consumption('show-patient', shown, size.repeats, median(showMs), 'socket'),
        shown,
        size.repeats,
      );
      const sinceTick = recorded.length;
      for (const id of ['end-connections', 'reconcile', 'verify-audit', 'check-api-keys']) {
        await stack.tick(id);
        rows[id] = rowOfOne(id, callsOf(id, sinceTick), 'clock');
      }
      return {
        ...headline(
          Number(rows['get-image']?.dollarsPerMillion),
          'dollars for a million calls',
          Number(rows['get-health']?.dollarsPerMillion),
        ),
        aims: [],
        notes: [
          'distribute-changes is missing: it calls SQS only, and the local stack counts calls of DynamoDB and S3',
          'the headline is get-image; the floor is get-health, an operation that asks nothing of anyone',
          `us-east-1 list prices of ${PRICES_AS_OF}: API Gateway, Lambda, DynamoDB, S3 requests, SQS; not the transfer, CloudFront, KMS, logs, storage, and the authorizer, which is asked once in five minutes`,
          "Lambda's duration is that of a warm request through the local stack, its gateway included: more than AWS would count; of a function behind the scenes it is the time from its first call to its last",
          `a batch of ${size.imagesInBatch} photos of ${size.photo.width}×${size.photo.height} pixels; ${UPLOADS} upload URLs at once; batches of one photo to delete, which nobody listens to: a message to a socket costs a dollar for a million more`,
        ],
        rows,
      };
    } finally {
      await stack.close();
    }
  });
}

async function openSocket(origin: string, token: string): Promise<WebSocket> {
  const url = `${origin.replace('http', 'ws')}/ws`;
  const socket = new WebSocket(url, ['negatoscope', `bearer.${token}`]);
  await once(socket, 'open');
  return socket;
}

type Source = Consumption['source'];

function consumptionOf(
  made: readonly Call[],
  times: number,
  rest: Pick<Consumption, 'durationMs' | 'source' | 'memoryMb'>,
): Consumption {
  const sum = (matches: (call: Call) => boolean, units: (call: Call) => number) =>
    made.filter(matches).reduce((total, call) => total + units(call), 0) / times;
  const isDynamoDb = ({ service }: Call) => service === 'dynamodb';
  const isRead = ({ action }: Call) => /^(Get|BatchGet|TransactGet|Query|Scan)/.test(action);
  const units = ({ capacityUnits = 0 }: Call) => capacityUnits;
  const s3 = (methods: RegExp) =>
    sum(
      ({ service, action }) => service === 's3' && methods.test(action),
      () => 1,
    );
  return {
    ...rest,
    readUnits: sum((call) => isDynamoDb(call) && isRead(call), units),
    writeUnits: sum((call) => isDynamoDb(call) && !isRead(call), units),
    s3Reads: s3(/^(GET|HEAD) object/),
    s3Writes: s3(/^(PUT|POST)|^GET bucket/),
  };
}

function rowOf(consumption: Consumption, made: readonly Call[], times: number): Row {
  const { readUnits, writeUnits, durationMs, memoryMb } = consumption;
  const counts = new Map<string, number>();
  for (const { service, action } of made) {
    const name = service === 's3' ? `S3 ${action.replace(' object', '')}` : action;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return {
    dollarsPerMillion: round(dollarsPerMillion(consumption)),
    readUnits: round(readUnits),
    writeUnits: round(writeUnits),
    ms: round(durationMs),
    memoryMb,
    calls: [...counts].map(([name, count]) => `${round(count / times)} ${name}`).join(', '),
  };
}

/**
 * The time of each piece of work from its first call to its last, where each begins with this action, or all
 * are one.
 */
function spansMs(made: readonly Call[], first?: string): number[] {
  const spans: { from: number; to: number }[] = [];
  for (const { action, at } of made) {
    const last = spans.at(-1);
    if (action === first || !last) spans.push({ from: at, to: at });
    else last.to = at;
  }
  return spans.map(({ from, to }) => to - from);
}

/** Waits until no calls have been made for a while. */
async function settled(recorded: readonly Call[]): Promise<void> {
  let before: number;
  do {
    before = recorded.length;
    await sleep(SETTLED_MS);
  } while (recorded.length > before);
}

/** Uploads what the samples need, one photo after another. */
async function makeResources(send: Send, patient: Send, { photo, imagesInBatch }: typeof full) {
  const bytes = await makePhoto(photo.width, photo.height);
  const ready = async (imageId: string) => {
    for (;;) {
      const { status, status_reason } = await send({ method: 'GET', path: `/api/images/${imageId}` });
      if (status === 'rejected') throw new Error(`the photo was rejected: ${status_reason}`);
      if (status === 'ready') return;
      await sleep(50);
    }
  };
  const upload = async (batchId: string) => {
    const { uploads } = await send({
      method: 'POST',
      path: `/api/images/batches/${batchId}/upload-urls`,
      body: { files: [{ name: 'photo.jpg', size: bytes.length, type: 'image/jpeg' }] },
    });
    const [{ id, upload_url, headers }] = uploads;
    await put(upload_url, headers, bytes);
    await ready(id);
    return id as string;
  };
  const createBatch = async (): Promise<string> =>
    (await send({ ...((await callSamples['create-batch']({} as CallResources)) as CallRequest) })).id;

  const batchId = await createBatch();
  let imageId = '';
  for (let count = 0; count < imagesInBatch; count++) imageId = await upload(batchId);
  const {
    imageId: caseImage,
    uploadUrl,
    headers,
  } = await send({
    method: 'POST',
    path: '/api/v1/images/upload-url',
    body: {
      fileName: 'fundus.jpg',
      mimeType: 'image/jpeg',
      fileSize: bytes.length,
      caseId: CASE_ID,
      patientId: PATIENT,
    },
  });
  await put(uploadUrl, headers, bytes);
  await ready(caseImage);

  const { id: exportId } = await send({
    method: 'POST',
    path: `/api/images/batches/${batchId}/exports`,
    body: {},
  });

  const sampled = async (
    id: 'create-exam-image' | 'create-api-key' | 'create-person' | 'upload-dicom' | 'create-dicom-upload',
  ) => send(await callSamples[id]({} as CallResources));
  const { images } = await send({ method: 'GET', path: `/api/v2/images/patient/${PATIENT}` });
  const { events } = await send({ method: 'GET', path: '/api/audit?limit=1' });
  const newInstance = async () => {
    const { data } = await sampled('upload-dicom');
    const { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance } = data;
    return { study, series, instance };
  };

  const newPatient = async () => {
    const number = `P-${randomUUID()}`;
    await send({
      method: 'PUT',
      path: `/api/patients/${number}`,
      body: { name: { alphabetic: 'Former^F' } },
    });
    return number;
  };
  const erasure = await send(
    (await callSamples['erase-patient']({ newPatient } as CallResources)) as CallRequest,
  );

  const resources: CallResources = {
    newPatient,
    erasureId: erasure.id,
    imageLink: images[0].url,
    eventId: events[0].id,
    exam: await sampled('create-exam-image'),
    dicomUpload: (await sampled('create-dicom-upload')).uploadId,
    ...(await newInstance()),
    newInstance,
    newKey: async () => (await sampled('create-api-key')).id,
    newAnnotation: async () => {
      const path = `/api/images/${imageId}/annotations`;
      return `${path}/${(await send({ method: 'POST', path, body: ANNOTATION })).id}`;
    },
    newPerson: async () => (await sampled('create-person')).subject,
    newPatientCase: async () => {
      const caseId = `C-${randomUUID()}`;
      const body = { fileName: 'fundus.jpg', mimeType: 'image/jpeg', fileSize: 1, caseId };
      await patient({ method: 'POST', path: '/api/v1/images/upload-url', body });
      return caseId;
    },
    exportId,
    batchId,
    imageId,
    caseId: CASE_ID,
    newBatch: async () => {
      const batchId = await createBatch();
      return { batchId, imageId: await upload(batchId) };
    },
  };
  return resources;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, checked by the tests of the service
type Send = (request: CallRequest) => Promise<any>;

function clientOf(origin: string, tokens: readonly string[]): Send {
  let count = 0;
  return async ({ method, path, body }) => {
    const response = await fetch(new URL(path, origin), {
      method,
      headers: { authorization: `Bearer ${tokens[count++ % tokens.length]}` },
      redirect: 'manual',
      ...(body !== undefined && {
        body: body instanceof FormData || body instanceof Blob ? body : JSON.stringify(body),
      }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status >= 400) throw new Error(`${method} ${path} answered ${response.status}: ${bytes}`);
    return bytes.length > 0 && response.headers.get('content-type')?.startsWith('application/json')
      ? JSON.parse(bytes.toString())
      : undefined;
  };
}

async function put(url: string, headers: Record<string, string>, body: Buffer<ArrayBuffer>): Promise<void> {
  const response = await fetch(url, { method: 'PUT', headers, body });
  if (!response.ok) throw new Error(`the upload was answered ${response.status}: ${await response.text()}`);
}
