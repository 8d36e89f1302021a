import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { handle } from '../../../functions/events/ingest-dicom/handler.ts';
import { DicomUploads } from '../../../lib/data/dicom/dicom-uploads.ts';
import { dicomKey, incomingDicomKey } from '../../../lib/storage/object-keys.ts';
import { newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { directAccess } from '../../support/direct-access.ts';
import { onlyMessage } from '../../support/only-message.ts';
import { PATIENT_2 } from '../../support/people.ts';
import { type Client, until, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let patient1: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  staff = await service.as('staff');
  patient1 = await service.as('patient-1');
  direct = await directAccess(service);
});

/** Sends the bytes to a signed URL; returns the status of the upload. */
async function send(bytes: Buffer<ArrayBuffer>, client = staff, own: Record<string, unknown> = {}) {
  const { uploadUrl, method, headers, statusUrl } = await client.json('POST', '/dicom/upload-url', 201, {
    fileName: 'slice.dcm',
    fileSize: bytes.length,
    ...own,
  });
  expect(await client.json('GET', statusUrl, 200)).toMatchObject({ status: 'pending' });
  expect((await fetch(uploadUrl, { method, headers, body: bytes })).status).toBe(200);
  return until(async () => {
    const answer = await client.json('GET', statusUrl, 200);
    return answer.status !== 'pending' && answer;
  });
}

describe('A DICOM file that is uploaded to a signed URL', () => {
  test('is stored, and has the same answer as an upload by form', async () => {
    const uids = newUids();
    const bytes = slice(uids, [['00204000', 'LT', 'x'.repeat(2000)]]);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(bytes));
    const done = await send(bytes, patient1, { crc32: checksum.toString('base64') });
    expect(done).toEqual({
      uploadId: expect.any(String),
      status: 'stored',
      data: {
        ID: expect.stringMatching(/^([0-9a-f]{8}-){4}[0-9a-f]{8}$/),
        StudyInstanceUID: uids.study,
        SeriesInstanceUID: uids.series,
        SOPInstanceUID: uids.sop,
        MainDicomTags: expect.objectContaining({ Modality: 'CT' }),
        source: 'patient',
      },
      expiresAt: expect.any(String),
    });
    const stored = await patient1.send('GET', `/dicom/wado/${uids.sop}`);
    expect(bytes.equals(Buffer.from(await stored.arrayBuffer()))).toBe(true);
    expect((await send(bytes)).data).toEqual(done.data);
    expect(await direct.dicomStore.getStudy(uids.study)).toMatchObject({ instances: 1 });
  });

  test('is a conflict with another file of its SOP Instance UID', async () => {
    const uids = newUids();
    await send(slice(uids));
    expect(await send(slice(uids, [['00204000', 'LT', 'other']]))).toMatchObject({
      status: 'conflict',
      reason: `the SOPInstanceUID ${uids.sop} is that of another file`,
    });
  });

  test('is rejected if it is not DICOM, or not of the patient who sends it, and leaves nothing behind', async () => {
    expect(await send(Buffer.from('this is a letter'))).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('no DICOM file'),
    });
    const uids = newUids();
    const { uploadId, ...answer } = await send(slice(uids, [['00100020', 'LO', PATIENT_2]]), patient1);
    expect(answer).toMatchObject({
      status: 'rejected',
      reason: 'the Patient ID in the file must be your own',
    });
    expect(await direct.dicomStore.getStored(uids.sop)).toBeUndefined();
    expect(await direct.bucket.firstKey(`dicom/${uids.study}/`)).toBeUndefined();
    await until(async () => (await direct.bucket.read(incomingDicomKey(uploadId))) === undefined);
  });

  test('may have 20 MB, more than a form may have', async () => {
    const uids = newUids();
    const side = 3200;
    const pixels = Buffer.alloc(side * side * 2, 7);
    const bytes = slice(uids, [
      ['00280010', 'US', [side]],
      ['00280011', 'US', [side]],
      ['00280100', 'US', [16]],
      ['7FE00010', 'OW', pixels],
    ]);
    expect(await send(bytes)).toMatchObject({ status: 'stored' });
    const instance = await direct.dicomStore.getStored(uids.sop);
    expect(bytes.equals((await direct.bucket.read(dicomKey(instance as never))) ?? Buffer.of())).toBe(true);
  });

  test('may be one of many that one request registers, and one request lists', async () => {
    const files = [slice(newUids()), slice(newUids())];
    const { uploads } = await patient1.json('POST', '/dicom/upload-urls', 201, {
      files: files.map(({ length: fileSize }) => ({ fileSize })),
    });
    for (const [index, { uploadUrl, method, headers }] of uploads.entries())
      expect((await fetch(uploadUrl, { method, headers, body: files[index] ?? '' })).status).toBe(200);
    const ids: string[] = uploads.map(({ uploadId }: { uploadId: string }) => uploadId);
    const wanted = `/dicom/uploads?ids=${[...ids].reverse()},0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e99`;
    const decided = await until(async () => {
      const answer = await staff.json('GET', wanted, 200);
      return answer.uploads.every(({ status }: { status: string }) => status !== 'pending') && answer.uploads;
    });
    expect(decided).toMatchObject([...ids].reverse().map((uploadId) => ({ uploadId, status: 'stored' })));
    expect(await patient1.json('GET', wanted, 200)).toEqual({ uploads: decided });
    const otherPatient = await service.as('patient-2');
    expect(await otherPatient.json('GET', wanted, 200)).toEqual({ uploads: [] });
  });

  test('is refused with its index if it is too large, as are more files than one request may register', async () => {
    const [small, large] = [{ fileSize: 1 }, { fileSize: 104_857_601 }];
    const error = await staff.json('POST', '/dicom/upload-urls', 413, { files: [small, large] });
    expect(error.details).toEqual(['files[1].fileSize must be at most 104857600 bytes; received 104857601']);
    const many = await staff.json('POST', '/dicom/upload-urls', 400, { files: Array(201).fill(small) });
    expect(many.details).toEqual(['files must be at most 200 items long; received 201']);
  });

  test('must not be larger than 100 MB', async () => {
    const error = await staff.json('POST', '/dicom/upload-url', 413, { fileSize: 104_857_601 });
    expect(error.details).toEqual(['fileSize must be at most 104857600 bytes; received 104857601']);
  });

  test('can be processed again without harm, and one without a record is kept', async () => {
    const uids = newUids();
    const { uploadId } = await send(slice(uids));
    const deps = { ...direct, dicomUploads: new DicomUploads(direct.table), ownIssuers: [] };
    await handle({ key: incomingDicomKey(uploadId) }, deps, onlyMessage);
    expect(await direct.dicomStore.getStudy(uids.study)).toMatchObject({ instances: 1 });
    const stray = incomingDicomKey('0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e99');
    await direct.bucket.write(stray, Buffer.from('x'), 'application/dicom');
    await expect(handle({ key: stray }, deps, onlyMessage)).rejects.toThrow('has no record');
    expect(await direct.bucket.read(stray)).toBeDefined();
    await direct.bucket.delete([stray]);
  });
});
