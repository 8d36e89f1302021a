import { randomUUID } from 'node:crypto';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import type { KnownBatch, KnownImage, Ledger } from './ledger.ts';
import type { RetryingClient } from './retrying-client.ts';

/** Numbers from 0 up to 1, the same ones for a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Load {
  client: RetryingClient;
  ledger: Ledger;
  /** Uploads of this client only. */
  patientId: string;
  random: () => number;
  /** Photographs to upload, all different. */
  photos: readonly Buffer[];
}

/** One person at work with one patient: each step is a request that is completed, however often it is sent. */
export class ClinicLoad {
  readonly #load: Load;

  constructor(load: Load) {
    this.#load = load;
  }

  /** Performs steps until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.step();
  }

  async step(): Promise<void> {
    const { random, ledger } = this.#load;
    const weights = Object.entries(STEPS);
    let place = random() * weights.reduce((sum, [, { weight }]) => sum + weight, 0);
    for (const [name, { weight, perform }] of weights) {
      place -= weight;
      if (place > 0) continue;
      if (await perform(this.#load)) ledger.count(name);
      return;
    }
  }
}

const patientOf = ({ ledger, patientId }: Load) => ledger.patient(patientId);

function pick<T>({ random }: Load, all: readonly T[]): T | undefined {
  return all[Math.floor(random() * all.length)];
}

function pickImage(load: Load, state: KnownImage['state']) {
  const batches = [...patientOf(load).batches];
  const images = batches.flatMap(([, batch]) => [...batch.images]);
  return pick(
    load,
    images.filter(([, image]) => image.isUploaded && image.state === state),
  );
}

/** Each returns whether it was completed. */
const STEPS: Record<string, { weight: number; perform: (load: Load) => Promise<boolean> }> = {
  'create batch': { weight: 1, perform: createBatch },
  upload: { weight: 8, perform: uploadImage },
  'form upload': { weight: 2, perform: uploadForm },
  'read image': { weight: 6, perform: readImage },
  'list images': { weight: 3, perform: listImages },
  'read thumbnail': { weight: 3, perform: readThumbnail },
  'download ZIP': { weight: 1, perform: downloadZip },
  'change caption': { weight: 2, perform: changeCaption },
  'delete image': { weight: 2, perform: deleteImage },
  'restore image': { weight: 2, perform: restoreImage },
  'store DICOM': { weight: 2, perform: storeDicom },
  'read DICOM': { weight: 2, perform: readDicom },
};

async function createBatch(load: Load): Promise<boolean> {
  const body = { name: 'Visit', content_type: 'patients.patient', object_id: load.patientId };
  const answer = await load.client.send('POST', '/api/images/batches/', { body, key: randomUUID() });
  if (answer?.status !== 201) return refused('create batch', answer);
  patientOf(load).batches.set(answer.json().id, { images: new Map() });
  return true;
}

async function aBatch(load: Load): Promise<[string, KnownBatch] | undefined> {
  if (patientOf(load).batches.size === 0) await createBatch(load);
  return pick(load, [...patientOf(load).batches]);
}

/** A photograph that differs from all others by bytes after its end, which decoders do not read. */
const aPhoto = (load: Load): Buffer =>
  Buffer.concat([pick(load, load.photos) ?? Buffer.alloc(0), Buffer.from(randomUUID())]);

async function uploadImage(load: Load): Promise<boolean> {
  const [batchId, batch] = (await aBatch(load)) ?? [];
  if (!batch) return false;
  const bytes = aPhoto(load);
  const body = { files: [{ name: 'a.jpg', size: bytes.length, type: 'image/jpeg' }] };
  const path = `/api/images/batches/${batchId}/upload-urls/`;
  const answer = await load.client.send('POST', path, { body, key: randomUUID() });
  if (answer?.status !== 201) return refused('upload', answer);
  const { id, upload_url: url, headers } = answer.json().uploads[0];
  const image: KnownImage = { bytes, isUploaded: false, state: 'there' };
  batch.images.set(id, image);
  image.isUploaded = await load.client.put(url, headers, bytes);
  return image.isUploaded;
}

async function uploadForm(load: Load): Promise<boolean> {
  const [batchId, batch] = (await aBatch(load)) ?? [];
  if (!batch) return false;
  const bytes = aPhoto(load);
  const body = new FormData();
  body.append('images', new File([new Uint8Array(bytes)], 'b.jpg', { type: 'image/jpeg' }));
  const path = `/api/images/batches/${batchId}/upload/`;
  const answer = await load.client.send('POST', path, { body, key: randomUUID() });
  if (answer?.status !== 201) return refused('form upload', answer);
  batch.images.set(answer.json().results[0].image.id, { bytes, isUploaded: true, state: 'there' });
  return true;
}

async function readImage(load: Load): Promise<boolean> {
  const [id, image] = pickImage(load, 'there') ?? [];
  if (!image) return false;
  const answer = await load.client.send('GET', `/api/images/${id}/data/`);
  // It may not be checked yet.
  if (answer?.status === 404) return false;
  if (answer?.status !== 200) return refused('read image', answer);
  if (!answer.bytes.equals(image.bytes)) throw new Error(`the image ${id} has other bytes than were sent`);
  return true;
}

async function readThumbnail(load: Load): Promise<boolean> {
  const [id] = pickImage(load, 'there') ?? [];
  if (id === undefined) return false;
  const answer = await load.client.send('GET', `/api/images/${id}/thumbnail/`);
  return answer?.status === 200;
}

async function listImages(load: Load): Promise<boolean> {
  const [batchId] = (await aBatch(load)) ?? [];
  const answer = await load.client.send('GET', `/api/images/?batch_id=${batchId}`);
  return answer?.status === 200 || refused('list images', answer);
}

async function downloadZip(load: Load): Promise<boolean> {
  const [batchId] = (await aBatch(load)) ?? [];
  const answer = await load.client.send('GET', `/api/images/batches/${batchId}/download/`);
  // A batch without ready images has no ZIP.
  if (answer?.status !== 200) return false;
  const announced = Number(answer.headers.get('content-length') ?? answer.bytes.length);
  if (announced !== answer.bytes.length) throw new Error(`the ZIP of ${batchId} is not complete`);
  return true;
}

async function changeCaption(load: Load): Promise<boolean> {
  const [id] = pickImage(load, 'there') ?? [];
  if (id === undefined) return false;
  const answer = await load.client.send('PATCH', `/api/images/${id}/`, { body: { caption: randomUUID() } });
  return answer?.status === 200 || refused('change caption', answer);
}

async function deleteImage(load: Load): Promise<boolean> {
  const [id, image] = pickImage(load, 'there') ?? [];
  if (!image) return false;
  image.state = 'unknown';
  const answer = await load.client.send('DELETE', `/api/images/${id}/`);
  // 404: an earlier attempt has deleted it.
  if (answer?.status !== 204 && answer?.status !== 404) return refused('delete image', answer);
  image.state = 'deleted';
  return true;
}

async function restoreImage(load: Load): Promise<boolean> {
  const [id, image] = pickImage(load, 'deleted') ?? [];
  if (!image) return false;
  image.state = 'unknown';
  const answer = await load.client.send('POST', `/api/images/${id}/restore`);
  if (!answer) return false;
  // One that was not checked yet when it was deleted is gone for good.
  image.state = answer.status === 200 ? 'there' : 'deleted';
  return answer.status === 200;
}

async function storeDicom(load: Load): Promise<boolean> {
  const uids = newUids();
  const bytes = slice(uids, [['00100020', 'LO', load.patientId]]);
  const answer = await load.client.send('POST', '/dicom/upload', { body: dicomForm(bytes) });
  if (answer?.status !== 201) return refused('store DICOM', answer);
  patientOf(load).instances.push({ uids, bytes });
  return true;
}

async function readDicom(load: Load): Promise<boolean> {
  const instance = pick(load, patientOf(load).instances);
  if (!instance) return false;
  const answer = await load.client.send('GET', `/dicom/wado/${instance.uids.sop}`);
  if (answer?.status !== 200) return refused('read DICOM', answer);
  if (!answer.bytes.equals(instance.bytes)) throw new Error(`the file of ${instance.uids.sop} is another`);
  return true;
}

/** An answer that nothing explains. No answer at all: the load ended. */
function refused(what: string, answer: { status: number; bytes: Buffer } | undefined): false {
  if (!answer) return false;
  throw new Error(`${what}: ${answer.status} ${answer.bytes.toString().slice(0, 500)}`);
}
