import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { refused, UUID } from '../../support/contract.ts';
import { type Client, useService } from '../../support/service.ts';

/** CreateImageMedicaleDto; the answer is the same with `imageID`. */
const CREATE = {
  examenID: 'c627b932-4370-4123-bad4-a81be00dad8d',
  studyInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.2.31',
  seriesInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.1.31',
  sopInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1',
  dateAcquisition: '1996-03-08T00:00:00.000Z',
  modalite: 'CT',
  description: 'Chest CT scan',
  url: '/dicom/wado/1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1',
};
const REQUIRED = Object.keys(CREATE).filter((field) => field !== 'url');

const service = useService();
let doctor: Client;
let anonymous: Client;
let imageID: string;
beforeAll(async () => {
  doctor = await service.as('doctor');
  anonymous = await service.as();
});

describe('POST /examens-medicaux/images', () => {
  test('registers the metadata of an image', async () => {
    const response = await doctor.send('POST', '/examens-medicaux/images', CREATE, {
      'content-type': 'application/json',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'application/json']);
    const registered = (await response.json()) as { imageID: string };
    expect(registered).toEqual({ imageID: expect.stringMatching(UUID), ...CREATE });
    imageID = registered.imageID;
  });

  test('needs no url, which may be null', async () => {
    const { url: _url, ...rest } = CREATE;
    for (const body of [rest, { ...rest, url: null }]) {
      const examenID = randomUUID();
      expect(await doctor.json('POST', '/examens-medicaux/images', 201, { ...body, examenID })).toEqual({
        ...rest,
        examenID,
        url: null,
        imageID: expect.stringMatching(UUID),
      });
    }
  });

  test('names each error in the documented words', async () => {
    const { modalite: _modalite, ...body } = CREATE;
    const error = await refused(doctor, 400, 'POST', '/examens-medicaux/images', { ...body, examenID: 'x' });
    expect(error).toEqual({
      statusCode: 400,
      message: 'Validation failed',
      error: 'Bad Request',
      details: ['examenID must be a valid UUID', 'modalite is required'],
    });
  });

  test.each(REQUIRED)('requires %s', async (field) => {
    const body = { ...CREATE, [field]: undefined };
    const { details } = await refused(doctor, 400, 'POST', '/examens-medicaux/images', body);
    expect(details).toEqual([`${field} is required`]);
  });

  test.each([...REQUIRED, 'url'])('refuses a number for %s', async (field) => {
    const body = { ...CREATE, [field]: 7 };
    const { details } = await refused(doctor, 400, 'POST', '/examens-medicaux/images', body);
    expect(details).toEqual([expect.stringMatching(new RegExp(`^${field} must be `))]);
  });

  test('is 409 where the image already exists', async () => {
    const { message } = await refused(doctor, 409, 'POST', '/examens-medicaux/images', CREATE);
    expect(message).toBe('Image already exists');
  });
});

describe('GET /examens-medicaux/:id/images', () => {
  test('gets the images of an exam', async () => {
    const response = await doctor.send('GET', `/examens-medicaux/${CREATE.examenID}/images`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toMatchObject({ images: [{ imageID, ...CREATE }] });
  });

  test('is 404 for an exam that is not found', async () => {
    await refused(doctor, 404, 'GET', `/examens-medicaux/${randomUUID()}/images`);
  });
});

describe('GET /examens-medicaux/images/:imageId', () => {
  test('gets the details of an image', async () => {
    const response = await doctor.send('GET', `/examens-medicaux/images/${imageID}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual({ imageID, ...CREATE });
  });

  test('is 404 for an image that is not found', async () => {
    await refused(doctor, 404, 'GET', `/examens-medicaux/images/${randomUUID()}`);
  });
});

describe('POST /dicom/upload', () => {
  const file = () =>
    slice(
      {
        study: CREATE.studyInstanceUID,
        series: CREATE.seriesInstanceUID,
        sop: CREATE.sopInstanceUID,
      },
      [['00204000', 'LT', 'Sample image']],
    );

  test('uploads a DICOM file', async () => {
    const response = await doctor.send('POST', '/dicom/upload', dicomForm(file()));
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(await response.json()).toEqual({
      success: true,
      data: {
        ID: expect.any(String),
        StudyInstanceUID: CREATE.studyInstanceUID,
        SeriesInstanceUID: CREATE.seriesInstanceUID,
        SOPInstanceUID: CREATE.sopInstanceUID,
        MainDicomTags: expect.objectContaining({ Modality: 'CT', ImageComments: 'Sample image' }),
      },
    });
  });

  test('returns the documented URL of the image, which can be requested', async () => {
    const response = await doctor.send('GET', CREATE.url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/dicom']);
  });

  test('is 400 for a file that is not DICOM, and for a form without a file', async () => {
    await refused(doctor, 400, 'POST', '/dicom/upload', dicomForm(Buffer.from('no image')));
    await refused(doctor, 400, 'POST', '/dicom/upload', new FormData());
  });

  test('is 409 where the image already exists', async () => {
    // Another preamble makes it another file.
    const other = file().fill(1, 0, 1);
    const { message } = await refused(doctor, 409, 'POST', '/dicom/upload', dicomForm(other));
    expect(message).toBe('Image already exists');
  });
});

describe.each<[string, () => [string, string, unknown?]]>([
  ['POST /dicom/upload', () => ['POST', '/dicom/upload', dicomForm(slice(newUids()))]],
  ['POST /examens-medicaux/images', () => ['POST', '/examens-medicaux/images', CREATE]],
  ['GET /examens-medicaux/:id/images', () => ['GET', `/examens-medicaux/${CREATE.examenID}/images`]],
  ['GET /examens-medicaux/images/:imageId', () => ['GET', `/examens-medicaux/images/${imageID}`]],
])('%s', (_title, request) => {
  test('is 401 without a token, and with an invalid one', async () => {
    await refused(anonymous, 401, ...request());
    await refused(service.with({ authorization: 'Bearer YOUR_JWT_TOKEN' }), 401, ...request());
  });

  test('is 403 for callers without access', async () => {
    const withoutRole = await service.as('doctor', { 'cognito:groups': ['visitors'] });
    await refused(withoutRole, 403, ...request());
    const admin = await service.as('admin');
    const { key } = await admin.json('POST', '/api/v2/keys', 201, { name: 'Pharmacy', scopes: ['*:read'] });
    const { message } = await refused(service.with({ 'x-api-key': key }), 403, ...request());
    expect(message).toBe('Insufficient permissions');
  });
});
