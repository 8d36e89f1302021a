import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
let doctor: Client;
let stranger: Client;
const uids = newUids();

beforeAll(async () => {
  [doctor, stranger] = await Promise.all([service.as('doctor'), service.as('patient-2')]);
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
});

/** Searches as they come over the wire, and the only statuses that answer them. */
const SEARCHES: [what: string, query: string, statuses: number[]][] = [
  ['an inverted range of dates', 'StudyDate=20250602-20250601', [204]],
  ['a date that is none', 'StudyDate=99999999-', [204]],
  ['a range of nothing', 'StudyDate=-', [200, 204]],
  ['the largest limit', 'limit=9007199254740991', [200, 204]],
  ['a limit beyond all numbers', 'limit=1e400', [400]],
  ['a limit below one', 'limit=0', [400]],
  ['the largest offset', 'offset=9007199254740991', [204]],
  ['a negative offset', 'offset=-1', [400]],
  ['an offset that is no number', 'offset=NaN', [400]],
  ['a NUL', 'PatientName=%00', [200, 204, 400]],
  ['line breaks', 'PatientName=a%0D%0ASet-Cookie:%20x=1', [200, 204, 400]],
  ['bytes that are no UTF-8', 'PatientName=%ED%A0%80', [200, 204, 400]],
  ['a name of 5,000 characters', `PatientName=${'x'.repeat(5000)}`, [204, 400]],
  ['a UID of 5,000 characters', `StudyInstanceUID=${'1.'.repeat(2500)}`, [204, 400]],
  ['a thousand UIDs', `StudyInstanceUID=${Array(1000).fill('1.2').join('%5C')}`, [204, 400]],
  ['a URL beyond the limit of API Gateway', `PatientName=${'x'.repeat(20_000)}`, [400, 413, 414, 431]],
  ['wildcards only', 'PatientName=%2A%2A%3F%2A', [200, 204]],
  ['hundreds of wildcards', `PatientName=${'%2Aa'.repeat(300)}`, [200, 204]],
  ['wildcards as an identifier', 'PatientID=%2A', [200, 204]],
  ['an expression of DynamoDB', 'PatientID=%23pk%20%3D%20%3Apk%20OR%20attribute_exists(pk)', [204]],
  ['a key of DynamoDB', `PatientID=PATIENT%23${PATIENT_1}`, [204]],
  ['the name of a prototype', '__proto__=x', [400]],
  ['a field of a prototype', 'includefield=constructor', [200, 204]],
  ['a hundred levels of sequences', `${Array(100).fill('00400275').join('.')}=x`, [200, 204, 400]],
];

describe.each(['studies', 'series', 'instances'])('A hostile search for %s', (level) => {
  test.each(SEARCHES)('with %s is answered', async (_what, query, statuses) => {
    const response = await doctor.send('GET', `/dicom-web/${level}?${query}`);
    const text = await response.text();
    expect(statuses, `${response.status} ${text.slice(0, 300)}`).toContain(response.status);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test.each(SEARCHES)('with %s shows a stranger nothing', async (_what, query) => {
    const response = await stranger.send('GET', `/dicom-web/${level}?${query}`);
    expect(await response.text()).not.toContain(uids.study);
  });
});
