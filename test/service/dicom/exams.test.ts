import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let doctor: Client;
let patient: Client;
beforeAll(async () => {
  staff = await service.as('staff');
  doctor = await service.as('doctor');
  patient = await service.as('patient-1');
});

/** With UIDs of its own: an instance that another file stores would be linked to it. */
const image = (own: Record<string, unknown> = {}) => {
  const { study, series, sop } = newUids();
  return {
    examenID: randomUUID(),
    studyInstanceUID: study,
    seriesInstanceUID: series,
    sopInstanceUID: sop,
    dateAcquisition: '1996-03-08T00:00:00.000Z',
    modalite: 'CT',
    description: 'Chest CT scan',
    url: `/dicom/wado/${sop}`,
    ...own,
  };
};
const register = (body: unknown, status = 201, client = staff) =>
  client.json('POST', '/examens-medicaux/images', status, body);

describe('A picture of an exam', () => {
  test('is registered, and found by its id and by its exam', async () => {
    const body = image();
    const registered = await register(body);
    expect(registered).toEqual({
      imageID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...body,
    });
    expect(await doctor.json('GET', `/examens-medicaux/images/${registered.imageID}/`, 200)).toEqual(
      registered,
    );
    expect(await doctor.json('GET', `/examens-medicaux/${body.examenID}/images/`, 200)).toEqual({
      images: [registered],
      next: null,
    });
  });

  test('needs no URL, and may have a day as its date', async () => {
    const { url: _url, ...body } = image({ dateAcquisition: '1996-03-08' });
    expect(await register(body)).toMatchObject({ url: null, dateAcquisition: '1996-03-08T00:00:00.000Z' });
    expect(await register(image({ url: null }))).toMatchObject({ url: null });
    const elsewhere = 'https://pacs.clinic.example/wado?objectUID=1.2';
    expect(await register(image({ url: elsewhere }))).toMatchObject({ url: elsewhere });
  });

  test('has its time in UTC', async () => {
    const body = image({ dateAcquisition: '2025-06-01T01:30:00+02:00' });
    expect(await register(body)).toMatchObject({ dateAcquisition: '2025-05-31T23:30:00.000Z' });
  });

  test('can not be registered twice in an exam, also if the exam’s id is written in other letters', async () => {
    const body = image();
    await register(body);
    expect(await register({ ...body, description: 'again' }, 409)).toEqual({
      statusCode: 409,
      message: 'Image already exists',
      error: 'Conflict',
      details: [`sopInstanceUID ${body.sopInstanceUID} is registered in the exam ${body.examenID}`],
    });
    await register({ ...body, examenID: body.examenID.toUpperCase() }, 409);
    const { images } = await staff.json(
      'GET',
      `/examens-medicaux/${body.examenID.toUpperCase()}/images`,
      200,
    );
    expect(images).toMatchObject([{ description: 'Chest CT scan' }]);
  });

  test('that many clients register at the same moment is registered once', async () => {
    const body = image();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => staff.send('POST', '/examens-medicaux/images', body)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });

  test('may be registered in another exam as well', async () => {
    const first = await register(image());
    const second = await register(image());
    expect(first.imageID).not.toBe(second.imageID);
  });
});

test('The pictures of an exam are listed in pages, in the order of their registration', async () => {
  const examenID = randomUUID();
  const uids = ['1.2.9', '1.2.8', '1.2.7', '1.2.6', '1.2.5'];
  for (const sopInstanceUID of uids) await register(image({ examenID, sopInstanceUID }));
  const seen: string[] = [];
  let next = '';
  do {
    const page = await staff.json(
      'GET',
      `/examens-medicaux/${examenID}/images?limit=2${next && `&cursor=${next}`}`,
      200,
    );
    seen.push(...page.images.map(({ sopInstanceUID }: { sopInstanceUID: string }) => sopInstanceUID));
    next = page.next;
  } while (next);
  expect(seen).toEqual(uids);
});

describe('An error in a picture of an exam', () => {
  test('is named for each field', async () => {
    const { modalite: _modalite, ...body } = image({ examenID: 'exam-1' });
    expect(await register(body, 400)).toEqual({
      statusCode: 400,
      message: 'Validation failed',
      error: 'Bad Request',
      details: ['examenID must be a valid UUID', 'modalite is required'],
    });
  });

  test('is named for every missing field', async () => {
    const { details } = await register({}, 400);
    const { url: _url, ...required } = image();
    expect(details).toEqual(Object.keys(required).map((field) => `${field} is required`));
  });

  test.each([
    ['studyInstanceUID', '1.2.', /^studyInstanceUID must be a DICOM UID/],
    ['seriesInstanceUID', '1..2', /^seriesInstanceUID must be a DICOM UID/],
    ['sopInstanceUID', '1.2/../3', /^sopInstanceUID must be a DICOM UID/],
    ['sopInstanceUID', '1.2\n', /^sopInstanceUID must be a DICOM UID/],
    ['sopInstanceUID', '', /^sopInstanceUID must be a DICOM UID/],
    ['sopInstanceUID', `1.${'2'.repeat(63)}`, /^sopInstanceUID must be at most 64 characters long/],
    [
      'dateAcquisition',
      '8 March 1996',
      /^dateAcquisition must be an ISO 8601 time with a time zone, or a date/,
    ],
    ['dateAcquisition', '1996-02-30', /^dateAcquisition must be an ISO 8601/],
    ['dateAcquisition', '0000-01-01T00:00:00+10:00', /^dateAcquisition must be an ISO 8601/],
    ['modalite', ' ', /^modalite must be at least 1/],
    ['description', 7, 'description must be a string; received 7'],
    ['url', 'javascript:alert(1)', /^url must be a path of this service or an https URL/],
    ['url', 'JavaScript:alert(1)', /^url must be a path/],
    ['url', ' javascript:alert(1)', /^url must be a path/],
    ['url', 'data:text/html,<script>', /^url must be a path/],
    ['url', '//elsewhere.example/', /^url must be a path/],
    ['url', '/\\elsewhere.example/', /^url must be a path/],
    ['url', '/\t/elsewhere.example/', /^url must be a path/],
    ['url', 'http://elsewhere.example/', /^url must be a path/],
    ['url', 'https://name:word@elsewhere.example/', /^url must be a path/],
    ['patientId', 'P-1001', 'patientId is not a known field'],
  ])('%s %j is refused', async (field, value, detail) => {
    const { message, details } = await register(image({ [field]: value }), 400);
    expect(message).toBe('Validation failed');
    expect(details).toEqual([detail instanceof RegExp ? expect.stringMatching(detail) : detail]);
  });

  test('an id of an exam that is not a UUID is refused', async () => {
    expect(await staff.json('GET', '/examens-medicaux/17/images', 400)).toMatchObject({
      details: ['id must be a valid UUID'],
    });
  });
});

describe('An exam', () => {
  /** An answer without the id of its request. */
  const withoutRequestId = async (response: Response) => ({
    status: response.status,
    headers: [...response.headers].filter(([name]) => !/request-?id|date/.test(name)),
    body: await response.text(),
  });

  test('without any picture is not found', async () => {
    expect(await staff.json('GET', `/examens-medicaux/${randomUUID()}/images`, 404)).toMatchObject({
      message: 'There is no such exam.',
    });
    await staff.json('GET', `/examens-medicaux/images/${randomUUID()}`, 404);
  });

  test('does not exist for patients: a known and an unknown exam have the same bytes as answer', async () => {
    const { imageID, examenID } = await register(image());
    const ask = async (path: string) =>
      withoutRequestId(await patient.send('GET', `/examens-medicaux/${path}`));
    const theirs = [await ask(`images/${imageID}`), await ask(`${examenID}/images`)];
    const missing = [await ask(`images/${randomUUID()}`), await ask(`${randomUUID()}/images`)];
    expect(theirs.map(({ status }) => status)).toEqual([404, 404]);
    expect(theirs).toEqual(missing);
    await register(image({ examenID }), 404, patient);
    await register(image(), 404, patient);
  });

  test('does not exist for callers without a token', async () => {
    const anonymous = await service.as();
    await register(image(), 401, anonymous);
    await anonymous.json('GET', `/examens-medicaux/${randomUUID()}/images`, 401);
    await anonymous.json('GET', `/examens-medicaux/images/${randomUUID()}`, 401);
  });
});

describe('A picture of an exam and its stored instance are linked', () => {
  const exam = (uids: Uids) =>
    image({
      url: null,
      studyInstanceUID: uids.study,
      seriesInstanceUID: uids.series,
      sopInstanceUID: uids.sop,
    });
  const store = (uids: Uids, client = staff) =>
    client.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
  /** What the patient sees of the picture. */
  const seen = async ({ imageID, examenID }: { imageID: string; examenID: string }, status: number) => {
    const { images } = await patient.json('GET', `/examens-medicaux/${examenID}/images`, status);
    await patient.json('GET', `/examens-medicaux/images/${imageID}`, status);
    return images;
  };

  test('when it is registered first', async () => {
    const uids = newUids();
    const registered = await register(exam(uids));
    expect(registered.url).toBeNull();
    await seen(registered, 404);
    await store(uids);
    expect(await seen(registered, 200)).toEqual([{ ...registered, url: `/dicom/wado/${uids.sop}` }]);
  });

  test('when it is stored first', async () => {
    const uids = newUids();
    await store(uids);
    const registered = await register(exam(uids));
    expect(registered.url).toBe(`/dicom/wado/${uids.sop}`);
    expect(await seen(registered, 200)).toEqual([registered]);
    const otherPatient = await service.as('patient-2');
    await otherPatient.json('GET', `/examens-medicaux/images/${registered.imageID}`, 404);
    await otherPatient.json('GET', `/examens-medicaux/${registered.examenID}/images`, 404);
  });

  test('when both come at the same moment', async () => {
    const pairs = Array.from({ length: 10 }, () => newUids());
    const registered = await Promise.all(
      pairs.map(async (uids) => (await Promise.all([register(exam(uids)), store(uids)]))[0]),
    );
    for (const [index, each] of registered.entries())
      expect(await seen(each, 200)).toMatchObject([{ url: `/dicom/wado/${pairs[index]?.sop}` }]);
  });

  test('but a file of a patient that claims to be of an exam shows them nothing of the exam', async () => {
    const uids = newUids();
    const registered = await register(exam(uids));
    await store(uids, patient);
    await seen(registered, 404);
  });

  test('and a patient sees of an exam only their own pictures', async () => {
    const uids = newUids();
    await store(uids);
    const registered = await register(exam(uids));
    await register({ ...exam(newUids()), examenID: registered.examenID });
    expect(await seen(registered, 200)).toEqual([registered]);
  });
});
