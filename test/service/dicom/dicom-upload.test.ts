import { beforeAll, describe, expect, test } from 'vitest';
import { orthancIds } from '../../../lib/media/dicom/parse/orthanc-ids.ts';
import { unpackMetadata } from '../../../lib/services/dicom/metadata-text.ts';
import { dicomJsonKey, dicomKey } from '../../../lib/storage/object-keys.ts';
import { dicomForm, longComment, newUid, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { syntaxes } from '../../fixtures/dicoms.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let patient1: Client;
let patient2: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  staff = await service.as('staff');
  patient1 = await service.as('patient-1');
  patient2 = await service.as('patient-2');
  direct = await directAccess(service);
});

const upload = (bytes: Buffer<ArrayBuffer>, status = 201, client = staff) =>
  client.json('POST', '/dicom/upload', status, dicomForm(bytes));

/** The number of clients that store at the same moment, and of the instances that they have. */
const CLIENTS = 50;
const INSTANCES = 200;

const METADATA = {
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Patient^Paula' }] },
  '7FE00010': { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' },
};

describe('A DICOM file', () => {
  test('is stored once, and answered in the same words each time', async () => {
    const uids = newUids();
    const file = slice(uids, [['00204000', 'LT', 'Sample image']]);
    const first = await upload(file);
    expect(first).toEqual({
      success: true,
      data: {
        ID: orthancIds({
          patient: { id: PATIENT_1, issuer: null },
          studyInstanceUid: uids.study,
          seriesInstanceUid: uids.series,
          sopInstanceUid: uids.sop,
        }).instance,
        StudyInstanceUID: uids.study,
        SeriesInstanceUID: uids.series,
        SOPInstanceUID: uids.sop,
        MainDicomTags: expect.objectContaining({ Modality: 'CT', ImageComments: 'Sample image' }),
      },
    });
    expect(await upload(file)).toEqual(first);
    expect(await direct.dicomStore.getAt(uids)).toMatchObject({ series: { instances: 1 } });
  });

  test('is stored unchanged, with its metadata', async () => {
    const uids = newUids();
    const file = slice(uids);
    await upload(file);
    const instance = await direct.dicomStore.getStored(uids.sop);
    expect(instance).toMatchObject({
      sopUid: uids.sop,
      seriesUid: uids.series,
      studyUid: uids.study,
      namedPatient: { id: PATIENT_1, issuer: null },
      transferSyntaxUid: syntaxes.explicit.uid,
      frames: 1,
      rows: 8,
      columns: 8,
      instanceNumber: 12,
      bytes: file.length,
    });
    if (!instance) return;
    expect(file.equals((await direct.bucket.read(dicomKey(instance))) ?? Buffer.of())).toBe(true);
    expect(JSON.parse(unpackMetadata(instance.metadata ?? ''))).toMatchObject(METADATA);
    expect(await direct.bucket.head(dicomJsonKey(instance))).toBeUndefined();
  });

  test('has metadata beside it that are too long for its item', async () => {
    const uids = newUids();
    const comment = longComment();
    await upload(slice(uids, [comment]));
    const instance = await direct.dicomStore.getStored(uids.sop);
    if (!instance) throw new Error('the instance is not stored');
    expect(instance.metadata).toBeUndefined();
    const json = JSON.parse(Buffer.from((await direct.bucket.read(dicomJsonKey(instance))) ?? []).toString());
    expect(json).toMatchObject({ ...METADATA, '00400280': { vr: 'ST', Value: [comment[2]] } });
  });

  test('is counted in its series and in its study, which lists its modalities', async () => {
    const uids = newUids();
    await upload(slice(uids));
    await upload(slice({ ...uids, sop: newUid() }));
    await upload(slice(newUids({ study: uids.study }), [['00080060', 'CS', 'SR']]));
    expect(await direct.dicomStore.getAt(uids)).toMatchObject({
      series: { instances: 2, modality: 'CT' },
    });
    expect(await direct.dicomStore.getStudy(uids.study)).toMatchObject({
      instances: 3,
      series: 2,
      seriesByModality: { CT: 1, SR: 1 },
      patientId: PATIENT_1,
      attributes: { '00080050': { vr: 'SH', Value: ['A-17'] } },
    });
    const listed = await direct.dicomStore.listSeries(uids.study);
    expect(listed.map(({ modality }) => modality).sort()).toEqual(['CT', 'SR']);
  });

  test('with other content under a known SOP Instance UID is a conflict, and leaves nothing behind', async () => {
    const uids = newUids();
    const file = slice(uids);
    await upload(file);
    const error = await upload(slice(uids, [['00204000', 'LT', 'other']]), 409);
    expect(error).toMatchObject({
      message: 'Image already exists',
      details: [`the SOPInstanceUID ${uids.sop} is that of another file`],
    });
    const instance = await direct.dicomStore.getStored(uids.sop);
    expect(file.equals((await direct.bucket.read(dicomKey(instance as never))) ?? Buffer.of())).toBe(true);
  });

  test('that is sent in two versions at the same moment is stored as one of them, whole', async () => {
    const uids = newUids();
    const versions = Array.from({ length: 8 }, (_value, i) =>
      slice(uids, [['00204000', 'LT', `version ${i}`]]),
    );
    const answers = await Promise.all(
      versions.map((bytes) => staff.send('POST', '/dicom/upload', dicomForm(bytes))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const winner = versions[answers.findIndex(({ status }) => status === 201)];
    const instance = await direct.dicomStore.getStored(uids.sop);
    expect(winner?.equals((await direct.bucket.read(dicomKey(instance as never))) ?? Buffer.of())).toBe(true);
    expect(await direct.bucket.firstKey(`dicom/${uids.study}/`)).toMatch(instance?.sha256 ?? 'none');
  });

  test('is a conflict in a study of another patient', async () => {
    const uids = newUids();
    await upload(slice(uids));
    const other = slice(newUids({ study: uids.study }), [['00100020', 'LO', PATIENT_2]]);
    expect((await upload(other, 409)).details).toEqual([
      `the StudyInstanceUID ${uids.study} is that of a study of another patient than the file's`,
    ]);
    expect(await direct.dicomStore.getStudy(uids.study)).toMatchObject({ instances: 1, series: 1 });
  });

  test('that a patient sends must be their own', async () => {
    const uids = newUids();
    const file = slice(uids);
    expect((await upload(file, 403, patient2)).details).toEqual([
      'the Patient ID in the file must be your own',
    ]);
    expect(await direct.dicomStore.getStored(uids.sop)).toBeUndefined();
    expect(await direct.bucket.firstKey(`dicom/${uids.study}/`)).toBeUndefined();
    await upload(file, 201, patient1);
    await upload(slice(newUids(), [['00100020', 'LO', '']]), 403, patient1);
  });
});

test(`${INSTANCES} instances of one series that ${CLIENTS} clients store at once are exactly ${INSTANCES}`, async () => {
  const uids = newUids();
  const waiting = Array.from({ length: INSTANCES }, (_value, index) =>
    slice({ ...uids, sop: newUid() }, [['00200013', 'IS', String(index)]]),
  );
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let file = waiting.pop(); file; file = waiting.pop()) await upload(file);
    }),
  );
  expect(await direct.dicomStore.getAt(uids)).toMatchObject({ series: { instances: INSTANCES } });
  expect(await direct.dicomStore.getStudy(uids.study)).toMatchObject({ instances: INSTANCES, series: 1 });
  const numbers: (number | undefined)[] = [];
  for await (const { instanceNumber } of direct.dicomStore.allInstances(uids.study, uids.series))
    numbers.push(instanceNumber);
  expect(numbers).toEqual(Array.from({ length: INSTANCES }, (_value, index) => index));
});

describe('A file that is not a DICOM instance is refused with the reason', () => {
  const whole = slice(newUids());
  test.each<[string, Buffer<ArrayBuffer>, RegExp]>([
    ['an empty file', Buffer.alloc(0), /no DICOM file/],
    ['a photograph', Buffer.from('\xff\xd8\xff\xe0 a photograph', 'latin1'), /no DICOM file/],
    ['half a file', whole.subarray(0, whole.length - 40), /incomplete|ends|cut/],
    ['an invalid identifier', slice(newUids({ sop: '1.2/../../x' })), /no identifier/],
    ['missing pixels', slice(newUids(), [['00280010', 'US', [9]]]), /incomplete/],
    [
      'too large dimensions',
      slice(newUids(), [
        ['00280010', 'US', [65_535]],
        ['00280011', 'US', [65_535]],
      ]),
      /65535×65535 pixels; at most 256 MB/,
    ],
  ])('%s', async (_title, bytes, reason) => {
    const error = await upload(bytes, 400);
    expect(error).toMatchObject({
      message: 'The file can not be taken.',
      details: [expect.stringMatching(reason)],
    });
  });
});
