import * as z from 'zod';
import type { LocalStack } from '../../lib/local/local-stack.ts';
import { ctSlice } from '../bench/dicom/dicom-file.ts';
import { draw, type Motif } from './drawings.ts';

/** The data that the screenshots show: patients, batches and cases of a clinic that does not exist. */
export interface Clinic {
  /** A request as one of the demo users; a refusal throws an error. */
  ask(person: string, method: string, path: string, body?: unknown): Promise<unknown>;
  batches: { visit: string };
}

/** The studies of `P-1001`. */
export const STUDY = '2.25.2025110600';
export const PRIOR_STUDY = '2.25.2024031200';
const STUDIES = [
  { studyUid: PRIOR_STUDY, studyDate: '20240312' },
  { studyUid: STUDY, studyDate: '20251106' },
];
const SLICES = 5;

/** An answer with one resource. */
const Made = z.object({ id: z.string() });
/** A list of images, with their other fields. */
export const Images = z.object({ images: z.array(z.looseObject({ status: z.string() })) });

type Picture = [motif: Motif, name: string, category: string, caption?: string];

const VISIT: Picture[] = [
  ['heels', 'standing-posterior.jpg', 'posterior', 'Standing, before the insoles'],
  ['sole', 'soles.jpg', 'anterior', 'Pressure below both forefeet'],
  ['x-ray', 'xray-right.jpg', 'x_ray', 'No fracture seen'],
  ['skin', 'lesion-lateral.jpg', 'right_lat', 'Control in three months'],
  ['cast', 'cast-left.jpg', 'casts'],
  ['shoe', 'shoe-right.jpg', 'r_shoe', 'Worn on the outside'],
  ['heels', 'posterior-with-insoles.jpg', 'posterior', 'The same day, with insoles'],
  ['card', 'medicare-card.jpg', 'medicare_card'],
];
const FIRST_VISIT: Picture[] = [
  ['sole', 'soles-2024.jpg', 'anterior'],
  ['shoe', 'old-shoes.jpg', 'shoe'],
  ['x-ray', 'xray-left.jpg', 'x_ray'],
];
const CASE: [name: string, eyeSide: string, capturedAt: string][] = [
  ['fundus-right.jpg', 'right', '2025-11-06T08:12:00Z'],
  ['fundus-left.jpg', 'left', '2025-11-06T08:15:00Z'],
  ['fundus-left-control.jpg', 'left', '2025-11-06T08:21:00Z'],
];
/** Nobody of them exists. */
const PATIENTS = [
  ['P-1001', 'Patient^Paula', '1971-04-02', 'F'],
  ['P-1002', 'Patient^Peter', '1988-11-30', 'M'],
  ['P-1003', 'Gait^Gerda', '1956-02-17', 'F'],
  ['P-1004', 'Gallant^Gustav Adolf Emil', '1949-08-08', 'M'],
] as const;
const MANY_LINES =
  'Referred by the family doctor. Pain in the right heel since the spring, worse in the morning and after long walks.\n\nStanding: both heels in valgus, right more than left. Insoles fitted on the same day, see the picture after this one. Control in six weeks, bring the shoes that are worn most.';

/** Fills an empty service by its own API. */
export async function fillClinic(stack: LocalStack): Promise<Clinic> {
  const ask: Clinic['ask'] = async (person, method, path, body) => {
    const headers = { authorization: `Bearer ${await stack.token(person)}` };
    const sent = body instanceof FormData ? body : JSON.stringify(body);
    const response = await fetch(new URL(path, stack.url), {
      method,
      headers,
      ...(body !== undefined && { body: sent }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text && JSON.parse(text);
  };
  const makeBatch = async (patient: string, name: string): Promise<string> => {
    const batch = { name, content_type: 'patients.patient', object_id: patient };
    return Made.parse(await ask('doctor', 'POST', '/api/images/batches', batch)).id;
  };

  for (const [patientId, alphabetic, birthDate, sex] of PATIENTS)
    await ask('staff', 'PUT', `/api/patients/${patientId}`, { name: { alphabetic }, birthDate, sex });

  const seeds = numbers();
  const upload = async (batch: string, pictures: readonly Picture[]) => {
    // One after the other, so that their order is the same each time.
    for (const [motif, name, category, caption = ''] of pictures) {
      const form = new FormData();
      form.append('images', jpeg(await draw(motif, seeds.next().value)), name);
      form.append('categories', category);
      form.append('captions', caption);
      await ask('doctor', 'POST', `/api/images/batches/${batch}/upload`, form);
    }
  };

  await upload(await makeBatch('P-1001', 'First visit, 12 Mar 2024'), FIRST_VISIT);
  await makeBatch('P-1001', 'Gait lab');
  const visit = await makeBatch('P-1001', '6 Nov 2025');
  await upload(visit, VISIT);
  await makeBatch('P-1003', '6 Nov 2025');

  const long = await makeBatch('P-1004', 'Orthotics-review-'.repeat(12).slice(0, 200));
  await upload(long, [
    ['heels', `${'standing-posterior-view-both-feet-'.repeat(6)}.jpg`, 'posterior', MANY_LINES],
    ['sole', 'soles.jpg', 'anterior'],
    ['skin', 'lesion.jpg', 'other', 'Short'],
  ]);

  for (const [name, eyeSide, capturedAt] of CASE) {
    const form = new FormData();
    form.append('file', jpeg(await draw('fundus', seeds.next().value)), name);
    for (const [field, value] of Object.entries({
      caseId: 'C-77',
      patientId: 'P-1001',
      eyeSide,
      capturedAt,
    })) {
      form.append(field, value);
    }
    await ask('doctor', 'POST', '/api/v1/images/upload', form);
  }

  for (const { studyUid, studyDate } of STUDIES) {
    for (let number = 1; number <= SLICES; number += 1) {
      const uids = { studyUid, seriesUid: `${studyUid}.1`, sopUid: `${studyUid}.1.${number}` };
      const slice = ctSlice({ ...uids, patientId: 'P-1001', studyDate, number });
      const form = new FormData();
      form.append('file', new Blob([slice]), 'slice.dcm');
      await ask('doctor', 'POST', '/dicom/upload', form);
    }
  }

  await ask('admin', 'POST', '/api/v2/keys', {
    name: 'Pharmacy',
    scopes: ['prescription:read', 'delivery:write'],
    expires_at: '2031-01-31T23:59:59.000Z',
  });
  const old = { name: 'Old till', scopes: ['pos_event:write'] };
  const { id } = Made.parse(await ask('admin', 'POST', '/api/v2/keys', old));
  await ask('admin', 'DELETE', `/api/v2/keys/${id}`);
  await ask('admin', 'POST', '/api/v2/keys', { name: 'Records of the practice', scopes: ['*:read'] });

  await allReady(ask, ['P-1001', 'P-1004']);
  return { ask, batches: { visit } };
}

async function allReady(ask: Clinic['ask'], patients: readonly string[]): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (const patient of patients) {
    for (;;) {
      const { images } = Images.parse(await ask('doctor', 'GET', `/api/images?patient_id=${patient}`));
      if (images.every(({ status }) => status === 'ready')) break;
      if (Date.now() > deadline) throw new Error(`the images of ${patient} are not ready after a minute`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

const jpeg = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });

function* numbers(): Generator<number, never> {
  for (let number = 1; ; number += 1) yield number;
}
