import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { RefusedRequest, ServiceClient } from '../../lib/cli/service-client.ts';
import { SAMPLE_BATCHES, SAMPLE_CASE, SAMPLE_STUDY } from './sample-data.ts';

const READY_TIMEOUT_MS = 120_000;

const Token = z.object({ access_token: z.string() });
const Made = z.object({ id: z.string() });
const Batches = z.object({ batches: z.array(z.object({ id: z.string(), name: z.string() })) });
const BatchImages = z.object({
  images: z.array(z.object({ original_name: z.string(), status: z.string() })),
});
const CaseImages = z.object({ images: z.array(z.object({ fileName: z.string(), status: z.string() })) });
const Target = z.object({ upload_url: z.string(), headers: z.record(z.string(), z.string()) });
const Targets = z.object({ uploads: z.array(Target) });
const CaseTarget = z.object({ uploadUrl: z.string(), headers: z.record(z.string(), z.string()) });
const DicomTargets = z.object({ uploads: z.array(CaseTarget) });
/** QIDO-RS, by the tag of the SOP Instance UID (PS3.18 F.2). */
const Instances = z.array(z.object({ '00080018': z.object({ Value: z.tuple([z.string()]) }) }));

/**
 * Fills a running local stack with sample data by its API, as the demo doctor. Existing data is unchanged.
 */
export async function seed(url: string, say: (line: string) => void = () => undefined): Promise<void> {
  const client = new ServiceClient({
    url: new URL(url),
    token: await tokenOf(url, 'doctor'),
    signal: AbortSignal.timeout(10 * 60_000),
    onWait: (seconds) => say(`waiting ${seconds} s for the limit of uploads`),
  });
  // Oldest first: lists show the newest.
  for (const batch of SAMPLE_BATCHES)
    say(`${batch.name} of ${batch.patientId}: ${await fillBatch(client, batch)} new images`);
  say(`case ${SAMPLE_CASE.caseId} of ${SAMPLE_CASE.patientId}: ${await fillCase(client)} new images`);
  say(`DICOM study ${SAMPLE_STUDY.uid}: ${await fillStudy(client)} new instances`);
}

async function tokenOf(url: string, user: string): Promise<string> {
  const answer = await fetch(new URL('/local/token', url), {
    method: 'POST',
    body: JSON.stringify({ user }),
  }).catch((cause: unknown) => {
    throw new Error(`No local stack answers at ${url}: start one with npm start, or name its address.`, {
      cause,
    });
  });
  if (!answer.ok) throw new Error(`${url} is not a local stack: it gives no token (${answer.status}).`);
  return Token.parse(await answer.json()).access_token;
}

async function fillBatch(
  client: ServiceClient,
  { patientId, name, pictures }: (typeof SAMPLE_BATCHES)[number],
): Promise<number> {
  const { batches } = await client.json(
    Batches,
    'GET',
    `/api/images/batches?patient_id=${patientId}&limit=100`,
  );
  const body = { name, content_type: 'patients.patient', object_id: patientId };
  const { id } =
    batches.find((batch) => batch.name === name) ??
    (await client.json(Made, 'POST', '/api/images/batches', body));
  const ready = async () =>
    (await client.json(BatchImages, 'GET', `/api/images?batch_id=${id}&limit=100`)).images
      .filter(({ status }) => status === 'ready')
      .map((image) => image.original_name);
  const missing = without(pictures, await ready());
  if (missing.length === 0) return 0;
  const files = await Promise.all(
    missing.map(async (picture) => ({ picture, bytes: await picture.bytes() })),
  );
  const { uploads } = await client.json(Targets, 'POST', `/api/images/batches/${id}/upload-urls`, {
    files: files.map(({ picture: { bytes: _bytes, ...described }, bytes }) => ({
      ...described,
      size: bytes.length,
      type: 'image/jpeg',
    })),
  });
  for (const [index, { upload_url, headers }] of uploads.entries()) {
    await put(upload_url, headers, files[index]?.bytes);
  }
  await waitForNames(name, pictures, ready);
  return missing.length;
}

async function fillCase(client: ServiceClient): Promise<number> {
  const { caseId, patientId, pictures } = SAMPLE_CASE;
  const ready = async () =>
    (
      await unlessMissing(client.json(CaseImages, 'GET', `/api/v1/images/cases/${caseId}`), { images: [] })
    ).images
      .filter(({ status }) => status === 'ready')
      .map(({ fileName }) => fileName);
  const missing = without(pictures, await ready());
  for (const { name: fileName, bytes, category, eyeSide, capturedAt } of missing) {
    const content = await bytes();
    const body = {
      fileName,
      mimeType: 'image/jpeg',
      fileSize: content.length,
      ...{ caseId, patientId, category, eyeSide, capturedAt },
    };
    const target = await client.json(CaseTarget, 'POST', '/api/v1/images/upload-url', body);
    await put(target.uploadUrl, target.headers, content);
  }
  await waitForNames(caseId, pictures, ready);
  return missing.length;
}

async function fillStudy(client: ServiceClient): Promise<number> {
  const { uid, slices } = SAMPLE_STUDY;
  const stored = async () => {
    const answer = await unlessMissing(client.send('GET', `/dicom-web/studies/${uid}/instances`), undefined);
    const text = (await answer?.text()) ?? '';
    return text === ''
      ? []
      : Instances.parse(JSON.parse(text)).map((instance) => instance['00080018'].Value[0]);
  };
  const before = await stored();
  const missing = slices.filter(({ sopUid }) => !before.includes(sopUid));
  if (missing.length === 0) return 0;
  const files = missing.map(({ name, bytes }) => ({ name, bytes: bytes() }));
  const { uploads } = await client.json(DicomTargets, 'POST', '/dicom/upload-urls', {
    files: files.map(({ name, bytes }) => ({ fileName: name, fileSize: bytes.length })),
  });
  for (const [index, { uploadUrl, headers }] of uploads.entries())
    await put(uploadUrl, headers, files[index]?.bytes);
  await waitForNames(
    uid,
    slices.map(({ sopUid }) => ({ name: sopUid })),
    stored,
  );
  return missing.length;
}

const without = <T extends { name: string }>(wanted: readonly T[], there: readonly string[]): T[] =>
  wanted.filter(({ name }) => !there.includes(name));

/** The answer, or `none` for a 404. */
async function unlessMissing<T, None>(answer: Promise<T>, none: None): Promise<T | None> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedRequest && error.status === 404) return none;
    throw error;
  }
}

async function put(url: string, headers: Record<string, string>, body = new Uint8Array()): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`An upload was refused with ${answer.status}: ${await answer.text()}`);
}

async function waitForNames(
  what: string,
  wanted: readonly { name: string }[],
  names: () => Promise<string[]>,
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (without(wanted, await names()).length > 0) {
    if (Date.now() > deadline) throw new Error(`${what} is not ready after ${READY_TIMEOUT_MS / 1000} s.`);
    // A person has 100 requests in a minute.
    await sleep(1500);
  }
}
