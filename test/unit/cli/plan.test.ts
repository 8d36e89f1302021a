import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchEndpoint } from '../../../lib/cli/batch-endpoint.ts';
import { dicomEndpoint } from '../../../lib/cli/dicom-endpoint.ts';
import { planPush } from '../../../lib/cli/plan/plan-push.ts';
import { ServiceClient } from '../../../lib/cli/service-client.ts';
import { newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { photo } from '../../fixtures/photos.ts';
import { PATIENT_1 } from '../../support/people.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'negatoscope-plan-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const signal = AbortSignal.timeout(60_000);
// Nothing listens there: a plan sends no request.
const client = new ServiceClient({
  url: new URL('http://127.0.0.1:9'),
  token: {},
  signal,
  onWait: () => undefined,
});
const journal = { of: () => undefined };
const plan = (maxBytes = 1_000_000) =>
  planPush(dir, { endpoint: dicomEndpoint(client), journal, maxBytes, signal });

test('A plan names patients, studies, series, instances and bytes, and why other files are not sent', async () => {
  const uids = newUids();
  const second = newUids({ study: uids.study, series: uids.series });
  mkdirSync(join(dir, 'A'));
  const name = (text: string) => [['00100010', 'PN', text]] as [string, 'PN', string][];
  writeFileSync(join(dir, 'A', '1'), slice(uids, name('Pat^Paula')));
  writeFileSync(join(dir, 'A', '2'), slice(second, name('Pat^Paula')));
  // Another file of the same instance.
  writeFileSync(join(dir, 'A', '3'), slice(second, name('Pat^Paula')));
  const other = newUids();
  writeFileSync(join(dir, 'other'), slice(other, name('Pat\u001b[31m^Red')));
  writeFileSync(join(dir, 'letter.txt'), 'Dear colleague');
  writeFileSync(join(dir, 'no-study'), slice({ ...newUids(), study: 'x' }));
  writeFileSync(join(dir, 'cut'), slice(newUids()).subarray(0, 400));
  writeFileSync(join(dir, 'huge'), slice(newUids()));
  truncateSync(join(dir, 'huge'), 2_000_000);
  const text = (await plan()).text();
  expect(text).toContain(`${PATIENT_1}  Pat^Paula\n  2025-06-01  CT  1 series, 2 instances, `);
  expect(text).toContain(`  ${uids.study}\n`);
  expect(text).toContain(`${PATIENT_1}  Pat�[31m^Red\n`);
  expect(text).toMatch(/^skipped {2}letter\.txt {2}no DICOM file: plain text$/m);
  expect(text).toMatch(/^refused {2}no-study {2}.*StudyInstanceUID that is no identifier/m);
  expect(text).toMatch(/^refused {2}cut {2}This DICOM file is (incomplete|damaged)/m);
  expect(text).toMatch(/^refused {2}huge {2}2\.0 MB is too large: at most 1\.0 MB$/m);
  expect(text).toMatch(
    /^2 patients, 2 studies, 2 series, 3 instances: 4 files of [\d.]+ KB to send, 0 sent before, 1 skipped, 3 refused, 0 failed$/m,
  );
});

test('A header that is longer than the first read is read on', async () => {
  const uids = newUids();
  const longTexts = ['00081080', '00081084', '00104000'].map(
    (tag) => [tag, 'UT', 'x'.repeat(60_000)] as never,
  );
  writeFileSync(join(dir, 'long'), slice(uids, longTexts));
  expect((await plan()).text()).toContain(uids.study);
});

test('A plan of photographs has their number and size', async () => {
  writeFileSync(join(dir, '1.jpg'), (await photo({})).bytes);
  writeFileSync(join(dir, '2'), slice(newUids()));
  const endpoint = batchEndpoint(client, '');
  const text = (await planPush(dir, { endpoint, journal, maxBytes: 1_000_000, signal })).text();
  expect(text).toMatch(/^skipped {2}2 {2}no photograph: a DICOM file$/m);
  expect(text).toMatch(/^1 file of [\d.]+ KB to send, 0 sent before, 1 skipped, 0 refused, 0 failed$/m);
});
