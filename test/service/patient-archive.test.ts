import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { handle as buildArchive } from '../../functions/events/build-archive/handler.ts';
import type { Export } from '../../lib/domain/exports/export.ts';
import { patientManifest } from '../../lib/services/exports/patient-archive.ts';
import { startExport } from '../../lib/services/exports/start-export.ts';
import { archiveKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photos } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../support/service.ts';
import { readZip } from '../support/unzip.ts';

const service = useService();
let admin: Client;
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  [admin, doctor, direct] = await Promise.all([
    service.as('admin'),
    service.as('doctor'),
    directAccess(service),
  ]);
});

/** A patient with two images of one name in a batch, one in another batch of the same name, and a study of two slices. */
async function patientWithFiles(patient: string) {
  const [one, two] = await photos(2);
  const name = '../Füße: "links"';
  const batches = [await createBatch(doctor, patient, name), await createBatch(doctor, patient, name)];
  const again = { ...two, name: one?.name ?? '' } as NonNullable<typeof two>;
  const ids = [
    ...(await upload(doctor, batches[0] ?? '', [one as NonNullable<typeof one>, again])),
    ...(await upload(doctor, batches[1] ?? '', [one as NonNullable<typeof one>])),
  ];
  for (const id of ids) await decided(doctor, id);
  const uids = newUids();
  const files = [
    slice(uids, [['00100020', 'LO', patient]]),
    slice(newUids({ study: uids.study, series: uids.series }), [['00100020', 'LO', patient]]),
  ];
  for (const file of files) await doctor.json('POST', '/dicom/upload', 201, dicomForm(file));
  return { ids, batches, study: uids.study, originals: [one?.bytes, again.bytes, one?.bytes], files };
}

const start = (client: Client, patient: string, status = 202) =>
  client.json('POST', `/api/patients/${patient}/exports`, status, {});

const ready = (client: Client, statusUrl: string) =>
  until(async () => {
    const answer = await client.json('GET', statusUrl, 200);
    expect(answer.status).not.toBe('failed');
    return answer.status === 'ready' && answer;
  });

async function contentsOf(url: string) {
  const response = await fetch(url);
  const zip = Buffer.from(await response.arrayBuffer());
  expect(zip).toHaveLength(Number(response.headers.get('content-length')));
  return new Map((await readZip(zip)).map(({ name, content }) => [name, content ?? Buffer.alloc(0)]));
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const jsonOf = (files: ReadonlyMap<string, Buffer>, name: string) => JSON.parse(String(files.get(name)));

describe('The archive of everything of a patient', () => {
  test('has the originals, the DICOM files as they came, the metadata and a hash of each file', async () => {
    const { ids, originals, files, study } = await patientWithFiles(PATIENT_1);
    await doctor.json('PUT', `/api/patients/${PATIENT_1}`, 200, { name: { alphabetic: 'Sample^Sam' } });
    await doctor.json('PATCH', `/api/images/${ids[0]}`, 200, { caption: 'Left heel' });
    const patient = await service.as('patient-1');
    const { url } = await ready(patient, (await start(patient, PATIENT_1)).status_url);
    const archive = await contentsOf(url);

    const sums = new Map(
      String(archive.get('SHA256SUMS'))
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(66), line.slice(0, 64)]),
    );
    expect([...sums.keys()].sort()).toEqual(
      [...archive.keys()].filter((name) => name !== 'SHA256SUMS').sort(),
    );
    for (const [name, sum] of sums) expect(sha256(archive.get(name) as Buffer), name).toBe(sum);

    const known = jsonOf(archive, 'patient.json');
    expect(known).toMatchObject({ patient_id: PATIENT_1, directory: { name: { alphabetic: 'Sample^Sam' } } });
    expect(known.batches).toHaveLength(2);
    for (const [index, id] of ids.entries()) {
      const image = known.images.find((each: { id: string }) => each.id === id);
      expect(archive.get(image.file)?.equals(originals[index] as Uint8Array), image.file).toBe(true);
      expect(image.caption).toBe(index === 0 ? 'Left heel' : '');
    }
    const [series] = known.series;
    expect(series.study_instance_uid).toBe(study);
    const hashes = series.instances.map(({ file, sha256: sum }: Record<string, string>) => {
      expect(sha256(archive.get(file ?? '') as Buffer)).toBe(sum);
      return sum;
    });
    expect(hashes.sort()).toEqual(files.map(sha256).sort());
    // Two batches of one name have a folder each, and no name leads out of its folder.
    const folders = new Set(known.images.map(({ file }: { file: string }) => file.split('/')[1]));
    expect(folders.size).toBe(2);
    for (const name of archive.keys()) expect(name).not.toMatch(/\.\.|:|"/);
  });

  test('has the accesses for an admin, but not for the patient', async () => {
    const patient = newPatient();
    const own = await service.as('patient-1', { sub: randomUUID(), 'custom:patient_id': patient });
    await doctor.json('PUT', `/api/patients/${patient}`, 200, { name: { alphabetic: `Only^${patient}` } });
    await doctor.json('GET', `/api/patients/${patient}`, 200);
    const forAdmin = await contentsOf((await ready(admin, (await start(admin, patient)).status_url)).url);
    const accesses = jsonOf(forAdmin, 'accesses.json');
    expect(accesses.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['put-patient', 'get-patient']),
    );
    const forPatient = await contentsOf((await ready(own, (await start(own, patient)).status_url)).url);
    expect([...forPatient.keys()]).toEqual(['patient.json', 'SHA256SUMS']);
  });

  test('says of an event about several patients nothing of the others', async () => {
    const family = `Zyx${newPatient().replaceAll(/[^0-9A-Z]/g, '')}`;
    const [patient, other] = [newPatient(), newPatient()];
    for (const id of [patient, other])
      await doctor.json('PUT', `/api/patients/${id}`, 200, { name: { alphabetic: family } });
    expect((await doctor.json('GET', `/api/patients?q=${family}`, 200)).patients).toHaveLength(2);
    const archive = await contentsOf((await ready(admin, (await start(admin, patient)).status_url)).url);
    const accesses = jsonOf(archive, 'accesses.json');
    expect(accesses.map(({ action }: { action: string }) => action)).toContain('list-patients');
    expect(String(archive.get('accesses.json'))).not.toContain(other);
    expect(String(archive.get('accesses.json'))).not.toContain(family);
  });

  test('is visible to the person alone who requested it', async () => {
    await doctor.json('PUT', `/api/patients/${PATIENT_2}`, 200, { name: { alphabetic: 'Other^O' } });
    const { status_url } = await start(admin, PATIENT_2);
    await ready(admin, status_url);
    const patient = await service.as('patient-2');
    await patient.json('GET', status_url, 404);
    await doctor.json('GET', status_url, 404);
    const own = await start(patient, PATIENT_2);
    expect(own.status_url).not.toBe(status_url);
    await ready(patient, own.status_url);
    await admin.json('GET', own.status_url, 404);
  });

  test('of nobody is refused', async () => {
    expect(await start(admin, newPatient(), 404)).toMatchObject({
      message: 'Nothing is stored of this patient.',
    });
  });
});

describe('The archive ends', () => {
  test.each([
    ['an image is deleted', ({ ids }) => doctor.send('DELETE', `/api/images/${ids[0]}`)],
    ['a batch is deleted', ({ batches }) => doctor.send('DELETE', `/api/images/batches/${batches[0]}`)],
    ['a study is deleted', ({ study }) => doctor.send('DELETE', `/dicom-web/studies/${study}`)],
    [
      'an image is moved to another patient',
      ({ ids }) =>
        doctor.send('POST', `/api/images/${ids[0]}/patient`, { patient_id: PATIENT_2, reason: 'Mistaken' }),
    ],
    [
      'a batch is moved to another patient',
      ({ batches }) =>
        doctor.send('POST', `/api/images/batches/${batches[0]}/patient`, {
          patient_id: PATIENT_2,
          reason: 'Mistaken',
        }),
    ],
    [
      'a study is given to another patient',
      ({ study }) =>
        doctor.send('POST', `/dicom/studies/${study}/patient`, { patientId: PATIENT_2, reason: 'Mistaken' }),
    ],
  ] as [string, (files: Awaited<ReturnType<typeof patientWithFiles>>) => Promise<Response>][])(
    'at once if %s',
    async (_change, change) => {
      const patient = newPatient();
      const files = await patientWithFiles(patient);
      const { status_url } = await start(admin, patient);
      const { url } = await ready(admin, status_url);
      const response = await change(files);
      expect(response.ok, await response.text()).toBe(true);
      await admin.json('GET', status_url, 404);
      await until(async () => !(await fetch(url)).ok);
    },
  );

  /** An export that only the test makes, in archives of three files. */
  async function startedByTest(patient: string) {
    const manifest = await patientManifest(patient, undefined, direct);
    const kept = new Map<string, Uint8Array>();
    const limits = { ...direct.limits, archiveImages: 3 };
    const create = async (key: string, { bytes }: { bytes: Uint8Array }) => void kept.set(key, bytes);
    const { id } = await startExport({ patientId: patient, requestedBy: randomUUID() }, manifest, {
      ...direct,
      limits,
      objects: { create },
    });
    const read = async (key: string) => {
      const { Readable } = await import('node:stream');
      const bytes = kept.get(key);
      return (bytes ? Readable.from([Buffer.from(bytes)]) : await direct.objects.read(key)) as never;
    };
    const found = async () => (await direct.exports.get(id, direct.now())) as Export;
    return { keys: [...kept.keys()], found, deps: { ...direct, objects: { read } } };
  }

  test('if a file goes before the list of exports has it: each archive is checked when it is written', async () => {
    const patient = newPatient();
    const { study } = await patientWithFiles(patient);
    const { keys, found, deps } = await startedByTest(patient);
    // As if the deletion had not found the export: the item is marked without the handler of the request.
    const deletion = {
      id: randomUUID(),
      studyUid: study,
      deletedAt: new Date().toISOString(),
      deletedBy: 'd',
    };
    await direct.dicomDeletions.delete({ ...deletion, expiresAt: Math.floor(Date.now() / 1000) + 86_400 });
    const built = await Promise.allSettled(keys.map((key) => buildArchive({ key }, deps)));
    expect(built.some(({ status }) => status === 'rejected')).toBe(true);
    expect(await found()).toMatchObject({ status: 'failed' });
    const { archives } = await found();
    for (const [index, { status }] of archives.entries()) {
      if (status !== 'failed') continue;
      expect(await direct.bucket.read(archiveKey(await found(), index))).toBeUndefined();
    }
  });

  test('and more than one archive can hold is several, each with the hashes of its files', async () => {
    const patient = newPatient();
    await patientWithFiles(patient);
    const { keys, found, deps } = await startedByTest(patient);
    for (const key of keys) await buildArchive({ key }, deps);
    const run = await found();
    expect(run).toMatchObject({ status: 'ready' });
    expect(run.archives.map(({ fileName, images }) => [fileName, images])).toEqual([
      ['Patient archive (1 of 2).zip', 4],
      ['Patient archive (2 of 2).zip', 4],
    ]);
    for (const [index, { bytes }] of run.archives.entries()) {
      const zip = Buffer.from((await direct.bucket.read(archiveKey(run, index))) ?? []);
      expect(zip).toHaveLength(bytes);
      const entries = await readZip(zip);
      const sums = entries.find(({ name }) => name === `SHA256SUMS-${index + 1}`)?.content?.toString() ?? '';
      for (const { name, content } of entries)
        if (!name.startsWith('SHA256SUMS')) expect(sums).toContain(`${sha256(content as Buffer)}  ${name}\n`);
    }
  });
});
