import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { CliError } from '../../cli/cli-error.ts';
import { RefusedRequest, type ServiceClient } from '../../cli/service-client.ts';
import { dicomSlice, newUid } from './dicom-slice.ts';

/** A step that found what should not be. */
class SmokeFailure extends CliError {}

interface SmokeOptions {
  client: ServiceClient;
  token: string;
  /** Called after each step, with its duration. */
  onStep: (what: string, milliseconds: number) => void;
}

/** The longest that a photograph may take to its thumbnail, an export to its archive, an event to the audit log. */
const PATIENCE_MS = 120_000;

const Created = z.object({ id: z.string() });
const Grants = z.object({
  uploads: z.array(
    z.object({ id: z.string(), upload_url: z.url(), headers: z.record(z.string(), z.string()) }),
  ),
});
const ListedImages = z.object({
  images: z.array(z.object({ id: z.string(), status: z.string(), status_reason: z.string().nullable() })),
});
const Export = z.object({
  status_url: z.string().optional(),
  url: z.string().nullish(),
  status: z.string().optional(),
});
const Events = z.object({ events: z.array(z.object({ action: z.string() })) });

/**
 * Sends a photograph and a DICOM file of a patient who does not exist through the whole service, and erases them again. It needs the
 * token of an admin.
 *
 * @throws SmokeFailure or RefusedRequest with what went wrong
 */
export async function smoke({ client, token, onStep }: SmokeOptions): Promise<void> {
  const patientId = `SMOKE-${randomBytes(4).toString('hex').toUpperCase()}`;
  const step: Step = async (what, run) => {
    const started = performance.now();
    const done = await run();
    onStep(what, performance.now() - started);
    return done;
  };

  await step('health', () => client.json(z.unknown(), 'GET', '/health/ready'));
  await step('an unknown path is 404', () => expectStatus(404, client.send('GET', '/api/no-such-path')));
  const socket = await step('socket', () => openSocket(client.base, token));
  const stored: string[] = [];
  const erase = () =>
    Promise.all(stored.map((path) => expectStatus(204, client.send('DELETE', `${path}?erase=true`))));
  try {
    await store(step, { client, patientId, socket, stored });
  } catch (error) {
    // What went wrong first is what the operator has to know.
    await erase().catch(() => undefined);
    throw error;
  } finally {
    socket.close();
  }
  await step('erase', erase);
}

interface Smoked {
  client: ServiceClient;
  patientId: string;
  socket: Awaited<ReturnType<typeof openSocket>>;
  /** The paths of what has to be erased. */
  stored: string[];
}

type Step = <T>(what: string, run: () => Promise<T>) => Promise<T>;

async function store(step: Step, { client, patientId, socket, stored }: Smoked): Promise<void> {
  const body = { name: 'Smoke test', content_type: 'patients.patient', object_id: patientId };
  const { id: batchId } = await step('batch', () =>
    client.json(Created, 'POST', '/api/images/batches', body),
  );
  const batch = `/api/images/batches/${batchId}`;
  stored.push(batch);
  const photo = await photograph();
  const image = `/api/images/${await step('upload to S3', () => upload(client, batch, photo))}`;
  await step('photograph to thumbnail', () => untilReady(client, batchId));
  await step('thumbnail', () => bytesOf(client, `${image}/thumbnail`));
  await step('message of the socket', () => socket.received('IMAGE_READY'));
  await step('original', async () => {
    if (!(await bytesOf(client, `${image}/data`)).equals(photo))
      throw new SmokeFailure('The original has other bytes than the photograph.');
  });
  await step('304 without a body', () => notModified(client, `${image}/data`));
  const zip = await step('ZIP', () => bytesOf(client, `${batch}/download`));
  if (!zip.includes(photo)) throw new SmokeFailure('The ZIP does not contain the photograph.');
  await step('a stream that is cut', () => cutStream(client, `${batch}/download`));
  const archive = await step('export', () => exported(client, batch));
  if (!archive.equals(zip)) throw new SmokeFailure('The export has other bytes than the ZIP.');

  const [studyUid, seriesUid, sopUid] = [newUid(), newUid(), newUid()];
  const study = `/dicom-web/studies/${studyUid}`;
  await step('DICOM store', () => storeDicom(client, dicomSlice(patientId, studyUid, seriesUid, sopUid)));
  stored.push(study);
  const instance = `${study}/series/${seriesUid}/instances/${sopUid}`;
  await step('DICOM metadata', () =>
    client.json(z.array(z.unknown()).length(1), 'GET', `${instance}/metadata`),
  );
  await step('DICOM rendered', () => bytesOf(client, `${instance}/rendered`, { accept: 'image/png' }));
  await step('audit', () => untilAudited(client, patientId));
}

async function photograph(): Promise<Buffer> {
  // Loaded here, because the other commands of this program start without it.
  const { default: sharp } = await import('sharp');
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const create = { width: 1600, height: 1200, channels: 3, background: '#567', noise } as const;
  return sharp({ create }).jpeg().toBuffer();
}

async function upload(client: ServiceClient, batch: string, photo: Buffer): Promise<string> {
  const files = [{ name: 'smoke.jpg', size: photo.length, type: 'image/jpeg' }];
  const { uploads } = await client.json(Grants, 'POST', `${batch}/upload-urls`, { files });
  const [grant] = uploads;
  if (!grant) throw new SmokeFailure('The service gave no upload URL.');
  const put = await fetch(grant.upload_url, {
    method: 'PUT',
    headers: grant.headers,
    body: new Uint8Array(photo),
  });
  if (!put.ok) throw new SmokeFailure(`S3 answered ${put.status}: ${(await put.text()).slice(0, 300)}`);
  return grant.id;
}

const untilReady = (client: ServiceClient, batchId: string) =>
  until('The photograph is not ready', async () => {
    const { images } = await client.json(ListedImages, 'GET', `/api/images?batch_id=${batchId}`);
    const [image] = images;
    if (image && !['pending', 'scanning', 'ready'].includes(image.status))
      throw new SmokeFailure(`The photograph is ${image.status}: ${image.status_reason}`);
    return image?.status === 'ready' ? image : undefined;
  });

async function exported(client: ServiceClient, batch: string): Promise<Buffer> {
  const { status_url: status = '' } = await client.json(Export, 'POST', `${batch}/exports`, {});
  const url = await until('The export is not ready', async () => {
    const found = await client.json(Export, 'GET', status);
    if (found.status === 'failed') throw new SmokeFailure('The export failed.');
    return found.url ?? undefined;
  });
  return complete(await fetch(new URL(url, client.base)));
}

async function storeDicom(client: ServiceClient, file: Buffer): Promise<void> {
  const boundary = randomBytes(12).toString('hex');
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const type = `multipart/related; type="application/dicom"; boundary=${boundary}`;
  const response = await client.send(
    'POST',
    '/dicom-web/studies',
    { 'content-type': type },
    new Uint8Array(body),
  );
  await response.body?.cancel();
}

const untilAudited = (client: ServiceClient, patientId: string) =>
  until('The audit log has no event of the upload', async () => {
    const { events } = await client.json(Events, 'GET', `/api/audit?patient_id=${patientId}&limit=50`);
    return events.length > 0 ? events : undefined;
  });

async function bytesOf(
  client: ServiceClient,
  path: string,
  headers: Record<string, string> = {},
): Promise<Buffer> {
  return complete(await client.send('GET', path, headers));
}

/** The body of a response, whose length the header must tell, also if it was streamed. */
async function complete(response: Response): Promise<Buffer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const declared = response.headers.get('content-length');
  if (!response.ok || bytes.length === 0)
    throw new SmokeFailure(`${response.url} answered ${response.status}.`);
  if (declared !== String(bytes.length))
    throw new SmokeFailure(`${response.url} has ${bytes.length} bytes, and Content-Length says ${declared}.`);
  return bytes;
}

async function notModified(client: ServiceClient, path: string): Promise<void> {
  const response = await client.send('GET', path);
  await response.body?.cancel();
  const etag = response.headers.get('etag');
  if (!etag) throw new SmokeFailure(`${path} has no ETag.`);
  await expectStatus(304, client.send('GET', path, { 'if-none-match': etag }));
}

/** Reads the first bytes and goes away. The service must answer as before. */
async function cutStream(client: ServiceClient, path: string): Promise<void> {
  const reader = (await client.send('GET', path)).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await client.json(z.unknown(), 'GET', '/health/ready');
}

/** A 204 or 304 must have no body. */
async function expectStatus(expected: number, sent: Promise<Response>): Promise<void> {
  const { status, body } = await sent.then(
    async (response) => ({ status: response.status, body: await response.text() }),
    (error) => {
      if (error instanceof RefusedRequest && error.status === expected) return { status: expected, body: '' };
      throw error;
    },
  );
  if (status !== expected) throw new SmokeFailure(`Expected the status ${expected}, got ${status}.`);
  if ((status === 204 || status === 304) && body !== '') throw new SmokeFailure(`A ${status} has a body.`);
}

async function openSocket(base: string, token: string) {
  const url = new URL('/ws', base.replace(/^http/, 'ws'));
  const types = new Set<string>();
  // A busy service refuses a handshake, as it does a request; a page tries again, too.
  const socket = await until(`${url} opens no socket`, async () => {
    const socket = new WebSocket(url, ['negatoscope', `bearer.${token}`]);
    socket.addEventListener('message', ({ data }) => types.add(JSON.parse(String(data)).type));
    return new Promise<WebSocket | undefined>((resolve) => {
      socket.addEventListener('open', () => resolve(socket));
      socket.addEventListener('error', () => resolve(undefined));
    });
  });
  return {
    received: (type: string) => until(`The socket got no ${type}`, async () => types.has(type) || undefined),
    close: () => socket.close(),
  };
}

/** Waits until there is a result. */
async function until<T>(complaint: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(500)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new SmokeFailure(`${complaint} after ${PATIENCE_MS / 1000} seconds.`);
}
